/** A pair in a pipeline, with a stand-in for all that stands between its halves. */
import { assertEquals } from "@std/assert";
import { LLMContext, LLMContextFrame } from "../context/mod.ts";
import { Frame, type HeardTextFrame } from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { type AnyFrameProcessor, FrameProcessor, type FrameScope } from "../processors/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import { LLMContextAggregatorPair, type LLMContextAggregatorPairOptions } from "./mod.ts";

/** Stands for model, voice and speaker: keeps what comes, and says what a test says. */
export class Bot extends FrameProcessor {
  readonly asked: number[] = [];
  readonly seen: string[] = [];
  /** What will have been heard when the bot is next interrupted. */
  unheard: HeardTextFrame[] = [];
  #out: FrameScope | undefined;

  constructor() {
    super();
    this.handle(LLMContextFrame, (frame, context) => {
      if (context.direction === "upstream") return context.forward();
      this.asked.push(frame.context.messages.length);
    });
    this.handle(Frame, (frame, context) => {
      if (context.direction === "downstream") this.seen.push(frame.constructor.name);
      return context.forward();
    });
    this.onInterruption(() => {
      for (const heard of this.unheard.splice(0)) void this.say.push(heard);
    });
  }

  get say(): FrameScope {
    return this.#out ??= this.scope({ uninterruptible: true });
  }
}

/** Notes what the context holds when an interruption is announced to whoever stands last. */
export class Witness extends FrameProcessor {
  readonly contents: unknown[] = [];

  constructor(context: LLMContext) {
    super();
    this.onInterruption(() => {
      this.contents.push(context.messages.at(-1));
    });
  }
}

/** Runs a pair with a stand-in for the bot between, and sees to it that no timer is left. */
export async function withPair(
  options: LLMContextAggregatorPairOptions & { readonly before?: readonly AnyFrameProcessor[] },
  test: (stage: {
    clock: VirtualClock;
    task: PipelineTask;
    context: LLMContext;
    bot: Bot;
    witness: Witness;
    pair: LLMContextAggregatorPair;
  }) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  const context = new LLMContext();
  const pair = new LLMContextAggregatorPair(context, options);
  const bot = new Bot();
  const witness = new Witness(context);
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const parts = [...options.before ?? [], pair.user(), bot, pair.assistant(), witness];
  const task = new PipelineTask(new Pipeline(parts), { clock, log: silent });
  const running = task.run();
  await clock.settle();
  await test({ clock, task, context, bot, witness, pair });
  await task.cancel();
  await running;
  assertEquals(clock.timers, 0, "a timer is left");
}
