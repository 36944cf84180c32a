import {
  type SpeechEvent,
  type SpeechRequest,
  TTSService,
  type TTSServiceOptions,
} from "../services/tts/mod.ts";

/** A piece of speech. */
export interface ScriptedSpeech {
  /** Milliseconds before it comes. */
  readonly afterMs: number;
  /** The piece. */
  readonly event: SpeechEvent;
}

/** How a scripted voice speaks. */
export interface ScriptedVoice {
  /** Every piece that comes, in place of what is made by the rules below. */
  readonly events?: readonly ScriptedSpeech[] | undefined;
  /** Milliseconds of audio for each character. @default {60} */
  readonly characterMs?: number | undefined;
  /** Milliseconds of audio in a piece. @default {100} */
  readonly chunkMs?: number | undefined;
  /** Milliseconds from a request to its first audio. @default {0} */
  readonly firstAudioMs?: number | undefined;
  /** Milliseconds before each further piece. @default {0} */
  readonly pauseMs?: number | undefined;
  /** Whether it says when which word is spoken. @default {false} */
  readonly words?: boolean | undefined;
  /** What is thrown, and after how much audio: `{ error, afterMs: 0 }`. */
  readonly failure?: { readonly error: unknown; readonly afterMs: number } | undefined;
  /** Whether it never comes to its end. @default {false} */
  readonly stalls?: boolean | undefined;
  /** Whether it goes on after its signal has aborted, as careless code does. @default {false} */
  readonly deaf?: boolean | undefined;
}

/** What a {@linkcode ScriptedTTSService} can be given. */
export interface ScriptedTTSServiceOptions extends TTSServiceOptions {
  /** How it speaks; a function says so for each request. @default {{}} */
  readonly voice?: ScriptedVoice | ((request: SpeechRequest) => ScriptedVoice) | undefined;
}

/**
 * A voice that speaks as a test wants, on the clock of the conversation: every
 * character takes the same time, and every sample is the number of its request.
 *
 * @example
 * ```ts
 * import { TTSSpeakFrame, TTSStoppedFrame, TTSTextFrame } from "@parley/sdk/frames";
 * import { ScriptedTTSService, TestPipeline } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * const tts = new ScriptedTTSService({ voice: { words: true } });
 * await using pipeline = new TestPipeline([tts]);
 * pipeline.push(new TTSSpeakFrame("Good day."));
 * await pipeline.until(TTSStoppedFrame);
 * assertEquals(pipeline.of(TTSTextFrame).map(({ text }) => text), ["Good", " day."]);
 * ```
 */
export class ScriptedTTSService extends TTSService {
  /** What it was asked to speak, in order. */
  readonly requests: SpeechRequest[] = [];
  readonly #voice: (request: SpeechRequest) => ScriptedVoice;

  /** Makes a voice. */
  constructor(options: ScriptedTTSServiceOptions = {}) {
    super(options, { model: "scripted" });
    const { voice = {} } = options;
    this.#voice = typeof voice === "function" ? voice : () => voice;
  }

  /** Speaks a text. */
  protected override async *synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    const number = this.requests.push(request);
    const voice = this.#voice(request);
    if (voice.events) return yield* this.#play(voice.events, request, voice);
    const { firstAudioMs = 0, pauseMs = 0, failure } = voice;
    await this.#pause(firstAudioMs, request, voice);
    if (voice.words) yield wordsOf(request.text, voice);
    let spokenMs = 0;
    for (const lengthMs of piecesOf(request.text, voice)) {
      if (failure && spokenMs >= failure.afterMs) throw failure.error;
      if (spokenMs > 0) await this.#pause(pauseMs, request, voice);
      const samples = Math.round(lengthMs * request.sampleRate / 1000);
      yield { type: "audio", audio: new Int16Array(samples).fill(number) };
      spokenMs += lengthMs;
    }
    if (failure) throw failure.error;
    if (voice.stalls) await new Promise<never>(() => {});
  }

  async *#play(
    events: readonly ScriptedSpeech[],
    request: SpeechRequest,
    voice: ScriptedVoice,
  ): AsyncIterable<SpeechEvent> {
    for (const { afterMs, event } of events) {
      await this.#pause(afterMs, request, voice);
      yield event;
    }
  }

  async #pause(ms: number, { signal }: SpeechRequest, voice: ScriptedVoice): Promise<void> {
    if (ms > 0) await this.clock.sleep(ms, voice.deaf ? {} : { signal });
    else await Promise.resolve();
  }
}

function* piecesOf(text: string, voice: ScriptedVoice): Iterable<number> {
  const { characterMs = 60, chunkMs = 100 } = voice;
  let leftMs = text.length * characterMs;
  for (; leftMs > 0; leftMs -= chunkMs) yield Math.min(chunkMs, leftMs);
}

function wordsOf(text: string, { characterMs = 60 }: ScriptedVoice): SpeechEvent {
  const words = Array.from(text.matchAll(/\S+/g), ({ 0: word, index }) => ({
    text: word,
    startMs: index * characterMs,
    endMs: (index + word.length) * characterMs,
    sentStart: index,
  }));
  return { type: "words", words };
}
