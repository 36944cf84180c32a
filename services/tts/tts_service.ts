import {
  AggregatedTextFrame,
  ControlFrame,
  DataFrame,
  EndFrame,
  type Frame,
  InputTextRawFrame,
  InterimTranscriptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  StopFrame,
  TextFrame,
  TranscriptionFrame,
  TranslationFrame,
  TTSSpeakFrame,
  TTSUpdateSettingsFrame,
} from "../../frames/mod.ts";
import type { FrameContext, ProcessorEvents, ProcessorRole } from "../../processors/mod.ts";
import {
  type Aggregation,
  type BaseTextAggregator,
  type BaseTextFilter,
  MappedText,
  SimpleTextAggregator,
} from "../../text/mod.ts";
import { AIService, type AIServiceOptions, type ServiceSettings } from "../wire/mod.ts";
import type { SpeechEvent, SpeechRequest, SpeechStream, SpeechStreamRequest } from "./synthesis.ts";
import type { Segment } from "./_passage.ts";
import type { SpeechCache } from "./speech_cache.ts";
import { audibleOptions, speechThrough } from "./_speech_through.ts";
import { Utterance } from "./_utterance.ts";

/** Texts that are not for the voice: the user's own. */
const NOT_SPOKEN = [
  TranscriptionFrame,
  InterimTranscriptionFrame,
  TranslationFrame,
  InputTextRawFrame,
];

/** How text is cut into what is spoken at a time. */
export const TextAggregationMode = {
  /** By sentence. */
  SENTENCE: "sentence",
  /** As the model writes it, for providers that collect it themselves. */
  TOKEN: "token",
  /** Not at all: an answer is spoken when it is whole. */
  WHOLE: "whole",
} as const;

/** How text is cut into what is spoken at a time. */
export type TextAggregationMode = (typeof TextAggregationMode)[keyof typeof TextAggregationMode];

/** Changes a text of a kind for the provider alone. */
export type TextTransform = (text: string, type: string) => string;

/** Settings that every TTS service has. */
export interface TTSSettings extends ServiceSettings {
  /** The provider's voice. */
  readonly voice?: string | undefined;
  /** Language to speak (BCP 47). */
  readonly language?: string | undefined;
}

/** What every TTS service can be given. */
export interface TTSServiceOptions<S extends TTSSettings = TTSSettings>
  extends AIServiceOptions<S> {
  /** Sample rate of the audio it makes, in hertz; that of the pipeline's output by default. */
  readonly sampleRate?: number | undefined;
  /** How the model's text is cut into what is spoken at a time. @default {"sentence"} */
  readonly textAggregationMode?: TextAggregationMode | undefined;
  /** Cuts the model's text, in a way of its own. */
  readonly textAggregator?: BaseTextAggregator | undefined;
  /** Change the text on its way to the voice, one after another. */
  readonly textFilters?: readonly BaseTextFilter[] | undefined;
  /**
   * Change what the provider is sent and nobody is shown, such as with its own
   * tags: each with the kind of piece it is for, `"*"` for all.
   */
  readonly textTransforms?:
    | readonly (readonly [type: string, transform: TextTransform])[]
    | undefined;
  /** Pieces that are shown and not spoken, by the type the aggregator gives them. */
  readonly skipAggregatorTypes?: readonly string[] | undefined;
  /** Keeps what was spoken, to be spoken again at once; nothing is kept by default. */
  readonly cache?: SpeechCache | undefined;
  /** Whether silence is pushed behind each utterance. @default {false} */
  readonly pushSilenceAfterStop?: boolean | undefined;
  /** Seconds of that silence. @default {2} */
  readonly silenceTimeSecs?: number | undefined;
  /**
   * Milliseconds without anything from the provider after which a request
   * counts as stalled and is given up.
   *
   * @default {10000}
   */
  readonly stallTimeoutMs?: number | undefined;
}

