import { LLMContext } from "../../context/mod.ts";
import {
  ControlFrame,
  DataFrame,
  type Frame,
  LLMFullResponseStartFrame,
} from "../../frames/mod.ts";
import { VoicemailDetector } from "../../extensions/voicemail/mod.ts";
import { LLMSwitcher } from "../../pipeline/llm_switcher.ts";
import {
  ParallelPipeline,
  Pipeline,
  type PipelineElement,
  ServiceSwitcher,
  ServiceSwitcherStrategyFailover,
  SyncParallelPipeline,
} from "../../pipeline/mod.ts";
import { DTMFAggregator } from "../../processors/aggregators/mod.ts";
import { AudioBufferProcessor } from "../../processors/audio/mod.ts";
import { FunctionFilter } from "../../processors/filters/mod.ts";
import { type AnyFrameProcessor, FrameProcessor } from "../../processors/mod.ts";
import type { TTSService } from "../../services/tts/mod.ts";
import { ScriptedLLMService } from "../../testing/scripted_llm.ts";
import {
  AlwaysUserMuteStrategy,
  type BaseUserMuteStrategy,
  DeadAirDetector,
  FirstSpeechUserMuteStrategy,
  FunctionCallUserMuteStrategy,
  LLMContextAggregatorPair,
  MuteUntilFirstBotCompleteUserMuteStrategy,
} from "../../turns/mod.ts";
import { Loudspeaker, Microphone } from "./_line.ts";
import { EarProbe, Note, PlayedProbe, Probe } from "./_probes.ts";
import type { BotPlan } from "./_schedule.ts";
import { Ears, makeMind, makeTools, Voice } from "./_services.ts";
import { StreamingVoice } from "./_streaming_voice.ts";
import type { World } from "./_world.ts";

/** Several services of a kind, and what stands for them in the pipeline. */
interface Services<S> {
  readonly all: readonly S[];
  readonly element: PipelineElement;
}

/** A bot of a session. */
export class Bot {
  readonly context: LLMContext;
  readonly pair: LLMContextAggregatorPair;
  readonly microphone: Microphone;
  readonly loudspeaker: Loudspeaker;
  readonly stt: Services<Ears>;
  readonly llm: Services<ScriptedLLMService>;
  readonly tts: Services<TTSService>;
  readonly voicemail: VoicemailDetector | undefined;
  readonly recorder: AudioBufferProcessor | undefined;
  readonly head: Probe;
  readonly ears: EarProbe;
  readonly played: PlayedProbe;
  readonly tail: Probe;
  readonly pipeline: Pipeline;

  constructor(world: World) {
    const { bot: plan } = world.schedule;
    this.context = new LLMContext([], { tools: makeTools(world) });
    this.pair = new LLMContextAggregatorPair(this.context, {
      userParams: { userMuteStrategies: muteOf(plan), userTurnStopTimeoutSecs: 2 },
    });
    this.microphone = new Microphone(world);
    this.loudspeaker = new Loudspeaker(world);
    this.stt = several(plan.stts, () => new Ears(world));
    this.llm = severalMinds(plan.llms, world);
    this.tts = several(plan.branch === "two voices" ? 1 : plan.ttss, () => voiceOf(world));
    this.voicemail = plan.voicemail === "none" ? undefined : makeVoicemail(plan);
    this.recorder = plan.recorder
      ? new AudioBufferProcessor({ numChannels: 2, autoStartRecording: true })
      : undefined;
    this.head = new Probe("head", world);
    this.ears = new EarProbe("ears", world);
    this.played = new PlayedProbe(world);
    this.tail = new Probe("tail", world);
    this.pipeline = new Pipeline([
      this.head,
      this.microphone,
      this.stt.element,
      new DTMFAggregator({ timeoutSecs: 0.5 }),
      ...maybe(this.voicemail?.detector()),
      this.ears,
      this.pair.user(),
      ...middleOf(this, world),
      ...maybe(this.voicemail?.gate()),
      this.loudspeaker,
      this.played,
      ...maybe(this.recorder),
      this.pair.assistant(),
      this.tail,
    ]);
  }
}

