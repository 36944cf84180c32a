import { isLLMSpecificMessage, LLMContextFrame, textOf } from "../context/mod.ts";
import {
  AggregatedTextFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  ErrorFrame,
  type Frame,
  HeardTextFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  MetricsFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../frames/mod.ts";
import { FirstSight } from "../observers/_first_sight.ts";
import { FrameTable } from "../observers/_frame_table.ts";
import { BaseObserver, type FramePushed } from "../observers/mod.ts";
import { FrameProcessor, type ProcessorRole } from "../processors/mod.ts";
import { type Aggregation, SimpleTextAggregator } from "../text/mod.ts";
import { BotOutput } from "./_bot_output.ts";
import { metricsData } from "./_metrics.ts";
import { tellCalls, tellLevels, tellUser } from "./_tellers.ts";
import { RTVIServerMessageFrame, RTVIServerResponseFrame } from "./frames.ts";
import type { RTVIServerMessageType } from "./messages.ts";
import type { RTVIObserverParams } from "./params.ts";
import type { RTVIProcessor } from "./processor.ts";

/** Errors of one second that a client is told. */
const ERRORS_PER_SECOND = 10;

/**
 * Tells a client what happens in a pipeline, in RTVI.
 *
 * @example
 * ```ts
 * import { RTVIProcessor } from "@parley/sdk/rtvi";
 * const { observer } = new RTVIProcessor({ observerParams: { metricsEnabled: false } });
 * console.log(observer.constructor.name); // "RTVIObserver"
 * ```
 */
export class RTVIObserver extends BaseObserver {
  readonly #rtvi: RTVIProcessor;
  readonly #params: RTVIObserverParams;
  /** What is told when a frame is first seen, wherever that is. */
  readonly #atOnce: FrameTable<[data: FramePushed]> = new FrameTable();
  readonly #first: FirstSight = new FirstSight();
  /** What is told when a frame leaves the output: all before it has been heard. */
  readonly #inTime: FrameTable<[]> = new FrameTable();
  readonly #left: FirstSight = new FirstSight();
  readonly #ignored: WeakMap<Frame, boolean> = new WeakMap();
  readonly #output: BotOutput;
  readonly #transcript = new SimpleTextAggregator();
  readonly #unspoken = new SimpleTextAggregator();
  /** What a voice has seen, and has announced as far as it is to be shown. */
  readonly #voiced: WeakSet<Frame> = new WeakSet();
  /** Responses that the model writes, and utterances that are synthesized. */
  readonly #open = { "bot-llm": 0, "bot-tts": 0 };
  /** Responses and utterances that have not been heard to their end. */
  #unheard = 0;
  #errors = { second: 0, count: 0 };

  /** Makes an observer that sends through `rtvi`. */
  constructor(rtvi: RTVIProcessor, params: RTVIObserverParams = {}) {
    super();
    this.#rtvi = rtvi;
    this.#params = params;
    const send = (type: RTVIServerMessageType, data?: unknown) => rtvi.sendMessage(type, data);
    const telling = { params, send, atOnce: this.#atOnce, inTime: this.#inTime };
    this.#output = new BotOutput(telling);
    tellUser(telling);
    tellCalls(telling);
    tellLevels(telling);
    this.#tellModel();
    this.#tellSpeech();
    this.#tellText();
    this.#tellOthers();
  }

  /** Sees a frame, and tells of it once. */
  override onPushFrame(data: FramePushed): void {
    const { frame, source } = data;
    const atOnce = this.#atOnce.find(frame);
    const inTime = this.#inTime.find(frame);
    if ((!atOnce && !inTime) || this.#isIgnored(data)) return;
    if (atOnce && this.#first.isFirst(frame)) atOnce(frame, data);
    const role = inTime && roleOf(source);
    if (role === "tts") this.#voiced.add(frame);
    if (inTime && role === "output" && this.#left.isFirst(frame)) inTime(frame);
  }

  /** Whether it came from somebody of whom nothing is told. */
  #isIgnored({ frame, source }: FramePushed): boolean {
    const { ignoredSources = [] } = this.#params;
    if (ignoredSources.length === 0) return false;
    const known = this.#ignored.get(frame);
    if (known !== undefined) return known;
    const ignored = ignoredSources.some((processor) => processor === source);
    this.#ignored.set(frame, ignored);
    return ignored;
  }

  #tellModel(): void {
    const { botLlmEnabled = true, userLlmEnabled = true } = this.#params;
    if (userLlmEnabled) this.#atOnce.on(LLMContextFrame, (frame) => this.#tellContext(frame));
    this.#atOnce.on(LLMFullResponseStartFrame, () => {
      this.#transcript.reset();
      this.#begin("bot-llm", botLlmEnabled);
    });
    this.#atOnce.on(LLMTextFrame, ({ text }) => {
      if (!botLlmEnabled) return;
      this.#rtvi.sendMessage("bot-llm-text", { text });
      this.#transcribe(this.#transcript.aggregate(text));
    });
    this.#atOnce.on(LLMFullResponseEndFrame, () => {
      this.#transcribe(this.#transcript.flush());
      this.#end("bot-llm", botLlmEnabled);
    });
  }

  #tellContext({ context }: LLMContextFrame): void {
    const message = context.messages.at(-1);
    if (!message || isLLMSpecificMessage(message) || message.role !== "user") return;
    const text = textOf(message);
    if (text !== "") this.#rtvi.sendMessage("user-llm-text", { text });
  }

  #transcribe(sentences: readonly Aggregation[]): void {
    for (const { text } of sentences) this.#rtvi.sendMessage("bot-transcription", { text });
  }

  #begin(what: "bot-llm" | "bot-tts", enabled: boolean): void {
    this.#open[what]++;
    this.#unheard++;
    if (enabled) this.#rtvi.sendMessage(`${what}-started`);
  }

  /** What an interruption has ended already ends only once. */
  #end(what: "bot-llm" | "bot-tts", enabled: boolean): void {
    if (this.#open[what] === 0) return;
    this.#open[what]--;
    if (enabled) this.#rtvi.sendMessage(`${what}-stopped`);
  }

  #tellSpeech(): void {
    const { botTtsEnabled = true, botSpeakingEnabled = true } = this.#params;
    this.#atOnce.on(TTSStartedFrame, () => this.#begin("bot-tts", botTtsEnabled));
    this.#atOnce.on(TTSStoppedFrame, () => this.#end("bot-tts", botTtsEnabled));
    this.#atOnce.on(BotStartedSpeakingFrame, () => {
      if (botSpeakingEnabled) this.#rtvi.sendMessage("bot-started-speaking");
      this.#output.started();
    });
    this.#atOnce.on(BotStoppedSpeakingFrame, () => {
      if (botSpeakingEnabled) this.#rtvi.sendMessage("bot-stopped-speaking");
      this.#output.stopped();
    });
    this.#inTime.on(InterruptionFrame, () => this.#interrupted());
  }

  #interrupted(): void {
    const { botLlmEnabled = true, botTtsEnabled = true, botSpeakingEnabled = true } = this.#params;
    while (this.#open["bot-llm"] > 0) this.#end("bot-llm", botLlmEnabled);
    while (this.#open["bot-tts"] > 0) this.#end("bot-tts", botTtsEnabled);
    // What interrupts nothing is no news.
    const news = this.#output.speaking || this.#unheard > 0;
    if (news && botSpeakingEnabled) this.#rtvi.sendMessage("bot-interrupted");
    this.#unheard = 0;
    this.#transcript.reset();
    this.#unspoken.reset();
    this.#output.interrupted();
  }

  #tellText(): void {
    this.#inTime.on(AggregatedTextFrame, (frame) => this.#output.segment(frame));
    // It is told once it has been heard.
    this.#inTime.on(TTSTextFrame, () => {});
    this.#inTime.on(HeardTextFrame, (frame) => this.#output.heard(frame));
    this.#inTime.on(TTSStoppedFrame, () => this.#heardToTheEnd());
    // Where there is no voice, what the model writes is shown as it comes through the output.
    this.#inTime.on(LLMFullResponseStartFrame, () => this.#unspoken.reset());
    this.#inTime.on(LLMTextFrame, (frame) => {
      if (!this.#voiced.has(frame)) this.#write(this.#unspoken.aggregate(frame.text));
    });
    this.#inTime.on(LLMFullResponseEndFrame, () => {
      this.#write(this.#unspoken.flush());
      this.#heardToTheEnd();
    });
  }

  #heardToTheEnd(): void {
    this.#unheard = Math.max(0, this.#unheard - 1);
    this.#output.settle();
  }

  #write(texts: readonly Aggregation[]): void {
    for (const { text, type } of texts) this.#output.unspoken(text, type);
  }

  #tellOthers(): void {
    const { metricsEnabled = true } = this.#params;
    this.#atOnce.on(MetricsFrame, (frame) => {
      if (metricsEnabled) this.#rtvi.sendMessage("metrics", metricsData(frame));
    });
    this.#atOnce.on(ErrorFrame, (frame, { timestamp }) => this.#tellError(frame, timestamp));
    this.#atOnce.on(RTVIServerMessageFrame, ({ data }) => this.#rtvi.sendServerMessage(data));
    this.#atOnce.on(RTVIServerResponseFrame, ({ clientMsg, data, error }) => {
      if (error === undefined) this.#rtvi.sendServerResponse(clientMsg, data);
      else this.#rtvi.sendErrorResponse(clientMsg, error);
    });
  }

  /** Of an error in sending the message of an error would be told for ever. */
  #tellError({ error, fatal }: ErrorFrame, timestamp: number): void {
    const second = Math.floor(timestamp / 1e9);
    if (second !== this.#errors.second) this.#errors = { second, count: 0 };
    if (fatal || this.#errors.count++ < ERRORS_PER_SECOND) this.#rtvi.sendError(error, { fatal });
  }
}

function roleOf(source: FramePushed["source"]): ProcessorRole | undefined {
  return source instanceof FrameProcessor ? source.role : undefined;
}
