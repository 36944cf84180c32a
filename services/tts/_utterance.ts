import { type Clock, Deque } from "../../async/mod.ts";
import {
  AggregatedTextFrame,
  TTSAudioRawFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import type { FrameScope } from "../../processors/mod.ts";
import type { MappedText } from "../../text/mod.ts";
import type { ServiceMetrics } from "../wire/mod.ts";
import { Speech } from "./_speech.ts";
import type { SpeechEvent, SpeechRequest } from "./synthesis.ts";
import { type SpokenPiece, WordFollower } from "./_word_follower.ts";

/** A piece of text that is spoken with one request. */
export interface Segment {
  readonly id: number;
  /** The text, for who shows it. */
  readonly text: string;
  /** What the model wrote for it. */
  readonly raw: string;
  /** What is said for it. */
  readonly spoken: MappedText;
  readonly aggregatedBy: string;
  /** Whether it is shown only. */
  readonly silent: boolean;
}

export interface UtteranceOptions {
  readonly contextId: string;
  /** Whether the context is to hold it once it is heard. */
  readonly appendToContext: boolean;
  readonly sampleRate: number;
  readonly stallTimeoutMs: number;
  readonly clock: Clock;
  readonly metrics: ServiceMetrics;
  /** Closed by an interruption, which ends the utterance. */
  readonly scope: FrameScope;
  readonly synthesize: (request: SpeechRequest) => AsyncIterable<SpeechEvent>;
  /** Told of every request that fails; says whether the next segment can be tried. */
  readonly failed: (error: unknown) => boolean;
}

interface Job {
  readonly segment: Segment;
  speech: Speech | undefined;
}

/**
 * One answer, or one text to speak: its segments one after another, without a
 * gap. While the audio of one is pushed, the next is being synthesized.
 */
export class Utterance {
  readonly #options: UtteranceOptions;
  readonly #jobs: Deque<Job> = new Deque();
  #current: Speech | undefined;
  #idle: PromiseWithResolvers<void> | undefined;
  #audioMs = 0;
  #started = false;
  #sounded = false;
  #broken = false;

  constructor(options: UtteranceOptions) {
    this.#options = options;
    options.scope.signal.addEventListener("abort", () => this.#settle(), { once: true });
  }

  /** Whether the context is to hold it once it is heard. */
  get appendToContext(): boolean {
    return this.#options.appendToContext;
  }

  /** Whether it can still be heard: nothing interrupted it. */
  get alive(): boolean {
    return !this.#options.scope.signal.aborted;
  }

  /** Says a segment behind those before it. */
  say(segment: Segment): void {
    if (!this.alive || this.#broken) return;
    this.#jobs.push({ segment, speech: undefined });
    if (this.#idle) return this.#readAhead();
    this.#idle = Promise.withResolvers();
    void this.#speakAll();
  }

  /** Resolves when everything so far is pushed, or dropped; nothing if that is so. */
  idle(): Promise<void> | undefined {
    return this.#idle?.promise;
  }

  /** Ends it behind its segments. */
  async finish(): Promise<void> {
    await this.#idle?.promise;
    const { scope, contextId } = this.#options;
    if (this.#started) await scope.push(new TTSStoppedFrame({ contextId }));
    scope.close();
  }

  async #speakAll(): Promise<void> {
    for (let job = this.#next(); job; job = this.#next()) await this.#speak(job);
    this.#settle();
  }

  #next(): Job | undefined {
    return this.alive && !this.#broken ? this.#jobs.shift() : undefined;
  }

  /** Wakes who waits; a segment that comes later begins anew. */
  #settle(): void {
    this.#jobs.clear();
    this.#current = undefined;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  async #speak(job: Job): Promise<void> {
    const { segment } = job;
    const speech = job.speech ??= this.#request(segment);
    this.#current = speech;
    if (speech.complete) this.#readAhead();
    await this.#announce(segment);
    const words = new WordFollower(segment.spoken, speech);
    try {
      for await (const audio of speech.audio()) {
        await this.#pushWords(words.until(speech.givenMs), segment);
        await this.#pushAudio(audio, speech);
      }
      await this.#pushWords(words.rest(), segment);
    } catch (error) {
      if (this.alive) this.#broken = !this.#options.failed(error);
    }
    this.#audioMs += speech.givenMs;
  }

  async #announce(segment: Segment): Promise<void> {
    const { contextId, appendToContext, scope } = this.#options;
    if (!this.#started) {
      this.#started = true;
      await scope.push(new TTSStartedFrame({ contextId, appendToContext }));
    }
    const { id, text, raw, aggregatedBy, silent } = segment;
    await scope.push(
      new AggregatedTextFrame(text, {
        aggregatedBy,
        contextId,
        rawText: raw,
        segmentId: id,
        willBeSpoken: !silent,
        appendToContext: false,
      }),
    );
  }

  /** Asks for the speech of a segment; where there is nothing to say, it is there at once. */
  #request({ spoken, silent }: Segment): Speech {
    const { metrics, scope, synthesize, contextId, sampleRate } = this.#options;
    const text = spoken.text.trim();
    const sayable = !silent && /[\p{L}\p{N}]/u.test(text);
    if (sayable) {
      if (!this.#sounded) metrics.startTtfb();
      metrics.characters(text.length);
    }
    return new Speech({
      ...this.#options,
      signal: scope.signal,
      ask: sayable ? (signal) => synthesize({ text, contextId, sampleRate, signal }) : undefined,
      onFirstAudio: () => {
        this.#sounded = true;
        metrics.stopTtfb();
      },
      onRead: () => this.#readAhead(),
    });
  }

  /** Asks for the next segment once the provider is done with the present one. */
  #readAhead(): void {
    if (!this.alive || this.#broken || !this.#current?.complete) return;
    const next = this.#jobs.peek();
    if (next) next.speech ??= this.#request(next.segment);
  }

  async #pushAudio(audio: Int16Array, { sampleRate }: Speech): Promise<void> {
    const { scope, contextId } = this.#options;
    await scope.push(new TTSAudioRawFrame(audio, { sampleRate, contextId }));
  }

  async #pushWords(words: readonly SpokenPiece[], { id, raw }: Segment): Promise<void> {
    const { scope, contextId, appendToContext } = this.#options;
    for (const { start, end, endMs } of words) {
      await scope.push(
        new TTSTextFrame(raw.slice(start, end), {
          contextId,
          appendToContext,
          endMs: this.#audioMs + endMs,
          segmentId: id,
          span: { id, text: raw, start, end },
          includesInterFrameSpaces: true,
          willBeSpoken: true,
        }),
      );
    }
  }
}
