// Two models and two voices, of which one each breaks: the conversation goes on with the others.
// Needs no key and no permission: `deno run examples/switching_with_failover.ts`.
import { LLMContext, LLMContextFrame } from "@parley/sdk/context";
import {
  LLMFullResponseEndFrame,
  ManuallySwitchServiceFrame,
  TTSTextFrame,
} from "@parley/sdk/frames";
import {
  LLMSwitcher,
  Pipeline,
  PipelineTask,
  ServiceSwitcher,
  ServiceSwitcherStrategyFailover,
} from "@parley/sdk/pipeline";
import { FrameProcessor } from "@parley/sdk/processors";
import { type LLMEvent, LLMService } from "@parley/sdk/services/llm";
import { type SpeechEvent, type SpeechRequest, TTSService } from "@parley/sdk/services/tts";

/** Stands in for a provider: `OpenAILLMService` and others go in its place. */
class DemoLLM extends LLMService {
  constructor(readonly options: { name: string; broken?: boolean }) {
    super(options, { model: "demo" });
  }

  protected override async *generate(): AsyncIterable<LLMEvent> {
    await this.clock.sleep(50);
    if (this.options.broken) throw new Error("the provider does not answer");
    for (const word of ["This", " is", ` ${this.name}.`, " How", " can", " I", " help?"]) {
      yield { type: "text", text: word };
    }
  }
}

/** Hums instead of speaking; breaks within its second sentence where it is told to. */
class DemoTTS extends TTSService {
  #spoken = 0;

  constructor(readonly options: { name: string; broken?: boolean }) {
    super(options, { model: "demo" });
  }

  protected override async *synthesize(
    { text, sampleRate }: SpeechRequest,
  ): AsyncIterable<SpeechEvent> {
    const breaks = this.options.broken && ++this.#spoken === 2;
    for (const _word of breaks ? text.split(" ").slice(0, 2) : text.split(" ")) {
      await this.clock.sleep(20);
      yield { type: "audio", audio: new Int16Array(sampleRate * 0.3) };
    }
    if (breaks) throw new Error("the connection broke");
  }
}

/** Prints what is said, and by which voice. */
class Printer extends FrameProcessor {
  #line = "";

  constructor(answered: () => void) {
    super();
    this.handle(TTSTextFrame, (frame, context) => {
      const voice = frame.contextId?.split("-")[0] ?? "";
      if (!this.#line.includes(`[${voice}]`)) this.#line += ` [${voice}]`;
      this.#line += frame.text;
      return context.forward();
    });
    this.handle(LLMFullResponseEndFrame, (_frame, context) => {
      console.log(this.#line.trim());
      this.#line = "";
      answered();
      return context.forward();
    });
  }
}

if (import.meta.main) {
  const llms = new LLMSwitcher({
    llms: [new DemoLLM({ name: "Primary", broken: true }), new DemoLLM({ name: "Backup" })],
    strategyType: ServiceSwitcherStrategyFailover,
  });
  const voices = [new DemoTTS({ name: "Ada", broken: true }), new DemoTTS({ name: "Bob" })];
  const tts = new ServiceSwitcher({
    services: voices,
    strategyType: ServiceSwitcherStrategyFailover,
  });
  for (const switcher of [llms, tts]) {
    switcher.on("serviceSwitched", ({ name }) => console.log(`-- goes on with ${name}`));
  }

  let answers = 0;
  const ask = () => task.queueFrame(new LLMContextFrame(new LLMContext()));
  const printer = new Printer(() => {
    answers++;
    if (answers === 2) return void task.stopWhenDone();
    // The first voice is well again, as the application decides.
    void task.queueFrame(new ManuallySwitchServiceFrame({ name: "Ada" }));
    void ask();
  });
  const task: PipelineTask = new PipelineTask(new Pipeline([llms, tts, printer]));
  void ask();
  await task.run();
}
