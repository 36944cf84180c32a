import type { FileAudio } from "../transports/local/mod.ts";

/** How a caller sounds: gives the audio of a text. */
export type CallerVoice = (text: string) => FileAudio | Promise<FileAudio>;

const SAMPLE_RATE = 16_000;

/** How long one character lasts, in milliseconds: some fifteen in a second, as people speak. */
const CHARACTER_MS = 65;

/** Resonances of vowels, in hertz, which follow one another syllable by syllable. */
const VOWELS = [[730, 1_090, 2_440], [270, 2_290, 3_010], [570, 840, 2_410], [530, 1_840, 2_480]];

/** How wide the resonances are, in hertz. */
const WIDTHS = [90, 110, 170];

/** How long a syllable lasts, in seconds. */
const SYLLABLE_SECS = 0.22;

/** How loud the loudest sample is. */
const PEAK = 12_000;

/**
 * Says a text in a voice made of vowels: a sound that a VAD takes for speech, as
 * long as the text takes to say, and the same every time. What is said cannot be
 * understood from it.
 *
 * @example
 * ```ts
 * import { syntheticVoice } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * const { samples, sampleRate } = syntheticVoice("What time is it?");
 * assertEquals(samples.length / sampleRate, 1.04);
 * ```
 */
export function syntheticVoice(text: string): FileAudio {
  const sound = new Float64Array(Math.round(text.length * CHARACTER_MS * SAMPLE_RATE / 1000));
  const length = Math.round(SYLLABLE_SECS * SAMPLE_RATE);
  let phase = 0;
  for (let i = 0; i < sound.length; i++) {
    const part = (i % length) / length;
    phase += (128 + 16 * Math.sin(i / 2_300) - 12 * part) / SAMPLE_RATE;
    if (phase < 1) continue;
    // One pulse for each opening of the vocal cords, softer between syllables.
    phase -= 1;
    sound[i] = 0.35 + 0.65 * Math.sin(Math.PI * part);
  }
  for (const [at, width] of WIDTHS.entries()) resonate(sound, { at, width, length });
  let loudest = 1e-9;
  for (const sample of sound) loudest = Math.max(loudest, Math.abs(sample));
  const samples = new Int16Array(sound.length);
  for (let i = 0; i < sound.length; i++) samples[i] = Math.round((sound[i] ?? 0) * PEAK / loudest);
  return { samples, sampleRate: SAMPLE_RATE };
}

/** Which resonance of the mouth it is, and how long it keeps its shape. */
interface Resonance {
  readonly at: number;
  readonly width: number;
  readonly length: number;
}

/** Sends a sound through one resonance of the mouth: a filter of two poles. */
function resonate(sound: Float64Array, { at, width, length }: Resonance): void {
  const radius = Math.exp(-Math.PI * width / SAMPLE_RATE);
  let [last, before] = [0, 0];
  for (let from = 0, syllable = 0; from < sound.length; from += length, syllable++) {
    const hertz = VOWELS[syllable % VOWELS.length]?.[at] ?? 0;
    const turn = 2 * radius * Math.cos(2 * Math.PI * hertz / SAMPLE_RATE);
    const gain = 1 - turn + radius * radius;
    for (let i = from; i < Math.min(from + length, sound.length); i++) {
      const out = gain * (sound[i] ?? 0) + turn * last - radius * radius * before;
      [before, last] = [last, out];
      sound[i] = out;
    }
  }
}
