/**
 * A program that runs a task until it is told to stop: the tests of the runner
 * send it signals. It drains until its input is closed, unless it is cancelled.
 *
 * @module
 */
import { EndFrame, StartFrame } from "../../frames/mod.ts";
import { Pipeline, PipelineRunner, PipelineTask } from "../../pipeline/mod.ts";
import { Step } from "./_kit.ts";

const input = Deno.stdin.readable.getReader();

const step: Step = new Step("Step")
  .does(StartFrame, () => console.log("ready"))
  .does(EndFrame, async (_, context) => {
    console.log("draining");
    context.signal.addEventListener("abort", () => void input.cancel());
    await input.read();
    if (!context.signal.aborted) console.log("drained");
  });
const task = new PipelineTask(new Pipeline([step]));
task.on("pipelineFinished", (frame) => console.log(frame.constructor.name));
await new PipelineRunner().run(task);
console.log("over");
if (Deno.args.includes("linger")) setInterval(() => {}, 1_000);
