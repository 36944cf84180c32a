import { calculateAudioVolume, concatAudio, downmix } from "../audio/mod.ts";
import type { AudioRawFrame } from "../frames/mod.ts";

/** Tells how loud audio is, once in so many seconds of it. */
export class AudioLevel {
  readonly #periodSecs: number;
  readonly #tell: (level: number) => void;
  #chunks: Int16Array[] = [];
  #samples = 0;

  constructor(periodSecs: number, tell: (level: number) => void) {
    this.#periodSecs = periodSecs;
    this.#tell = tell;
  }

  add({ audio, sampleRate, numChannels }: AudioRawFrame): void {
    const mono = numChannels === 1 ? audio : downmix(audio, numChannels);
    this.#chunks.push(mono);
    this.#samples += mono.length;
    if (this.#samples < this.#periodSecs * sampleRate) return;
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#samples = 0;
    this.#tell(calculateAudioVolume(concatAudio(chunks), sampleRate));
  }
}
