/** A call with scripted services on a virtual clock, for the tests of this room. */
import { assertEquals } from "@std/assert";
import { LLMContext, type LLMContextOptions } from "../context/mod.ts";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  Frame,
  HeardTextFrame,
  InputAudioRawFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import {
  Pipeline,
  type PipelineElement,
  type PipelineParams,
  PipelineTask,
} from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import {
  ScriptedLLMService,
  type ScriptedLLMServiceOptions,
  ScriptedSTTService,
  type ScriptedTranscript,
  ScriptedTTSService,
  type ScriptedTTSServiceOptions,
  VirtualClock,
} from "../testing/mod.ts";
import { BaseOutputTransport } from "../transports/base/mod.ts";
import { LLMContextAggregatorPair, type LLMUserAggregatorParams } from "../turns/mod.ts";

class Speaker extends BaseOutputTransport {
  protected override writeAudio(): void {}
}

/** Keeps every frame that came through to the end. */
class Witness extends FrameProcessor {
  readonly seen: Frame[] = [];
  heard = "";
  readonly spokeAt: number[] = [];
  speaking = false;

  constructor() {
    super();
    this.handle(Frame, (frame, context) => {
      this.seen.push(frame);
      if (frame instanceof HeardTextFrame) this.heard += frame.text;
      if (frame instanceof BotStartedSpeakingFrame) this.spokeAt.push(this.clock.now());
      if (frame instanceof BotStartedSpeakingFrame) this.speaking = true;
      if (frame instanceof BotStoppedSpeakingFrame) this.speaking = false;
      return context.forward();
    });
  }
}

export interface CallOptions {
  /** What stands between recognition and the conversation. */
  readonly detector?: PipelineElement;
  /** What stands in the model's place. */
  readonly navigator?: PipelineElement;
  /** What stands between model and voice. */
  readonly beforeVoice?: (context: LLMContext) => PipelineElement;
  /** What stands behind the voice. */
  readonly gate?: PipelineElement;
  readonly answers?: ScriptedLLMServiceOptions["answers"];
  readonly voice?: ScriptedTTSServiceOptions["voice"];
  readonly context?: LLMContextOptions;
  readonly params?: PipelineParams | undefined;
  readonly userParams?: LLMUserAggregatorParams;
}

export class Call implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly context: LLMContext;
  readonly stt = new ScriptedSTTService();
  readonly llm: ScriptedLLMService;
  readonly tts: ScriptedTTSService;
  readonly pair: LLMContextAggregatorPair;
  readonly task: PipelineTask;
  readonly logged: string[] = [];
  readonly witness = new Witness();
  readonly running: Promise<void>;

  constructor(options: CallOptions) {
    const { detector, navigator, beforeVoice, gate } = options;
    const part = (element: PipelineElement | undefined) => element ? [element] : [];
    this.context = new LLMContext([{ role: "system", content: "You sell tea." }], options.context);
    this.llm = new ScriptedLLMService({ answers: options.answers ?? [] });
    this.tts = new ScriptedTTSService({ voice: options.voice ?? { words: true } });
    this.pair = new LLMContextAggregatorPair(this.context, {
      userParams: options.userParams,
    });
    const output = new Speaker({ audioOutEnabled: true, audioOutEndSilenceSecs: 0 });
    const pipeline = new Pipeline([
      this.stt,
      ...part(detector),
      this.pair.user(),
      navigator ?? this.llm,
      ...part(beforeVoice?.(this.context)),
      this.tts,
      ...part(gate),
      output,
      this.pair.assistant(),
      this.witness,
    ]);
    const log = (message: string) => void this.logged.push(message);
    this.task = new PipelineTask(pipeline, {
      clock: this.clock,
      params: options.params,
      log: { debug() {}, info() {}, warn: log, error: log },
    });
    this.running = this.task.run();
  }

  /** What the other side has heard of the bot. */
  get heard(): string {
    return this.witness.heard;
  }

  /** What the bot was told, in words. */
  get lines(): string[] {
    return this.context.messages.flatMap((message) =>
      "content" in message && typeof message.content === "string"
        ? [`${message.role}: ${message.content}`]
        : []
    );
  }

  /** The other side begins to speak; recognition will understand this. */
  begins(text: string | ScriptedTranscript): void {
    this.stt.hear(text);
    void this.task.queueFrame(new VADUserStartedSpeakingFrame());
    void this.task.queueFrame(new InputAudioRawFrame(new Int16Array(320), { sampleRate: 16_000 }));
  }

  /** The other side falls silent. */
  ceases(): void {
    void this.task.queueFrame(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
  }

  /** The other side says something, for so long. */
  async says(text: string | ScriptedTranscript, forMs = 1000): Promise<void> {
    this.begins(text);
    await this.clock.advance(forMs);
    this.ceases();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.task.cancel();
    await this.running;
    await this.llm.close();
    assertEquals(this.clock.timers, 0, "a timer is left");
  }
}
