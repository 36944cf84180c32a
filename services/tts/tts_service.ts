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
import type { SpeechEvent, SpeechRequest } from "./synthesis.ts";
import { type Segment, Utterance } from "./_utterance.ts";

/** Texts that are not for the voice: the user's own, and what is on its way out already. */
const NOT_SPOKEN = [
  TranscriptionFrame,
  InterimTranscriptionFrame,
  TranslationFrame,
  InputTextRawFrame,
  AggregatedTextFrame,
];

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
  /** Cuts the model's text into what is spoken at a time; by sentence by default. */
  readonly textAggregator?: BaseTextAggregator | undefined;
  /** Change the text on its way to the voice, one after another. */
  readonly textFilters?: readonly BaseTextFilter[] | undefined;
  /** Pieces that are shown and not spoken, by the type the aggregator gives them. */
  readonly skipAggregatorTypes?: readonly string[] | undefined;
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
    this.#aggregator = options.textAggregator ?? new SimpleTextAggregator();
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
    this.#utterance ??= this.#open(frame.appendToContext);
    this.#speak(this.#aggregator.aggregate(textOf(frame)), this.#utterance);
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
      failed: (error) => this.#failed(error),
      synthesize: (request) => {
        this.emit("ttsRequest", contextId, request.text);
        return this.synthesize(request);
      },
    });
  }

  #speak(pieces: readonly Aggregation[], utterance: Utterance): void {
    for (const piece of pieces) {
      if (piece.text.trim() !== "") utterance.say(this.#segmentOf(piece));
    }
  }

  #segmentOf({ text, type, rawText = text }: Aggregation): Segment {
    const whole = new MappedText(rawText);
    return {
      id: ++this.#segments,
      text: text.trim(),
      raw: rawText,
      spoken: this.#filters.reduce((spoken, filter) => filter.apply(spoken), whole.changedTo(text)),
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
