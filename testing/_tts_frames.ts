import {
  type Frame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  MetricsFrame,
  TTSAudioRawFrame,
  TTSTextFrame,
} from "../frames/mod.ts";

/** An answer as a model streams it. */
export function answer(text: string): Frame[] {
  const tokens = text.match(/\s*\S{1,5}|\s+$/g) ?? [];
  return [
    new LLMFullResponseStartFrame(),
    ...tokens.map((token) => new LLMTextFrame(token)),
    new LLMFullResponseEndFrame(),
  ];
}

/** Which kinds of frames came, without words and measurements, runs of audio as one. */
export function outline(frames: readonly Frame[]): unknown[] {
  return frames.filter((f) => !(f instanceof TTSTextFrame) && !(f instanceof MetricsFrame))
    .map(({ constructor }) => constructor)
    .filter((kind, i, all) => kind !== TTSAudioRawFrame || kind !== all[i - 1]);
}

/** What the model wrote, as far as it is said. */
export function spokenText(frames: readonly Frame[]): string {
  return frames.flatMap((frame) => frame instanceof TTSTextFrame ? [frame.text] : []).join("");
}

/** Milliseconds of speech. */
export function audioMs(frames: readonly Frame[]): number {
  return frames.reduce(
    (ms, frame) =>
      frame instanceof TTSAudioRawFrame ? ms + frame.numFrames * 1000 / frame.sampleRate : ms,
    0,
  );
}
