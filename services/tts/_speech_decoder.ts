import type { SpokenWord } from "../../text/mod.ts";
import { AudioDecoder, type AudioDecoderOptions } from "./_audio_decoder.ts";
import type { TTSEvent } from "./protocol.ts";
import type { SpeechEvent } from "./synthesis.ts";

/** Turns what a provider says of one speech into what the engine of all speech understands. */
export class SpeechDecoder {
  readonly #decoder: AudioDecoder;
  readonly #rate: number;
  #samples = 0;

  constructor(options: AudioDecoderOptions) {
    this.#decoder = new AudioDecoder(options);
    this.#rate = options.toRate;
  }

  /** What a piece of audio is. */
  audio({ audio, sampleRate }: Extract<TTSEvent, { type: "audio" }>): SpeechEvent {
    return this.#given(this.#decoder.read(audio, sampleRate));
  }

  /** What word times are, counted from the first sample of the speech. */
  words({ words, from }: Extract<TTSEvent, { type: "words" }>): SpeechEvent {
    const base = from === "here" ? this.#samples * 1000 / this.#rate : 0;
    return { type: "words", words: base > 0 ? words.map((word) => later(word, base)) : words };
  }

  /** What is left at the end of the audio. */
  end(): SpeechEvent {
    return this.#given(this.#decoder.flush());
  }

  #given(audio: Int16Array): SpeechEvent {
    this.#samples += audio.length;
    return { type: "audio", audio };
  }
}

function later(word: SpokenWord, ms: number): SpokenWord {
  const { startMs, endMs } = word;
  return {
    ...word,
    ...startMs !== undefined && { startMs: startMs + ms },
    ...endMs !== undefined && { endMs: endMs + ms },
  };
}

/** The rate to ask a provider for: the wanted one, else the next higher, else the highest. */
export function rateFor(wanted: number, rates: readonly number[] | undefined): number {
  if (!rates || rates.length === 0 || rates.includes(wanted)) return wanted;
  const higher = rates.filter((rate) => rate > wanted);
  return higher.length > 0 ? Math.min(...higher) : Math.max(...rates);
}
