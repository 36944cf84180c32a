/** Plays scripted conversations through an aggregator pair, on a virtual clock, and notes what comes out. */
import {
  LLMContext,
  LLMContextFrame,
  type LLMContextMessage,
  type LLMContextOptions,
  LLMMessagesAppendFrame,
} from "../context/mod.ts";
import {
  AggregatedTextFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  EndFrame,
  Frame,
  type FrameDirection,
  FunctionCallCancelFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  FunctionCallsStartedFrame,
  HeardTextFrame,
  InterimTranscriptionFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMRunFrame,
  LLMTextFrame,
  LLMThoughtEndFrame,
  LLMThoughtStartFrame,
  LLMThoughtTextFrame,
  TranscriptionFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor, type FrameScope } from "../processors/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import {
  LLMContextAggregatorPair,
  LLMMarkerFrame,
  type LLMUserAggregatorParams,
  ProposedUserStartedSpeakingFrame,
  ProposedUserStoppedSpeakingFrame,
  SpeechTimeoutUserTurnStopStrategy,
  STTMetadataFrame,
  UserTurnStrategies,
} from "./mod.ts";

/** What came out, as lines. */
export interface Played {
  readonly context: string[];
  readonly userEvents: string[];
  readonly assistantEvents: string[];
  /** When the model was asked, and by which half. */
  readonly asked: string[];
  /** Every frame that one of the halves pushed. */
  readonly pushed: string[];
}

/** What a script is played with; a silence of 0.2 s ends a turn, and 1 s without anything. */
export interface PlayOptions {
  readonly messages?: readonly LLMContextMessage[];
  readonly context?: LLMContextOptions;
  readonly userParams?: LLMUserAggregatorParams;
  /** Told of each frame that leaves towards the model. */
  readonly atModel?: (frame: LLMContextFrame) => void;
}

const SIMPLE: Record<string, () => Frame> = {
  "vad+": () => new VADUserStartedSpeakingFrame({ startSecs: 0.2 }),
  "vad-": () => new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }),
  "turn+": () => new UserStartedSpeakingFrame(),
  "turn-": () => new UserStoppedSpeakingFrame(),
  "propose+": () => new ProposedUserStartedSpeakingFrame(),
  "propose-": () => new ProposedUserStoppedSpeakingFrame(),
  "answer+": () => new LLMFullResponseStartFrame(),
  "answer-": () => new LLMFullResponseEndFrame(),
  "speaks+": () => new BotStartedSpeakingFrame(),
  "speaks-": () => new BotStoppedSpeakingFrame(),
  "interrupt": () => new InterruptionFrame(),
  "run": () => new LLMRunFrame(),
  "end": () => new EndFrame(),
};

/** What is sent both ways, as who pushes it in a bot does. */
const BOTH_WAYS = ["speaks+", "speaks-", "calls", "call", "result", "cancelled"];

// deno-lint-ignore no-explicit-any -- a script is written by hand, and checked by what it does
const FROM_JSON: Record<string, (value: any) => Frame> = {
  interim: (text) => new InterimTranscriptionFrame(text, { userId: "ada" }),
  final: (text) => new TranscriptionFrame(text, { userId: "ada" }),
  finalized: (text) => new TranscriptionFrame(text, { userId: "ada", finalized: true }),
  latency: (ttfsP99LatencySecs) => new STTMetadataFrame("stt", { ttfsP99LatencySecs }),
  text: (text) => new LLMTextFrame(text),
  marker: ({ marker, ...options }) => new LLMMarkerFrame(marker, options),
  "think+": (options) => new LLMThoughtStartFrame(options),
  think: (text) => new LLMThoughtTextFrame(text),
  "think-": (signature) => new LLMThoughtEndFrame(signature),
  "tts+": (options) => new TTSStartedFrame(options),
  "tts-": (options) => new TTSStoppedFrame(options),
  segment: ({ text, ...options }) => new AggregatedTextFrame(text, options),
  heard: ({ text, ...options }) => new HeardTextFrame(text, options),
  append: ({ messages, ...options }) => new LLMMessagesAppendFrame(messages, options),
  calls: (calls) => new FunctionCallsStartedFrame(calls),
  call: (options) => new FunctionCallInProgressFrame(options),
  result: (options) => new FunctionCallResultFrame({ arguments: {}, ...options }),
  cancelled: (options) => new FunctionCallCancelFrame(options),
};

/** Notes what passes, and lets a script push. */
class Tap extends FrameProcessor {
  #out: FrameScope | undefined;

  constructor(see: (frame: Frame, direction: FrameDirection) => boolean) {
    super();
    this.handle(Frame, (frame, context) => {
      if (see(frame, context.direction)) return context.forward();
    });
  }

  get out(): FrameScope {
    return this.#out ??= this.scope({ uninterruptible: true });
  }
}