/** Events of every TTS service. */
export interface TTSServiceEvents extends ProcessorEvents {
  /** A text is about to be sent to the provider. */
  readonly ttsRequest: readonly [contextId: string, text: string];
  /** A connection to the provider was opened, by a service that keeps one. */
  readonly connected: readonly [];
  /** That connection was closed, or broke. */
  readonly disconnected: readonly [];
  /** A connection could not be opened, or broke. */
  readonly connectionError: readonly [error: string];
}

/**
 * Text to speech: speaks what the model writes, a sentence at a time, and says
 * which word is spoken when.
 *
 * A service of its own makes audio in {@linkcode TTSService.synthesize}; the
 * rest, from cutting text to interruptions, stands here.
 *
 * @example
 * ```ts
 * import { type SpeechEvent, type SpeechRequest, TTSService } from "@parley/sdk/services/tts";
 * class Hum extends TTSService {
 *   async *synthesize({ text, sampleRate }: SpeechRequest): AsyncIterable<SpeechEvent> {
 *     yield { type: "audio", audio: new Int16Array(text.length * sampleRate / 15) };
 *   }
 * }
 * console.log(new Hum({}, {}).role); // "tts"
 * ```
 */
export abstract class TTSService<S extends TTSSettings = TTSSettings>
  extends AIService<S, TTSServiceEvents> {
  readonly #options: TTSServiceOptions<S>;
  readonly #aggregator: BaseTextAggregator;
  readonly #filters: readonly BaseTextFilter[];
  readonly #transforms: (readonly [type: string, transform: TextTransform])[];
  /** Cuts what stays unspoken, for who shows it. */
  readonly #unspoken = new SimpleTextAggregator();
  #utterance: Utterance | undefined;
  #utterances = 0;
  #segments = 0;
  #skipping = false;

  /** Makes a service; nothing is opened until it first speaks. */
  constructor(options: TTSServiceOptions<S>, defaults: S) {
    super(options, defaults);
    this.#options = options;
    const { textAggregator, textAggregationMode = "sentence", cache } = options;
    // What is kept is a sentence, not parts of its words.
    const aggregationType = cache && textAggregationMode === "token"
      ? "sentence"
      : textAggregationMode;
    this.#aggregator = textAggregator ?? new SimpleTextAggregator({ aggregationType });
    this.#transforms = [...options.textTransforms ?? []];
    this.#filters = options.textFilters ?? [];
    this.#handleText();
    this.#handleOthers();
    this.onInterruption(() => this.#drop());
  }

  /** Always `"tts"`. */
  override get role(): ProcessorRole {
    return "tts";
  }

  /** Sample rate of the audio it makes, in hertz. */
  protected get sampleRate(): number {
    return this.#options.sampleRate ?? this.env.params.audioOutSampleRate;
  }

  /** Makes the audio of a text, and stops when the request's signal aborts. */
  protected abstract synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent>;

  /** Has texts of a kind (`"*"` for all) changed for the provider alone. */
  addTextTransformer(transform: TextTransform, type: string = "*"): void {
    this.#transforms.push([type, transform]);
  }

  /** Takes a change back. */
  removeTextTransformer(transform: TextTransform, type: string = "*"): void {
    const at = this.#transforms.findIndex((pair) => pair[0] === type && pair[1] === transform);
    if (at >= 0) this.#transforms.splice(at, 1);
  }

  /** Whether it takes the texts of an utterance as they come, with {@linkcode TTSService.stream}. */
  protected get streams(): boolean {
    return false;
  }

  /** Opens a speech of many texts, for services that say that they have such. */
  protected stream(_request: SpeechStreamRequest): SpeechStream {
    throw new Error(`Cannot stream texts in "${this.name}": it takes one at a time`);
  }

  /** Told that the pipeline ends or stops: all has been spoken, and nothing more comes. */
  protected disconnect(): Promise<void> {
    return Promise.resolve();
  }

  get #silenceMs(): number {
    const { pushSilenceAfterStop = false, silenceTimeSecs = 2 } = this.#options;
    return pushSilenceAfterStop ? silenceTimeSecs * 1000 : 0;
  }

  #handleText(): void {
    this.handle(LLMFullResponseStartFrame, async (frame, context) => {
      const spoken = this.#finish();
      this.#skipping = frame.skipTts;
      await spoken;
      return await context.forward();
    });
    this.handle(TextFrame, (frame, context) => this.#text(frame, context));
    for (const other of NOT_SPOKEN) {
      this.handle<Frame>(other, (frame, context) => this.#inOrder(frame, context));
    }
    this.handle(AggregatedTextFrame, (frame, context) => {
      // What another voice has announced is on its way out already.
      const announced = frame.willBeSpoken || frame.contextId !== undefined ||
        frame.skipTts || this.#skipping;
      return announced ? this.#inOrder(frame, context) : this.#text(frame, context);
    });
    this.handle(LLMFullResponseEndFrame, async (_frame, context) => {
      const spoken = this.#finish();
      this.#skipping = false;
      for (const piece of this.#unspoken.flush()) await this.#show(piece, context);
      await spoken;
      return await context.forward();
    });
    this.handle(TTSSpeakFrame, (frame, context) => this.#speakFrame(frame, context));
  }

  #handleOthers(): void {
    this.handle(TTSUpdateSettingsFrame, async (frame, context) => {
      await this.#utterance?.idle();
      if (!this.updateSettings(frame)) return await context.forward();
    });
    for (const end of [EndFrame, StopFrame]) {
      this.handle<Frame>(end, async (_frame, context) => {
        await this.#finish();
        await this.disconnect();
        return await context.forward();
      });
    }
    this.handle(DataFrame, (frame, context) => this.#inOrder(frame, context));
    this.handle(ControlFrame, (frame, context) => this.#inOrder(frame, context));
  }

  /** Passes a frame on behind what is being spoken. */
  #inOrder(frame: Frame, context: FrameContext): void | Promise<void> {
    const free = frame.kind === "system" || context.direction === "upstream";
    const spoken = free ? undefined : this.#utterance?.idle();
    return spoken ? spoken.then(() => context.forward()) : context.forward();
  }

  #text(frame: TextFrame, context: FrameContext): void | Promise<void> {
    // What the user typed is a text of the system kind.
    if (context.direction === "upstream" || frame.kind === "system") return context.forward();
    if (frame.skipTts || this.#skipping) return this.#leaveUnspoken(frame, context);
    // An interruption that did not come by has made it stale.
    if (this.#utterance && !this.#utterance.alive) this.#drop();
    if (!this.#utterance) {
      this.#utterance = this.#open(frame.appendToContext);
      this.metrics.startTextAggregation();
    }
    this.#speak(
      frame instanceof AggregatedTextFrame
        ? [{ text: frame.text, type: frame.aggregatedBy, rawText: frame.rawText }]
        : this.#aggregator.aggregate(textOf(frame)),
      this.#utterance,
    );
  }

  async #leaveUnspoken(frame: TextFrame, context: FrameContext): Promise<void> {
    await this.#inOrder(frame, context);
    for (const piece of this.#unspoken.aggregate(textOf(frame))) await this.#show(piece, context);
  }

  /** Says what an unspoken text is, a sentence at a time. */
  #show(piece: Aggregation, context: FrameContext): void | Promise<void> {
    return context.push(
      new AggregatedTextFrame(piece.text.trim(), {
        aggregatedBy: piece.type,
        rawText: piece.rawText ?? piece.text,
        segmentId: ++this.#segments,
        appendToContext: false,
      }),
    );
  }

  /** Speaks a text on its own, between the sentences of the model's. */
  async #speakFrame(frame: TTSSpeakFrame, context: FrameContext): Promise<void> {
    const before = this.#utterance;
    this.#utterance = undefined;
    await before?.finish();
    if (context.signal.aborted) return;
    const utterance = this.#open(frame.appendToContext);
    const sentences = new SimpleTextAggregator();
    this.#speak([...sentences.aggregate(frame.text), ...sentences.flush()], utterance);
    await utterance.finish();
    if (context.signal.aborted || !before || this.#aggregator.text.text.trim() === "") return;
    // The model was in the midst of a sentence, which goes on as an utterance of its own.
    this.#utterance = this.#open(before.appendToContext);
  }

  #open(appendToContext: boolean): Utterance {
    const contextId = `${this.name}-${++this.#utterances}`;
    return new Utterance({
      contextId,
      appendToContext,
      sampleRate: this.sampleRate,
      stallTimeoutMs: this.#options.stallTimeoutMs ?? 10_000,
      clock: this.clock,
      metrics: this.metrics,
      scope: this.scope(),
      silenceMs: this.#silenceMs,
      failed: (error) => this.#failed(error),
      onText: (text) => this.emit("ttsRequest", contextId, text),
      synthesize: (request) => this.#synthesize(request),
      stream: this.streams && !this.#options.cache ? (request) => this.stream(request) : undefined,
      isKept: (text) => this.#options.cache?.has(this.#keyOf(text)) ?? false,
    });
  }

  #synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    const { cache } = this.#options;
    if (!cache) return this.synthesize(request);
    return speechThrough(cache, this.#keyOf(request.text), () => this.synthesize(request));
  }

  /** What a speech depends on. */
  #keyOf(text: string): string {
    const { constructor: { name }, settings, sampleRate } = this;
    return JSON.stringify([name, audibleOptions(this.#options), settings, sampleRate, text]);
  }

  #speak(pieces: readonly Aggregation[], utterance: Utterance): void {
    if (pieces.length > 0) this.metrics.stopTextAggregation();
    for (const piece of pieces) {
      // White space alone is nothing to say, but between two tokens it counts.
      const text = piece.type === "token" ? piece.text : piece.text.trim();
      if (text !== "") utterance.say(this.#segmentOf(piece));
    }
  }

  #segmentOf({ text, type, rawText = text }: Aggregation): Segment {
    const whole = new MappedText(rawText);
    const spoken = this.#filters.reduce(
      (text, filter) => filter.apply(text),
      whole.changedTo(text),
    );
    const sent = this.#transforms.filter(([wanted]) => wanted === "*" || wanted === type)
      .reduce((text, [, transform]) => transform(text, type), spoken.text);
    const changed = sent !== spoken.text;
    return {
      id: ++this.#segments,
      text: text.trim(),
      raw: rawText,
      // Nobody says the tags that a provider is given.
      spoken: changed ? spoken.changedTo(sent.replace(/<[^<>]*>/g, "")) : spoken,
      // The space before a token parts it from the one before.
      ...changed && { sent: type === "token" ? sent : sent.trim() },
      aggregatedBy: type,
      silent: this.#options.skipAggregatorTypes?.includes(type) ?? false,
    };
  }

  /** Speaks what is left, waits until all is pushed, and ends the utterance. */
  async #finish(): Promise<void> {
    const utterance = this.#utterance;
    this.#utterance = undefined;
    const rest = this.#aggregator.flush();
    if (!utterance) return;
    this.#speak(rest, utterance);
    await utterance.finish();
  }

  /** Forgets what was to be said; the engine has closed the scope of what was being said. */
  #drop(): void {
    this.#utterance = undefined;
    this.#skipping = false;
    this.#aggregator.handleInterruption();
    this.#unspoken.handleInterruption();
    for (const filter of this.#filters) filter.handleInterruption();
    this.metrics.cancel();
  }

  /** Reports a failure; says whether the next sentence can be tried. */
  #failed(error: unknown): boolean {
    this.reportFailure("speak", error);
    return error instanceof Error && "retryable" in error && error.retryable === true;
  }
}

/** The text of a frame, with the space that stands before the next one. */
function textOf(frame: TextFrame): string {
  return frame.includesInterFrameSpaces ? frame.text : `${frame.text} `;
}
