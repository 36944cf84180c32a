import { assert, assertEquals } from "@std/assert";
import { VADAnalyzer } from "../audio/vad/mod.ts";
import { LLMContext } from "../context/mod.ts";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  InputAudioRawFrame,
  InterruptionFrame,
  TranscriptionFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import {
  ExternalUserTurnStrategies,
  LLMUserAggregator,
  UserTurnProcessor,
  VADUserTurnStartStrategy,
} from "./mod.ts";
import { withPair } from "./_pair_stage_test.ts";

/** Takes samples above zero for speech. */
class LoudVADAnalyzer extends VADAnalyzer {
  loads = 0;
  closed = false;
  broken = false;

  constructor() {
    super({ params: { minVolume: 0, startSecs: 0.02, stopSecs: 0.04 } });
  }

  override load(): Promise<void> {
    this.loads++;
    return this.broken ? Promise.reject(new Error("no model")) : Promise.resolve();
  }

  override close(): Promise<void> {
    this.closed = true;
    return super.close();
  }

  numFramesRequired(): number {
    return 160;
  }

  voiceConfidence(audio: Int16Array): number {
    return (audio[0] ?? 0) > 0 ? 1 : 0;
  }
}

const audio = (level: number) =>
  new InputAudioRawFrame(new Int16Array(320).fill(level), { sampleRate: 16_000 });

Deno.test("Where nobody before has looked for a voice, the analyzer given does", async () => {
  const vadAnalyzer = new LoudVADAnalyzer();
  await withPair({ userParams: { vadAnalyzer } }, async ({ task, bot, context, clock }) => {
    assertEquals(vadAnalyzer.loads, 1);
    for (const level of [0, 9, 9, 9]) {
      void task.queueFrame(audio(level));
      await clock.advance(20);
    }
    void task.queueFrame(new TranscriptionFrame("Hello!"));
    for (const level of [0, 0, 0, 0]) {
      void task.queueFrame(audio(level));
      await clock.advance(20);
    }
    await clock.advance(600);
    assertEquals<unknown>(context.messages, [{ role: "user", content: "Hello!" }]);
    const signs = bot.seen.filter((name) =>
      name.includes("Speaking") || name === InterruptionFrame.name
    );
    assertEquals(signs.filter((name) => name !== "UserSpeakingFrame"), [
      "VADUserStartedSpeakingFrame",
      "UserStartedSpeakingFrame",
      "InterruptionFrame",
      "VADUserStoppedSpeakingFrame",
      "UserStoppedSpeakingFrame",
    ]);
    assertEquals(bot.seen.filter((name) => name === "InputAudioRawFrame").length, 8);
  });
  assert(vadAnalyzer.closed);
});

Deno.test("While the bot is heard, and a second after, only who is louder interrupts it", async () => {
  const vadAnalyzer = new LoudVADAnalyzer();
  const userParams = { vadAnalyzer, botSpeakingMinVolume: 0.78 };
  await withPair({ userParams }, async ({ task, bot, clock }) => {
    const starts = () => bot.seen.filter((name) => name === "VADUserStartedSpeakingFrame").length;
    const speak = async (level: number) => {
      const wave = new Int16Array(320).map((_, k) => k % 16 < 8 ? level : -level);
      for (let i = 0; i < 30; i++) {
        const sound = i < 20 ? wave : new Int16Array(320);
        void task.queueFrame(new InputAudioRawFrame(sound, { sampleRate: 16_000 }));
        await clock.advance(20);
      }
    };
    void bot.say.push(new BotStartedSpeakingFrame(), "upstream");
    await speak(200);
    assertEquals(starts(), 0);
    await speak(20_000);
    assertEquals(starts(), 1);
    await speak(0);
    void bot.say.push(new BotStoppedSpeakingFrame(), "upstream");
    await clock.advance(100);
    await speak(200);
    assertEquals(starts(), 1);
    await clock.advance(1_000);
    await speak(200);
    assertEquals(starts(), 2);
    assertEquals(vadAnalyzer.params.minVolume, 0);
  });
});

Deno.test("An analyzer that cannot load is an error, and the conversation goes on", async () => {
  const vadAnalyzer = new LoudVADAnalyzer();
  vadAnalyzer.broken = true;
  const errors: string[] = [];
  const clock = new VirtualClock();
  const user = new LLMUserAggregator(new LLMContext(), { vadAnalyzer });
  user.on("error", ({ error }) => void errors.push(error));
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const task = new PipelineTask(new Pipeline([user]), { clock, log: silent });
  const running = task.run();
  await clock.settle();
  assertEquals(errors, [`Cannot load the VAD analyzer in "${user.name}": no model`]);
  await clock.runUntil(task.stopWhenDone());
  await running;
});

Deno.test("One processor finds the turns of several conversations", async () => {
  const turns = new UserTurnProcessor({
    userTurnStrategies: { start: [new VADUserTurnStartStrategy()] },
  });
  const events: string[] = [];
  turns.on("userTurnStarted", ({ name }) => void events.push(name))
    .on("userTurnInferenceTriggered", () => void events.push("inference"))
    .on("userTurnStopped", (strategy) => void events.push(strategy?.name ?? "-"));
  const userParams = { userTurnStrategies: new ExternalUserTurnStrategies() };
  await withPair({ before: [turns], userParams }, async ({ task, bot, context, clock }) => {
    void task.queueFrame(new TranscriptionFrame("What"));
    void task.queueFrame(new VADUserStartedSpeakingFrame());
    void task.queueFrame(new TranscriptionFrame("time is it?"));
    void task.queueFrame(new VADUserStoppedSpeakingFrame());
    await clock.advance(600);
    assertEquals<unknown>(context.messages, [{ role: "user", content: "What time is it?" }]);
    assertEquals(bot.asked, [1]);
    assertEquals(bot.seen.filter((name) => name === "InterruptionFrame").length, 1);
    assertEquals(bot.seen.filter((name) => name === "UserStoppedSpeakingFrame").length, 1);
  });
  assertEquals(events, [
    "VADUserTurnStartStrategy",
    "inference",
    "SpeechTimeoutUserTurnStopStrategy",
  ]);
});
