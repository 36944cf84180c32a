// A bot you can talk to. Run it with `deno run -A examples/assistant.ts`, open the page, speak.
import type { VADAnalyzer } from "@parley/sdk/audio/vad";
import { SileroVADAnalyzer } from "@parley/sdk/audio/vad/silero";
import { LLMContext } from "@parley/sdk/context";
import { LLMRunFrame } from "@parley/sdk/frames";
import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
import { Announcer } from "@parley/sdk/processors";
import { type BotSession, runMain } from "@parley/sdk/runner";
import type { LLMService } from "@parley/sdk/services/llm";
import type { STTService } from "@parley/sdk/services/stt";
import type { TTSService } from "@parley/sdk/services/tts";
import { LLMContextAggregatorPair } from "@parley/sdk/turns";
import { EXAMPLES, REPLIES, RULES } from "./assistant_phrases.ts";
import { assistantTools } from "./assistant_tools.ts";

const INSTRUCTION = "You are Parley, a friendly voice assistant. Answer in one or two short " +
  "spoken sentences, without lists or symbols. Begin by greeting the user.";

/** What the bot runs on; a test hands in its own. */
export interface Services {
  readonly stt: STTService;
  readonly llm: LLMService;
  readonly tts: TTSService;
  readonly vadAnalyzer: VADAnalyzer;
}

/** Services by OpenAI when there is a key, else the embedded set, which needs none. */
async function makeServices(embedded: boolean): Promise<Services> {
  const vadAnalyzer = new SileroVADAnalyzer();
  if (usesOpenAI(embedded)) {
    const openai = await import("@parley/sdk/services/openai");
    // A server that is compatible will do as well.
    const options = { baseUrl: Deno.env.get("OPENAI_BASE_URL") || undefined };
    return {
      stt: new openai.OpenAISTTService(options),
      llm: new openai.OpenAILLMService(options),
      tts: new openai.OpenAITTSService(options),
      vadAnalyzer,
    };
  }
  // Speaks with espeak-ng, which is GPL-3.0: loaded here, when it is chosen, and nowhere else.
  const local = await import("@parley/sdk/services/local");
  const stt = new local.LocalSTTService({ phrases: RULES.flatMap((rule) => rule.say) });
  const llm = new local.LocalLLMService({ rules: RULES, ...REPLIES });
  return { stt, llm, tts: new local.LocalTTSService(), vadAnalyzer };
}

/** One conversation; `deno task start` calls it for each client, `deno task talk` for a WAV file. */
export async function bot(session: BotSession, services?: Services): Promise<void> {
  const { transport } = session;
  const embedded = session.flags["embedded"] === true;
  const { stt, llm, tts, vadAnalyzer } = services ?? await makeServices(embedded);
  const announcer = new Announcer();
  const context = new LLMContext([{ role: "system", content: INSTRUCTION }], {
    tools: assistantTools(announcer),
  });
  const aggregators = new LLMContextAggregatorPair(context, {
    // The bot's own voice in a microphone is softer than whoever speaks into it.
    userParams: { vadAnalyzer, botSpeakingMinVolume: 0.78 },
  });
  const pipeline = new Pipeline([
    transport.input(),
    stt,
    aggregators.user(),
    llm,
    announcer,
    tts,
    transport.output(),
    aggregators.assistant(),
  ]);
  const params = { enableMetrics: true, enableUsageMetrics: true };
  const task = new PipelineTask(pipeline, { ...session.taskOptions, params });
  session.describe({ name: "Parley", examples: EXAMPLES, ...about(embedded) });
  session.onReady(() => void task.queueFrame(new LLMRunFrame()));
  await session.run(task);
}

function usesOpenAI(embedded: boolean): boolean {
  return !embedded && Boolean(Deno.env.get("OPENAI_API_KEY"));
}

/** Which services were chosen, and how to get the others. */
function about(embedded: boolean): { services: string; note: string } {
  return usesOpenAI(embedded)
    ? { services: "OpenAI", note: "Without a key: start it with --embedded" }
    : { services: "Embedded set", note: "It follows rules. For a real model set OPENAI_API_KEY" };
}

if (import.meta.main) {
  await runMain(bot, {
    about: ({ embedded }) => Object.values(about(embedded === true)).join(". ") + ".",
  });
}