/** A pair in a pipeline, with taps around both halves. */
class Stage {
  readonly clock = new VirtualClock();
  readonly context: LLMContext;
  readonly played: Played = {
    context: [],
    userEvents: [],
    assistantEvents: [],
    asked: [],
    pushed: [],
  };
  readonly #above = new Tap((frame, way) => way === "downstream" || this.#note("user", frame, way));
  readonly #between = new Tap((frame, way) =>
    this.#note(way === "downstream" ? "user" : "assistant", frame, way)
  );
  readonly #below = new Tap((frame, way) =>
    way === "upstream" || this.#note("assistant", frame, way)
  );
  readonly #task: PipelineTask;
  readonly #options: PlayOptions;
  #running: Promise<void> | undefined;

  constructor(options: PlayOptions) {
    this.#options = options;
    this.context = new LLMContext(options.messages ?? [], options.context);
    const stop = [new SpeechTimeoutUserTurnStopStrategy({ userSpeechTimeoutSecs: 0.2 })];
    const pair = new LLMContextAggregatorPair(this.context, {
      userParams: {
        userTurnStrategies: new UserTurnStrategies({ stop }),
        userTurnStopTimeoutSecs: 1,
        ...options.userParams,
      },
    });
    this.#listen(pair);
    const parts = [this.#above, pair[0], this.#between, pair[1], this.#below];
    this.#task = new PipelineTask(new Pipeline(parts), { clock: this.clock });
  }

  async play(script: Iterable<string>): Promise<void> {
    this.#running = this.#task.run();
    await this.clock.settle();
    this.played.pushed.length = 0;
    for (const line of script) {
      const [, at, side, what, json] = /^(\d+) (user|bot|back|end) (\S+)(?: (.*))?$/.exec(line) ??
        [];
      if (!what) throw new Error(`Cannot play "${line}": it is no line of a script`);
      await this.clock.advance(Number(at) - this.clock.now());
      if (side !== "end") this.#send(side ?? "", what, json);
      await this.clock.settle();
    }
  }

  async close(): Promise<Played> {
    const played = structuredClone(this.played);
    await this.#task.cancel();
    await this.#running;
    return { ...played, context: this.context.messages.map(lineOf) };
  }

  #send(side: string, what: string, json: string | undefined): void {
    const value: unknown = json === undefined ? undefined : JSON.parse(json);
    const make = () => SIMPLE[what]?.() ?? FROM_JSON[what]?.(value) ?? fail(what);
    if (side === "user") void this.#task.queueFrame(make());
    else if (side === "bot" && BOTH_WAYS.includes(what)) void this.#between.out.broadcast(make);
    else void this.#between.out.push(make(), side === "back" ? "upstream" : "downstream");
  }

  #note(from: "user" | "assistant", frame: Frame, way: FrameDirection): boolean {
    const now = this.clock.now();
    this.played.pushed.push(`${now} ${from} ${way} ${frame.constructor.name}`);
    const toModel = from === "user" ? "downstream" : "upstream";
    if (!(frame instanceof LLMContextFrame)) return true;
    if (way !== toModel) return true;
    this.played.asked.push(`${now} ${from}`);
    this.#options.atModel?.(frame);
    return false;
  }

  #listen([user, assistant]: LLMContextAggregatorPair): void {
    const { userEvents, assistantEvents } = this.played;
    const note = (lines: string[], event: string, ...words: string[]) =>
      void lines.push([this.clock.now(), event, ...words].join(" "));
    const said = (content: string) => JSON.stringify(content);
    user.on("userTurnStarted", ({ name }) => note(userEvents, "userTurnStarted", name))
      .on("userTurnStopped", (strategy, { content, outcome }) => {
        const how = outcome === "stopped" ? [] : [`(${outcome})`];
        note(userEvents, "userTurnStopped", strategy?.name ?? "-", ...how, said(content));
      })
      .on("userTurnInferenceTriggered", (strategy) => {
        note(userEvents, "userTurnInferenceTriggered", strategy?.name ?? "-");
      })
      .on("userTurnMessageAdded", ({ content }) => {
        note(userEvents, "userTurnMessageAdded", said(content));
      })
      .on("userTurnStopTimeout", () => note(userEvents, "userTurnStopTimeout"))
      .on("falseInterruption", ({ askedAgain }) => {
        note(userEvents, "falseInterruption", askedAgain ? "asked again" : "not asked");
      })
      .on("userTurnIdle", () => note(userEvents, "userTurnIdle"))
      .on("userMuteStarted", () => note(userEvents, "userMuteStarted"))
      .on("userMuteStopped", () => note(userEvents, "userMuteStopped"));
    assistant.on("assistantTurnStarted", () => note(assistantEvents, "assistantTurnStarted"))
      .on("assistantTurnStopped", ({ content, interrupted }) => {
        const how = interrupted ? ["interrupted"] : [];
        note(assistantEvents, "assistantTurnStopped", said(content), ...how);
      })
      .on("assistantThought", ({ content }) => {
        note(assistantEvents, "assistantThought", said(content));
      });
  }
}

/** Plays lines such as `120 user vad-` and gives what came out. */
export async function play(script: Iterable<string>, options: PlayOptions = {}): Promise<Played> {
  const stage = new Stage(options);
  await stage.play(script);
  return await stage.close();
}

function fail(what: string): never {
  throw new Error(`Cannot play "${what}": it is no word of a script`);
}

/** A message as a line. */
export function lineOf(message: LLMContextMessage): string {
  if ("llm" in message) return `${message.llm}: ${JSON.stringify(message.message)}`;
  const { role } = message;
  if (role === "assistant" && message.tool_calls) {
    const [call] = message.tool_calls;
    return `call ${call?.id}: ${call?.function.name}(${call?.function.arguments})`;
  }
  const text = String(message.content);
  if (role !== "tool" && role !== "developer") return `${role}: ${text}`;
  return `${role === "tool" ? `tool ${message.tool_call_id}` : role}: ${newsOf(text)}`;
}

/** What the model is told of a call, without our own words. */
function newsOf(text: string): string {
  if (!text.startsWith('{"type":"async_tool"')) return text;
  const { status, tool_call_id: id, result } = JSON.parse(text);
  return ["async", id, status, ...result === undefined ? [] : [result]].join(" ");
}
