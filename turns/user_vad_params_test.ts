import { assertEquals } from "@std/assert";
import { VADAnalyzer } from "../audio/vad/mod.ts";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  VADParamsUpdateFrame,
} from "../frames/mod.ts";
import { withPair } from "./_pair_stage_test.ts";

class Deaf extends VADAnalyzer {
  numFramesRequired(): number {
    return 320;
  }
  voiceConfidence(): number {
    return 0;
  }
}

Deno.test("A frame changes the parameters of the user aggregator's VAD, and others are told", async () => {
  const vadAnalyzer = new Deaf();
  await withPair({ userParams: { vadAnalyzer } }, async ({ task, bot, clock }) => {
    const params = { ...vadAnalyzer.params, stopSecs: 0.8 };
    void task.queueFrame(new VADParamsUpdateFrame(params));
    await clock.settle();
    assertEquals(vadAnalyzer.params, params);
    const told = ["SpeechControlParamsFrame", "VADParamsUpdateFrame"];
    assertEquals(bot.seen.filter((name) => told.includes(name)), told);
  });
  await withPair({}, async ({ task, bot, clock }) => {
    void task.queueFrame(new VADParamsUpdateFrame(vadAnalyzer.params));
    await clock.settle();
    assertEquals(bot.seen.filter((name) => /Params/.test(name)), ["VADParamsUpdateFrame"]);
  });
});

Deno.test("New parameters do not let the bot's own voice in, and hold once it is silent", async () => {
  const vadAnalyzer = new Deaf();
  const userParams = { vadAnalyzer, botSpeakingMinVolume: 0.78 };
  await withPair({ userParams }, async ({ task, bot, clock }) => {
    void bot.say.push(new BotStartedSpeakingFrame(), "upstream");
    await clock.settle();
    const params = { ...vadAnalyzer.params, confidence: 0.9, minVolume: 0.3 };
    void task.queueFrame(new VADParamsUpdateFrame(params));
    await clock.settle();
    assertEquals(vadAnalyzer.params, { ...params, minVolume: 0.78 });
    void bot.say.push(new BotStoppedSpeakingFrame(), "upstream");
    await clock.advance(2_000);
    assertEquals(vadAnalyzer.params, params);
  });
});
