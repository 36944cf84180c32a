// Two branches side by side, one fast and one slow, which does not hold the other up. It needs no
// key and no permission: run it with `deno run examples/parallel_pipeline.ts`.
import { EndFrame, TextFrame } from "@parley/sdk/frames";
import { ParallelPipeline, Pipeline, PipelineTask } from "@parley/sdk/pipeline";
import { FrameProcessor } from "@parley/sdk/processors";

const LINES = ["The kettle boils.", "The tea is poured.", "The cup is warm."];

/** Counts the words of a text, at once. */
class WordCounter extends FrameProcessor {
  constructor() {
    super();
    this.handle(TextFrame, ({ text }, context) => {
      const count = text.split(" ").length;
      return context.push(new TextFrame(`${count} words: ${text}`));
    });
  }
}

/** Writes a text backwards, which it has to think about for a while. */
class Reverser extends FrameProcessor {
  constructor() {
    super();
    this.handle(TextFrame, async ({ text }, context) => {
      await this.clock.sleep(200, { signal: context.signal });
      await context.push(new TextFrame(`backwards: ${[...text].reverse().join("")}`));
    });
  }
}

/** Prints what comes out of either branch, and when. */
class Printer extends FrameProcessor {
  #startedAt: number | undefined;

  constructor() {
    super();
    this.handle(TextFrame, ({ text }) => {
      this.#startedAt ??= this.clock.now();
      const ms = Math.round(this.clock.now() - this.#startedAt);
      console.log(`after ${String(ms).padStart(3)} ms  ${text}`);
    });
    // The end leaves once, behind all that both branches had to give.
    this.handle(EndFrame, () => console.log("the end"));
  }
}

if (import.meta.main) {
  const task = new PipelineTask(
    new Pipeline([
      new ParallelPipeline([new WordCounter()], [new Reverser()]),
      new Printer(),
    ]),
  );
  void task.queueFrames([...LINES.map((line) => new TextFrame(line)), new EndFrame()]);
  await task.run();
}
