import type { SpokenWord } from "../../text/mod.ts";

/** A text that was spoken, with when its words are. */
export interface CachedSpeech {
  /** The audio, in the pieces in which it came. */
  readonly audio: readonly Int16Array[];
  /** Its words, where the provider said when they are. */
  readonly words: readonly SpokenWord[];
}

/** How much a {@linkcode SpeechCache} holds. */
export interface SpeechCacheOptions {
  /** Bytes of audio; what was not used for longest goes first. @default {33554432} */
  readonly maxBytes?: number | undefined;
}

/**
 * Keeps texts that were spoken, with their word times, so that the same text in
 * the same voice is spoken at once and costs nothing: greetings, fillers, menus.
 *
 * Give one to as many services as you like; a service that has one speaks each
 * sentence by itself, since only what is whole can be kept.
 *
 * @example
 * ```ts
 * import { OpenAITTSService } from "@parley/sdk/services/openai";
 * import { SpeechCache } from "@parley/sdk/services/tts";
 * const cache = new SpeechCache({ maxBytes: 8 * 1024 * 1024 });
 * const tts = new OpenAITTSService({ apiKey: "key", cache });
 * console.log(tts.name, cache.size); // "OpenAITTSService#1" 0
 * ```
 */
export class SpeechCache {
  readonly #maxBytes: number;
  // A map keeps the order in which its keys were set: the first is the oldest.
  readonly #kept: Map<string, CachedSpeech> = new Map();
  #bytes = 0;

  /** Makes an empty cache. */
  constructor(options: SpeechCacheOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 32 * 1024 * 1024;
  }

  /** How many texts it holds. */
  get size(): number {
    return this.#kept.size;
  }

  /** Bytes of audio that it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it holds a speech. */
  has(key: string): boolean {
    return this.#kept.has(key);
  }

  /** Gives a speech, which counts as used now. */
  get(key: string): CachedSpeech | undefined {
    const speech = this.#kept.get(key);
    if (!speech) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, speech);
    return speech;
  }

  /** Keeps a speech, unless it is larger than everything that it may hold. */
  set(key: string, speech: CachedSpeech): void {
    this.delete(key);
    const bytes = bytesOf(speech);
    if (bytes > this.#maxBytes) return;
    this.#kept.set(key, speech);
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.delete(oldest);
    }
  }

  /** Forgets a speech. */
  delete(key: string): void {
    const speech = this.#kept.get(key);
    if (speech && this.#kept.delete(key)) this.#bytes -= bytesOf(speech);
  }

  /** Forgets everything. */
  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }
}

function bytesOf({ audio }: CachedSpeech): number {
  return audio.reduce((bytes, { byteLength }) => bytes + byteLength, 0);
}
