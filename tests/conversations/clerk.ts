/** A bot with one tool, which the tests of this folder call. */
import { defineTool, LLMContext } from "../../context/mod.ts";
import { EndTaskFrame, LLMRunFrame, TTSSpeakFrame } from "../../frames/mod.ts";
import type { BaseObserver } from "../../observers/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import type { TestedBot } from "../../testing/mod.ts";
import { LLMContextAggregatorPair } from "../../turns/mod.ts";

const tools = [
  defineTool({
    name: "look_up",
    description: "Looks something up.",
    handler: async ({ clock, arguments: given }) => {
      await clock.sleep(250);
      return { found: given };
    },
  }),
  defineTool({
    name: "hang_up",
    description: "Ends the call.",
    handler: async ({ push }) => {
      await push(new TTSSpeakFrame("Goodbye!"));
      await push(new EndTaskFrame("done"), "upstream");
    },
  }),
];

/** A bot that answers with the services that it is given, and greets first if it is told to. */
export function clerkWith(observers: readonly BaseObserver[] = []): TestedBot {
  return async (session, { stt, llm, tts, vadAnalyzer }) => {
    const { transport, taskOptions } = session;
    const context = new LLMContext([{ role: "system", content: "Be brief." }], { tools });
    const userParams = { vadAnalyzer };
    const [user, assistant] = new LLMContextAggregatorPair(context, { userParams });
    const parts = [transport.input(), stt, user, llm, tts, transport.output(), assistant];
    const task = new PipelineTask(new Pipeline(parts), {
      ...taskOptions,
      observers: [...taskOptions.observers ?? [], ...observers],
    });
    if (session.flags["greets"]) session.onReady(() => void task.queueFrame(new LLMRunFrame()));
    await session.run(task);
  };
}

/** The same, seen by nobody but who calls it. */
export const clerk: TestedBot = clerkWith();