/** Model and voice, with what stands beside them. */
function middleOf(bot: Bot, world: World): PipelineElement[] {
  const { branch, deadAir } = world.schedule.bot;
  const detector = deadAir ? [makeDeadAir(bot.context, world)] : [];
  const usual = [bot.llm.element, ...detector, bot.tts.element];
  switch (branch) {
    case "none":
      return usual;
    case "bystander":
      return [new ParallelPipeline(usual, [new FrameProcessor()])];
    case "slow bystander":
      return [new ParallelPipeline(usual, [new Slow()])];
    case "in step":
      return [new SyncParallelPipeline([new FrameProcessor()], [new Slow()]), ...usual];
    case "two voices": {
      const choice = new Choice(world);
      const other = voiceOf(world);
      return [
        bot.llm.element,
        ...detector,
        choice,
        new ParallelPipeline([choice.filter(0), bot.tts.element], [choice.filter(1), other]),
      ];
    }
    default:
      return branch satisfies never;
  }
}

/** Takes its time over data, and over what the application sends. */
class Slow extends FrameProcessor {
  constructor() {
    super();
    for (const kind of [DataFrame, Note]) {
      this.handle<Frame>(kind, async (frame, context) => {
        // A delay of its own for each class, the same every time.
        await this.clock.sleep(5 + frame.constructor.name.length * 7 % 60, {
          signal: context.signal,
        });
        await context.forward();
      });
    }
  }
}

/** Has each answer spoken by one of two voices. */
class Choice extends FrameProcessor {
  readonly #chosen: WeakMap<Frame, number> = new WeakMap();
  #voice = 0;

  constructor(world: World) {
    super();
    const choose = (frame: Frame) => void this.#chosen.set(frame, this.#voice);
    this.onInterruption(() => {
      this.#voice = world.voice;
    });
    this.handle(LLMFullResponseStartFrame, (frame, context) => {
      this.#voice = world.voice;
      choose(frame);
      return context.forward();
    });
    for (const kind of [DataFrame, ControlFrame]) {
      this.handle<Frame>(kind, (frame, context) => {
        choose(frame);
        return context.forward();
      });
    }
  }

  /** Lets by what one of the voices is to have. */
  filter(voice: number): FunctionFilter {
    return new FunctionFilter({
      filter: (frame) => (this.#chosen.get(frame) ?? voice) === voice,
    });
  }
}

function voiceOf(world: World): TTSService {
  return world.schedule.bot.streams ? new StreamingVoice(world) : new Voice(world);
}

function several<S extends AnyFrameProcessor>(count: number, make: () => S): Services<S> {
  const all = Array.from({ length: count }, make);
  const [only] = all;
  if (count === 1 && only) return { all, element: only };
  const strategyType = ServiceSwitcherStrategyFailover;
  return { all, element: new ServiceSwitcher({ services: all, strategyType }) };
}

function severalMinds(count: number, world: World): Services<ScriptedLLMService> {
  const all = Array.from({ length: count }, () => makeMind(world));
  const [only] = all;
  if (count === 1 && only) return { all, element: only };
  const strategyType = ServiceSwitcherStrategyFailover;
  return { all, element: new LLMSwitcher({ llms: all, strategyType }) };
}

function muteOf({ mute }: BotPlan): BaseUserMuteStrategy[] {
  switch (mute) {
    case "none":
      return [];
    case "always":
      return [new AlwaysUserMuteStrategy()];
    case "first speech":
      return [new FirstSpeechUserMuteStrategy()];
    case "until bot":
      return [new MuteUntilFirstBotCompleteUserMuteStrategy()];
    case "functions":
      return [new FunctionCallUserMuteStrategy()];
    default:
      return mute satisfies never;
  }
}

function makeVoicemail({ voicemail }: BotPlan): VoicemailDetector {
  const verdict = { text: voicemail === "machine" ? "VOICEMAIL" : "CONVERSATION" };
  const answers = voicemail === "unclear"
    ? () => ({ stalls: true })
    : () => ({ ...verdict, firstTokenMs: 700 });
  return new VoicemailDetector({
    llm: new ScriptedLLMService({ answers }),
    voicemailResponseDelaySecs: 0.5,
    decisionTimeoutMs: 1_500,
  });
}

function makeDeadAir(context: LLMContext, world: World): DeadAirDetector {
  const detector = new DeadAirDetector(context, {
    silenceMs: 1_200,
    giveUpMs: 2_500,
    filler: () => world.text(2, "aside"),
    apology: () => world.text(3, "bot"),
  });
  detector.on("deadAir", () => world.count("silences filled"));
  detector.on("gaveUp", () => {
    world.meddled = world.now;
    world.count("silences given up");
  });
  return detector;
}

function maybe<T>(element: T | undefined): T[] {
  return element === undefined ? [] : [element];
}
