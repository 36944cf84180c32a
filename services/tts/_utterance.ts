import { type Clock, Deque } from "../../async/mod.ts";
import {
  AggregatedTextFrame,
  TTSAudioRawFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import type { FrameScope } from "../../processors/mod.ts";
import type { ServiceMetrics } from "../wire/mod.ts";
import { Passage, type Segment, type SpokenPart } from "./_passage.ts";
import type { SpeechEvent, SpeechRequest, SpeechStream, SpeechStreamRequest } from "./synthesis.ts";

/** How often a connection may break in a row without another word before an utterance is given up. */
const MAX_BREAKS = 3;

export interface UtteranceOptions {
  readonly contextId: string;
  /** Whether the context is to hold it once it is heard. */
  readonly appendToContext: boolean;
  readonly sampleRate: number;
  readonly stallTimeoutMs: number;
  /** Milliseconds of silence that are pushed behind it. */
  readonly silenceMs: number;
  readonly clock: Clock;
  readonly metrics: ServiceMetrics;
  /** Closed by an interruption, which ends the utterance. */
  readonly scope: FrameScope;
  /** Told of each text before it is sent. */
  readonly onText: (text: string) => void;
  /** Whether a text need not be asked for. */
  readonly isKept: (text: string) => boolean;
  readonly synthesize: (request: SpeechRequest) => AsyncIterable<SpeechEvent>;
  /** Opens a speech of many texts, where the service has such. */
  readonly stream: ((request: SpeechStreamRequest) => SpeechStream) | undefined;
  /** Told of every request that fails; says whether the next segment can be tried. */
  readonly failed: (error: unknown) => boolean;
}

/**
 * One answer, or one text to speak: its passages one after another, without a
 * gap. While the audio of one is pushed, the next is being synthesized.
 */
export class Utterance {
  readonly #options: UtteranceOptions;
  readonly #passages: Deque<Passage> = new Deque();
  /** The one that takes further segments. */
  #last: Passage | undefined;
  #current: Passage | undefined;
  #idle: PromiseWithResolvers<void> | undefined;
  #audioMs = 0;
  #announced = 0;
  #started = false;
  #sounded = false;
  #givenUp = false;
  #breaks = 0;

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
    if (!this.alive || this.#givenUp) return;
    if (!this.#last?.open) {
      this.#last?.end();
      this.#passages.push(this.#last = this.#makePassage());
    }
    this.#last.add(segment);
    if (this.#idle) return this.#readAhead();
    this.#idle = Promise.withResolvers();
    void this.#speakAll();
  }

  /** Resolves when everything so far is pushed, or dropped; nothing if that is so. */
  idle(): Promise<void> | undefined {
    // Only what has been sent to its end comes to its end.
    this.#last?.end();
    return this.#idle?.promise;
  }

  /** Ends it behind its segments. */
  async finish(): Promise<void> {
    await this.idle();
    const { scope, contextId, silenceMs, sampleRate } = this.#options;
    if (this.#started) {
      if (silenceMs > 0) {
        const silence = new Int16Array(Math.round(silenceMs * sampleRate / 1000));
        await scope.push(new TTSAudioRawFrame(silence, { sampleRate, contextId }));
      }
      await scope.push(new TTSStoppedFrame({ contextId }));
    }
    scope.close();
  }

  async #speakAll(): Promise<void> {
    for (let passage = this.#next(); passage; passage = this.#next()) {
      this.#current = passage;
      await this.#speak(passage);
    }
    this.#settle();
  }

  #next(): Passage | undefined {
    return this.alive && !this.#givenUp ? this.#passages.shift() : undefined;
  }

  /** Wakes who waits; a segment that comes later begins anew. */
  #settle(): void {
    this.#passages.clear();
    this.#current = this.#last = undefined;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  async #speak(passage: Passage): Promise<void> {
    const speech = passage.start();
    if (speech.complete) this.#readAhead();
    try {
      await this.#announce(passage.segments[0]);
      for await (const audio of speech.audio()) {
        for (const part of passage.until(speech.givenMs)) await this.#pushWord(part);
        if (audio.length > 0) await this.#pushAudio(audio, speech);
      }
      if (this.alive) await this.#finishPassage(passage);
    } catch (error) {
      if (this.alive) this.#givenUp = !this.#options.failed(error);
    }
    this.#audioMs += passage.givenMs;
  }

  /** All of its audio is out: what was not said in it, another passage says. */
  async #finishPassage(passage: Passage): Promise<void> {
    const { broken } = passage;
    const unsaid = broken ? passage.remainder() : passage.unsaid();
    this.#breaks = broken && isStuck(passage, unsaid) ? this.#breaks + 1 : 0;
    if (this.#breaks >= MAX_BREAKS) {
      throw new Error("Cannot be heard: the connection breaks again and again");
    }
    if (!broken) {
      for (const part of passage.rest(unsaid[0])) await this.#pushWord(part);
    }
    if (unsaid.length > 0 && this.alive) this.#again(unsaid, passage);
  }

  /** Has segments spoken in a passage of their own, before those that wait. */
  #again(segments: readonly Segment[], before: Passage): void {
    const passage = this.#makePassage();
    for (const segment of segments) passage.add(segment);
    const waiting = [...this.#passages];
    this.#passages.clear();
    for (const next of [passage, ...waiting]) this.#passages.push(next);
    if (before.ended || before !== this.#last) passage.end();
    else this.#last = passage;
  }

  #makePassage(): Passage {
    const { metrics, scope, synthesize, stream, contextId, sampleRate } = this.#options;
    const { onText, isKept } = this.#options;
    const { signal } = scope;
    return new Passage({
      ...this.#options,
      signal,
      ask: (text, signal) => synthesize({ text, contextId, sampleRate, signal }),
      stream: stream && (() => stream({ contextId, sampleRate, signal })),
      onText: (text, { first }) => {
        if (first && !this.#sounded) metrics.startTtfb();
        if (isKept(text)) return;
        metrics.characters(text.length);
        onText(text);
      },
      onFirstAudio: () => {
        this.#sounded = true;
        metrics.stopTtfb();
      },
      onRead: () => this.#readAhead(),
    });
  }

  /** Asks for what comes next once the provider is done with the present. */
  #readAhead(): void {
    if (this.alive && !this.#givenUp && this.#current?.complete) this.#passages.peek()?.start();
  }

  /** Announces the segments up to one, once each. */
  async #announce(segment: Segment | undefined): Promise<void> {
    if (!segment || segment.id <= this.#announced) return;
    this.#announced = segment.id;
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

  async #pushAudio(audio: Int16Array, { sampleRate }: { sampleRate: number }): Promise<void> {
    const { metrics, scope, contextId } = this.#options;
    metrics.listen(audio, sampleRate);
    await scope.push(new TTSAudioRawFrame(audio, { sampleRate, contextId }));
  }

  async #pushWord({ start, end, endMs, segment }: SpokenPart): Promise<void> {
    const { scope, contextId, appendToContext } = this.#options;
    await this.#announce(segment);
    const { id, raw } = segment;
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

/** Whether not a word more of a passage was said than before it. */
function isStuck({ segments: [first] }: Passage, [left]: readonly Segment[]): boolean {
  return left !== undefined && left.id === first?.id && (left.said ?? 0) <= (first.said ?? 0);
}
