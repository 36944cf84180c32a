import { assert, assertEquals } from "@std/assert";
import { samplesForMs } from "../audio/mod.ts";
import {
  InputAudioRawFrame,
  type TranscriptionFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import type { STTService } from "../services/stt/mod.ts";
import { checkMetrics } from "./_contract_checks.ts";
import type { STTContractRecording } from "./stt_contract.ts";
import type { TestPipeline } from "./test_pipeline.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** Sample rate of what is said. */
export const SPEECH_RATE = 16_000;

/** What is said where the words are scripted. */
export const SCRIPTED_SPEECH: readonly [STTContractRecording, STTContractRecording] = [
  { audio: tone(900), sampleRate: SPEECH_RATE, text: "What time is it?" },
  { audio: tone(600), sampleRate: SPEECH_RATE, text: "Thank you, and good bye." },
];

/** Plays a recording in pieces of 20 ms, with what a VAD would say of it; gives all its samples. */
export async function say(
  pipeline: TestPipeline,
  { audio, sampleRate }: STTContractRecording,
): Promise<Int16Array> {
  const noticed = samplesForMs(200, { sampleRate });
  await playAudio(pipeline, audio.subarray(0, noticed), sampleRate);
  pipeline.push(new VADUserStartedSpeakingFrame({ startSecs: 0.2 }));
  await playAudio(pipeline, audio.subarray(noticed), sampleRate);
  await playAudio(pipeline, new Int16Array(noticed), sampleRate);
  pipeline.push(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
  const whole = new Int16Array(audio.length + noticed);
  whole.set(audio);
  return whole;
}

/** Plays audio in pieces of 20 ms. */
export async function playAudio(
  pipeline: TestPipeline,
  samples: Int16Array,
  sampleRate: number,
): Promise<void> {
  const pieceLength = samplesForMs(20, { sampleRate });
  for (let at = 0; at < samples.length; at += pieceLength) {
    const piece = samples.subarray(at, at + pieceLength);
    pipeline.push(new InputAudioRawFrame(piece, { sampleRate }));
    if (pipeline.clock instanceof VirtualClock) await pipeline.clock.advance(20);
  }
}

/** The words of a recording were heard; upper and lower case and marks do not count. */
export function checkHeard(
  frame: TranscriptionFrame | undefined,
  { text }: { readonly text: string },
): void {
  assertEquals(wordsOf(frame?.text ?? ""), wordsOf(text));
}

/** An utterance of so many seconds, give or take some, was measured. */
export function checkHearingMetrics(
  pipeline: TestPipeline,
  service: STTService,
  { secs, within }: { readonly secs: number; readonly within: number },
): void {
  const data = checkMetrics(pipeline, service);
  assertEquals(data.map(({ type }) => type).sort(), ["processing", "stt_usage", "ttfb"]);
  const heard = data.find((d) => d.type === "stt_usage")?.value ?? NaN;
  assert(Math.abs(heard - secs) < within, `${heard} s were heard, and ${secs} s were said`);
  // The VAD needed 200 ms to be sure of the end.
  assert((data.find((d) => d.type === "ttfb")?.value ?? NaN) >= 0.2);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
}

function tone(ms: number): Int16Array {
  const length = samplesForMs(ms, { sampleRate: SPEECH_RATE });
  return Int16Array.from(
    { length },
    (_, i) => Math.round(8_000 * Math.sin(2 * Math.PI * 440 * i / SPEECH_RATE)),
  );
}
