import type { Clock, Logger } from "../../async/mod.ts";
import { LLMContext } from "../../context/mod.ts";
import {
  type ErrorFrame,
  type Frame,
  type FrameClass,
  HeardTextFrame,
  TranscriptionFrame,
} from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { FrameProcessor } from "../../processors/mod.ts";
import { CartesiaTTSService } from "../../services/cartesia/mod.ts";
import { DeepgramSTTService } from "../../services/deepgram/mod.ts";
import { type ScriptedAnswer, ScriptedLLMService } from "../../testing/scripted_llm.ts";
import type { ScriptedSocketServer } from "../../testing/scripted_socket_server.ts";
import { LLMContextAggregatorPair, type UserTurnOutcome } from "../../turns/mod.ts";
import type { Loudspeaker, Microphone } from "./_line.ts";
import { RATE } from "./_vocabulary.ts";

/** What a bot tells of itself. */
export interface BotListener {
  /** The recogniser gave words for good. */
  understood(text: string): void;
  /** Words were said to be heard. */
  heard(text: string): void;
  userTurn(outcome: UserTurnOutcome | "begins"): void;
  botTurn(what: "begins" | "said" | "interrupted"): void;
  failed(frame: ErrorFrame): void;
  connected(of: "stt" | "tts"): void;
  retried(of: "stt" | "tts"): void;
}

/** How a bot is made. */
export interface BotOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly microphone: Microphone;
  readonly loudspeaker: Loudspeaker;
  readonly ear: ScriptedSocketServer;
  readonly mouth: ScriptedSocketServer;
  /** Whether its providers are reached over the loopback interface. */
  readonly overTCP: boolean;
  /** Whether the user's audio is wanted behind the recogniser. */
  readonly audioPassthrough: boolean;
  readonly answer: () => ScriptedAnswer;
  readonly listener: BotListener;
}

/** The bot of a conversation, as an application would build it. */
export class Bot {
  readonly context: LLMContext = new LLMContext();
  readonly task: PipelineTask;

  constructor(options: BotOptions) {
    const { clock, log, microphone, loudspeaker, listener } = options;
    const pair = new LLMContextAggregatorPair(this.context);
    const { stt, tts } = servicesOf(options);
    const pipeline = new Pipeline([
      microphone,
      stt,
      new Watch(TranscriptionFrame, ({ text }) => listener.understood(text)),
      pair.user(),
      new ScriptedLLMService({ answers: options.answer }),
      tts,
      loudspeaker,
      new Watch(HeardTextFrame, ({ text }) => listener.heard(text)),
      pair.assistant(),
    ]);
    this.task = new PipelineTask(pipeline, {
      clock,
      log,
      params: { audioInSampleRate: RATE, audioOutSampleRate: RATE },
    });
    this.task.on("pipelineError", (frame) => listener.failed(frame));
    pair[0].on("userTurnStarted", () => listener.userTurn("begins"))
      .on("userTurnStopped", (_strategy, { outcome }) => listener.userTurn(outcome));
    pair[1].on("assistantTurnStarted", () => listener.botTurn("begins"))
      .on("assistantTurnStopped", ({ interrupted }) => {
        listener.botTurn(interrupted ? "interrupted" : "said");
      });
  }
}

function servicesOf({ ear, mouth, overTCP, audioPassthrough, listener }: BotOptions) {
  const stt = new DeepgramSTTService({
    apiKey: "key",
    sampleRate: RATE,
    audioPassthrough,
    ...overTCP ? { baseUrl: ear.url } : { dial: ear.dial },
  });
  const tts = new CartesiaTTSService({
    apiKey: "key",
    sampleRate: RATE,
    settings: { voice: "ada" },
    ...overTCP ? { url: mouth.url } : { dial: mouth.dial },
  });
  stt.on("connected", () => listener.connected("stt"))
    .on("connectionError", () => listener.retried("stt"));
  tts.on("connected", () => listener.connected("tts"))
    .on("connectionError", () => listener.retried("tts"));
  return { stt, tts };
}

/** Looks at frames of a kind that pass down. */
class Watch<F extends Frame> extends FrameProcessor {
  constructor(frameClass: FrameClass<F>, see: (frame: F) => void) {
    super();
    this.handle(frameClass, (frame, context) => {
      if (context.direction === "downstream") see(frame);
      return context.forward();
    });
  }
}
