// A bot that takes table bookings, written so that it can be tested: see tested_bot_test.ts.
// Run it with `OPENAI_API_KEY=… deno run -A examples/tested_bot.ts`, open the page, speak.
import type { VADAnalyzer } from "@parley/sdk/audio/vad";
import { SileroVADAnalyzer } from "@parley/sdk/audio/vad/silero";
import { defineTool, LLMContext, ToolResult } from "@parley/sdk/context";
import { EndTaskFrame, LLMRunFrame, TTSSpeakFrame } from "@parley/sdk/frames";
import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
import { type BotSession, runMain } from "@parley/sdk/runner";
import type { LLMService } from "@parley/sdk/services/llm";
import { OpenAILLMService, OpenAISTTService, OpenAITTSService } from "@parley/sdk/services/openai";
import type { STTService } from "@parley/sdk/services/stt";
import type { TTSService } from "@parley/sdk/services/tts";
import { LLMContextAggregatorPair } from "@parley/sdk/turns";
import { z } from "zod";

const INSTRUCTION = "You take bookings for the restaurant Olive. Be brief. Greet the caller, ask " +
  "for the number of guests and the hour, book the table, and say goodbye.";

const SEATS = 6;

/** What the bot runs on. A test hands in scripted ones. */
export interface Services {
  readonly stt: STTService;
  readonly llm: LLMService;
  readonly tts: TTSService;
  readonly vadAnalyzer: VADAnalyzer;
}

function realServices(): Services {
  return {
    stt: new OpenAISTTService(),
    llm: new OpenAILLMService(),
    tts: new OpenAITTSService(),
    vadAnalyzer: new SileroVADAnalyzer(),
  };
}

const bookTable = defineTool({
  name: "book_table",
  description: "Books a table for today.",
  parameters: z.object({ guests: z.number().int().min(1), hour: z.number().int() }),
  handler: ({ arguments: { guests, hour } }) => {
    if (guests > SEATS) return { booked: false, reason: `The largest table has ${SEATS} seats` };
    if (hour < 18 || hour > 22) {
      return { booked: false, reason: "The kitchen is open from 6 to 10" };
    }
    return { booked: true };
  },
});

const hangUp = defineTool({
  name: "hang_up",
  description: "Says goodbye and ends the call.",
  handler: async ({ push }) => {
    await push(new TTSSpeakFrame("Goodbye!"));
    await push(new EndTaskFrame("The caller is done"), "upstream");
    return new ToolResult("said", { runLlm: false });
  },
});

/** One call. */
export async function bot(session: BotSession, services = realServices()): Promise<void> {
  const { transport } = session;
  const { stt, llm, tts, vadAnalyzer } = services;
  const context = new LLMContext([{ role: "system", content: INSTRUCTION }], {
    tools: [bookTable, hangUp],
  });
  const [user, assistant] = new LLMContextAggregatorPair(context, { userParams: { vadAnalyzer } });
  const parts = [transport.input(), stt, user, llm, tts, transport.output(), assistant];
  const task = new PipelineTask(new Pipeline(parts), session.taskOptions);
  session.onReady(() => void task.queueFrame(new LLMRunFrame()));
  await session.run(task);
}

if (import.meta.main) await runMain(bot);
