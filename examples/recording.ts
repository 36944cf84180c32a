// A bot that records its calls. Run it with `deno run -A examples/recording.ts`, open the page, speak.
//
// Every call becomes a WAV file in `recordings/`: the caller on the left, the bot on the right, each at its time, and
// of the bot only what was heard. It is written while the call lasts, so that a long one takes no more memory than a
// short one.
import { pcmToBytes, wavHeader } from "@parley/sdk/audio";
import { SileroVADAnalyzer } from "@parley/sdk/audio/vad/silero";
import { LLMContext } from "@parley/sdk/context";
import { LLMRunFrame } from "@parley/sdk/frames";
import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
import { AudioBufferProcessor } from "@parley/sdk/processors/audio";
import { type BotSession, runMain } from "@parley/sdk/runner";
import {
  LocalLLMService,
  type LocalRule,
  LocalSTTService,
  LocalTTSService,
} from "@parley/sdk/services/local";
import { LLMContextAggregatorPair } from "@parley/sdk/turns";

const FOLDER = "recordings";

const RULES: LocalRule[] = [
  { say: ["hello", "good morning"], answer: () => "Hello! This call is being recorded." },
  {
    say: ["tell me a story", "tell me a story please"],
    answer: () => "Once upon a time there was a clock that was always seven minutes late. And yet.",
  },
  { say: ["goodbye", "good bye"], answer: () => "Goodbye! You find the recording in its folder." },
];

const REPLIES = {
  greeting: "Hello! Ask me for a story, and interrupt me: the recording holds what you heard.",
  refusals: ["I didn't catch that."],
  help: "You can ask for a story, or say goodbye.",
};

/** Writes what a recorder gives to a WAV file, piece by piece. */
async function writeRecording(recorder: AudioBufferProcessor, path: string): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  const file = await Deno.open(path, { create: true, write: true, truncate: true });
  let dataBytes = 0;
  const write = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  };
  const shape = () => ({ sampleRate: recorder.sampleRate, numChannels: recorder.numChannels });
  // Each handler is done before the next is called.
  recorder.on("audioData", async (audio) => {
    if (dataBytes === 0) await write(wavHeader(shape()));
    const bytes = pcmToBytes(audio);
    await write(bytes);
    dataBytes += bytes.length;
  });
  recorder.on("recordingStopped", async () => {
    // Only now is it known how long the file is.
    await file.seek(0, Deno.SeekMode.Start);
    await write(wavHeader({ ...shape(), dataBytes }));
    file.close();
    console.log(`Recorded ${path}`);
  });
}

/** One call; the runner calls it for each client. */
export async function bot(session: BotSession): Promise<void> {
  const { transport } = session;
  const recorder = new AudioBufferProcessor({
    numChannels: 2,
    bufferSize: 96_000,
    autoStartRecording: true,
  });
  await writeRecording(recorder, `${FOLDER}/${crypto.randomUUID()}.wav`);
  const context = new LLMContext([{ role: "system", content: "You are a friendly assistant." }]);
  const aggregators = new LLMContextAggregatorPair(context, {
    userParams: { vadAnalyzer: new SileroVADAnalyzer(), botSpeakingMinVolume: 0.78 },
  });
  const pipeline = new Pipeline([
    transport.input(),
    new LocalSTTService({ phrases: RULES.flatMap((rule) => rule.say) }),
    aggregators.user(),
    new LocalLLMService({ rules: RULES, ...REPLIES }),
    new LocalTTSService(),
    transport.output(),
    // Right behind the output, which tells what was heard and when.
    recorder,
    aggregators.assistant(),
  ]);
  const task = new PipelineTask(pipeline, session.taskOptions);
  session.onReady(() => void task.queueFrame(new LLMRunFrame()));
  await session.run(task);
}

if (import.meta.main) await runMain(bot);
