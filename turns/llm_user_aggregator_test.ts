import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { nextTurn } from "../async/mod.ts";
import {
  defineTool,
  LLMContext,
  LLMMessagesAppendFrame,
  LLMMessagesTransformFrame,
  LLMMessagesUpdateFrame,
  LLMSetToolChoiceFrame,
  LLMSetToolsFrame,
} from "../context/mod.ts";
import {
  BotStartedSpeakingFrame,
  EndFrame,
  ErrorFrame,
  HeardTextFrame,
  InterruptionTaskFrame,
  LLMFullResponseStartFrame,
  LLMRunFrame,
  StartFrame,
  StopFrame,
  TranscriptionFrame,
  UserMuteStartedFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import {
  AlwaysUserMuteStrategy,
  ExternalUserTurnStrategies,
  LLMContextAggregatorPair,
  LLMUserAggregator,
  MuteUntilFirstBotCompleteUserMuteStrategy,
  STTMetadataFrame,
  type UserTurnStoppedMessage,
  VADUserTurnStartStrategy,
} from "./mod.ts";
import { withPair } from "./_pair_stage_test.ts";
import { play } from "./_script_player_test.ts";

Deno.test("A pair is two halves, each of which knows the other", async () => {
  const pair = new LLMContextAggregatorPair(new LLMContext());
  const [user, assistant] = pair;
  assertEquals([user.role, assistant.role], ["user-context", "assistant-context"]);
  assert(user.partner === assistant && assistant.partner === user);
  assert(pair.user() === user && pair.assistant() === assistant && pair.length === 2);
  assertEquals(pair.map(({ role }) => role).constructor, Array);
  const task = new PipelineTask(new Pipeline([user]));
  let message = "";
  await task.run().catch((error: Error) => message = error.message);
  assertStringIncludes(message, `"${user.name}" stands in it without "${assistant.name}"`);
  await task.cancel();
  await assistant.close();
  await using alone = new LLMUserAggregator(new LLMContext());
  assertEquals(alone.partner, undefined);
});

Deno.test("What was heard is in the context before anybody is told of the interruption", async () => {
  await withPair({}, async ({ task, context, bot, witness, clock }) => {
    void bot.say.push(new LLMFullResponseStartFrame());
    void bot.say.broadcast(() => new BotStartedSpeakingFrame());
    void bot.say.push(new HeardTextFrame("Once upon", { contextId: "a" }));
    bot.unheard.push(new HeardTextFrame(" a time", { contextId: "a" }));
    void task.queueFrame(new VADUserStartedSpeakingFrame());
    const heard = { role: "assistant", content: "Once upon a time" };
    assertEquals<unknown>(context.messages, [heard]);
    assertEquals(witness.contents, [heard]);
    await clock.settle();
  });
});

Deno.test("Typed text interrupts the bot, stands behind what was heard, and is answered", async () => {
  await withPair({}, async ({ task, context, bot, clock }) => {
    void bot.say.push(new LLMFullResponseStartFrame());
    void bot.say.push(new HeardTextFrame("Well,", { contextId: "a" }));
    bot.unheard.push(new HeardTextFrame(" then", { contextId: "a" }));
    void task.queueFrame(new InterruptionTaskFrame(), "upstream");
    const messages = [{ role: "user", content: "Stop." }] as const;
    void task.queueFrame(new LLMMessagesAppendFrame(messages, { runLlm: true }));
    await clock.advance(1000);
    assertEquals(context.messages.map((message) => "role" in message && message.role), [
      "assistant",
      "user",
    ]);
    assertEquals(bot.asked, [2]);
  });
});

Deno.test("A turn's message says who spoke, when and how it ended", async () => {
  await withPair({}, async ({ task, pair, clock }) => {
    const stopped: UserTurnStoppedMessage[] = [];
    pair.user().on("userTurnStopped", (_strategy, message) => void stopped.push(message));
    await clock.advance(1000);
    void task.queueFrame(new VADUserStartedSpeakingFrame());
    await clock.advance(500);
    void task.queueFrame(new TranscriptionFrame("Hello!", { userId: "ada" }));
    void task.queueFrame(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
    await clock.advance(600);
    assertEquals(stopped, [{
      content: "Hello!",
      timestamp: "2026-01-01T12:00:01.000Z",
      userId: "ada",
      outcome: "stopped",
    }]);
  });
});

Deno.test("A session that is cancelled in mid-turn ends the turn", async () => {
  const outcomes: string[] = [];
  await withPair({}, async ({ task, pair, clock }) => {
    pair.user().on("userTurnStopped", (_strategy, { outcome }) => void outcomes.push(outcome));
    void task.queueFrame(new VADUserStartedSpeakingFrame());
    await clock.advance(100);
  });
  assertEquals(outcomes, ["ended"]);
});

Deno.test("Frames change the conversation and its tools", async () => {
  const tool = (name: string) => defineTool({ name, description: "", handler: () => 1 });
  await withPair({ addToolChangeMessages: true }, async ({ task, context, bot, clock }) => {
    void task.queueFrame(new LLMMessagesUpdateFrame([{ role: "system", content: "A" }]));
    void task.queueFrame(
      new LLMMessagesTransformFrame((messages) => [...messages, ...messages], { runLlm: true }),
    );
    void task.queueFrame(new LLMSetToolsFrame([tool("look"), tool("leap")]));
    void task.queueFrame(new LLMSetToolsFrame([tool("look"), tool("sing")]));
    void task.queueFrame(new LLMSetToolsFrame([tool("look"), tool("sing")]));
    void task.queueFrame(new LLMSetToolChoiceFrame("required"));
    await clock.settle();
    assertEquals(context.messages, [
      { role: "system", content: "A" },
      { role: "system", content: "A" },
      { role: "developer", content: "From now on you can call: look, leap." },
      {
        role: "developer",
        content: "From now on you can call: sing. You can no longer call: leap.",
      },
    ]);
    assertEquals(context.tools?.standardTools.map(({ name }) => name), ["look", "sing"]);
    assertEquals([context.toolChoice, bot.asked], ["required", [2]]);
    assertEquals(bot.seen.filter((name) => name === "LLMSetToolsFrame").length, 3);
  });
});

Deno.test("A model that failed may be asked the same again", async () => {
  await withPair({}, async ({ task, bot, clock }) => {
    void task.queueFrame(new LLMRunFrame());
    void task.queueFrame(new LLMRunFrame());
    await clock.settle();
    assertEquals(bot.asked.length, 1);
    void bot.say.push(new ErrorFrame("No answer"), "upstream");
    void task.queueFrame(new LLMRunFrame());
    await clock.settle();
    assertEquals(bot.asked.length, 2);
  });
});

Deno.test("Nothing is answered once the session has ended", async () => {
  await withPair({}, async ({ task, bot, clock }) => {
    void task.queueFrame(new TranscriptionFrame("Good"));
    void task.queueFrame(new EndFrame());
    void task.queueFrame(new TranscriptionFrame("bye"));
    await clock.advance(10_000);
    assertEquals(bot.asked, []);
  });
});

Deno.test("Between a stop and the next start, nothing begins a turn", async () => {
  await using user = new LLMUserAggregator(new LLMContext());
  const seen: string[] = [];
  user.on("userTurnStarted", ({ name }) => void seen.push(name));
  const writer = user.writable.getWriter();
  await writer.write(new StartFrame());
  await writer.write(new StopFrame());
  await writer.write(new TranscriptionFrame("Nobody hears me."));
  await nextTurn();
  assertEquals(seen, []);
  await writer.write(new StartFrame());
  await writer.write(new TranscriptionFrame("Hello!"));
  await nextTurn();
  assertEquals(seen, ["TranscriptionUserTurnStartStrategy"]);
});

Deno.test("An STT service says how turns are found with it, to who has not said so himself", async () => {
  const external = new ExternalUserTurnStrategies();
  const own = { start: [new VADUserTurnStartStrategy()] };
  for (const userTurnStrategies of [undefined, own]) {
    await withPair({ userParams: { userTurnStrategies } }, async ({ task, pair, clock }) => {
      const seen: string[] = [];
      pair.user().on("userTurnStarted", ({ name }) => void seen.push(name));
      const advice = { userTurnStrategies: external, ttfsP99LatencySecs: 0.3 };
      void task.queueFrame(new STTMetadataFrame("stt", advice));
      void task.queueFrame(new VADUserStartedSpeakingFrame());
      await clock.settle();
      assertEquals(seen, userTurnStrategies ? ["VADUserTurnStartStrategy"] : []);
    });
  }
});

Deno.test("A model that hears for itself says from below when the user speaks, and what", async () => {
  const played = await play([
    "0 back turn+",
    '100 back final "Hello!"',
    "200 back turn-",
  ], { userParams: { userTurnStrategies: new ExternalUserTurnStrategies() } });
  assertEquals([played.context, played.asked], [["user: Hello!"], ["200 user"]]);
  assertEquals(played.pushed.filter((line) => line.includes("user upstream")), [
    "0 user upstream UserStartedSpeakingFrame",
    "200 user upstream UserStoppedSpeakingFrame",
  ]);
});

Deno.test("Who is muted in mid-sentence is answered as far as he came", async () => {
  const played = await play([
    "0 user vad+",
    '100 user final "Please"',
    "200 bot speaks+",
    '250 user final "wait."',
    "300 user vad+",
    '900 user final "unheard"',
    "950 user vad-",
    "2000 bot speaks-",
    "3000 end of script",
  ], { userParams: { userMuteStrategies: [new AlwaysUserMuteStrategy()] } });
  assertEquals(played.context, ["user: Please wait."]);
  assertEquals(played.asked, ["400 user"]);
  const voices = played.pushed.filter((line) => /user .* VADUserSt/.test(line));
  assertEquals(voices, ["0 user downstream VADUserStartedSpeakingFrame"]);
});

Deno.test("Who speaks on when he is no longer muted has the floor", async () => {
  const played = await play([
    "0 bot speaks+",
    "100 user vad+",
    '200 user final "unheard"',
    "500 bot speaks-",
    '700 user final "Now hear me."',
    "800 user vad-",
    "2000 end of script",
  ], { userParams: { userMuteStrategies: [new AlwaysUserMuteStrategy()] } });
  assertEquals(played.userEvents, [
    "0 userMuteStarted",
    "500 userMuteStopped",
    "500 userTurnStarted VADUserTurnStartStrategy",
    '1000 userTurnMessageAdded "Now hear me."',
    "1000 userTurnInferenceTriggered SpeechTimeoutUserTurnStopStrategy",
    '1000 userTurnStopped SpeechTimeoutUserTurnStopStrategy "Now hear me."',
  ]);
});

Deno.test("Others are started before they are told that the user is muted", async () => {
  const userMuteStrategies = [new MuteUntilFirstBotCompleteUserMuteStrategy()];
  await withPair({ userParams: { userMuteStrategies } }, async ({ bot, clock }) => {
    await clock.settle();
    assertEquals(bot.seen, ["StartFrame", UserMuteStartedFrame.name]);
  });
});
