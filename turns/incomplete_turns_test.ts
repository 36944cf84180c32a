/** A user who is cut off, or thinks, and a bot that waits for him. */
import { assertEquals, assertThrows } from "@std/assert";
import { LLMContext } from "../context/mod.ts";
import {
  LLMUpdateSettingsFrame,
  TranscriptionFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { ScriptedLLMService, ScriptedTTSService, VirtualClock } from "../testing/mod.ts";
import { BaseOutputTransport } from "../transports/base/mod.ts";
import { withPair } from "./_pair_stage_test.ts";
import { DeadAirDetector, LLMContextAggregatorPair, LLMUserAggregator } from "./mod.ts";
import { lineOf } from "./_script_player_test.ts";

class Speaker extends BaseOutputTransport {
  protected override writeAudio(): void {}
}

/** A spoken conversation with a model that judges turns. */
class Talk implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly context = new LLMContext([{ role: "system", content: "Be brief." }]);
  readonly llm: ScriptedLLMService;
  readonly said: string[] = [];
  readonly task: PipelineTask;
  readonly #running: Promise<void>;

  constructor(answers: readonly string[]) {
    this.llm = new ScriptedLLMService({ answers });
    const [user, assistant] = new LLMContextAggregatorPair(this.context, {
      userParams: {
        filterIncompleteUserTurns: true,
        userTurnCompletionConfig: {
          instructions: "Judge.",
          incompleteShortTimeoutSecs: 3,
          incompleteShortPrompt: "Encourage.",
        },
      },
    });
    user.on("userTurnStopped", (_strategy, { content }) => void this.said.push(`user: ${content}`));
    assistant.on("assistantTurnStopped", ({ content }) => {
      if (content !== "") this.said.push(`bot: ${content}`);
    });
    const tts = new ScriptedTTSService({ voice: { words: true } });
    const output = new Speaker({ audioOutEnabled: true, audioOutEndSilenceSecs: 0 });
    const deadAir = new DeadAirDetector(this.context, { silenceMs: 2_000, filler: "Hm." });
    deadAir.on("deadAir", ({ waitingFor }) => void this.said.push(`dead air: ${waitingFor}`));
    const parts = [user, this.llm, deadAir, tts, output, assistant];
    this.task = new PipelineTask(new Pipeline(parts), {
      clock: this.clock,
      idleTimeoutSecs: null,
    });
    this.#running = this.task.run();
  }

  get lines(): string[] {
    return this.context.messages.slice(1).map(lineOf);
  }

  async says(text: string): Promise<void> {
    void this.task.queueFrame(new VADUserStartedSpeakingFrame());
    await this.clock.advance(1000);
    void this.task.queueFrame(new TranscriptionFrame(text));
    void this.task.queueFrame(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
    await this.clock.advance(1000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.task.cancel();
    await this.#running;
    assertEquals(this.clock.timers, 0, "a timer is left");
  }
}

Deno.test("A user who was cut off goes on, and is answered then", async () => {
  await using talk = new Talk(["○", "✓ Japan is a wonderful choice."]);
  await talk.says("I would go to Japan because I love");
  await talk.says("the food.");
  await talk.clock.advance(10_000);
  assertEquals(talk.lines, [
    "user: I would go to Japan because I love",
    "assistant: ○",
    "user: the food.",
    "assistant: ✓ Japan is a wonderful choice.",
  ]);
  assertEquals(talk.said, [
    "user: I would go to Japan because I love",
    "user: the food.",
    "bot: Japan is a wonderful choice.",
  ]);
  const [first] = talk.llm.requests[0]?.context.messages ?? [];
  assertEquals(first && lineOf(first), "system: Be brief.\n\nJudge.");
});

Deno.test("A user who was cut off and stays silent is encouraged once", async () => {
  await using talk = new Talk(["○", "✓ Go ahead, I am listening."]);
  await talk.says("I would like to");
  await talk.clock.advance(60_000);
  assertEquals(talk.lines, [
    "user: I would like to",
    "assistant: ○",
    "developer: Encourage.",
    "assistant: ✓ Go ahead, I am listening.",
  ]);
  assertEquals(talk.said, ["user: I would like to", "bot: Go ahead, I am listening."]);
});

Deno.test("Of an answer that is interrupted the context holds the sign and what was heard", async () => {
  await using talk = new Talk(["✓ One two three four five six seven eight nine ten."]);
  await talk.says("Count.");
  await talk.clock.advance(500);
  void talk.task.queueFrame(new VADUserStartedSpeakingFrame());
  await talk.clock.advance(100);
  const [, heard = ""] = talk.lines;
  assertEquals(heard.startsWith("assistant: ✓ One"), true, heard);
  assertEquals(talk.said[1], heard.replace("assistant: ✓", "bot:"));
});

Deno.test("A model is told to judge turns once it runs, and only where that is wanted", async () => {
  for (const filterIncompleteUserTurns of [true, false]) {
    await withPair({ userParams: { filterIncompleteUserTurns } }, async ({ bot, clock }) => {
      await clock.settle();
      const told = bot.seen.filter((name) => name === LLMUpdateSettingsFrame.name);
      assertEquals(told.length, filterIncompleteUserTurns ? 1 : 0);
    });
  }
});

Deno.test("An aggregator refuses times that are none", () => {
  const userTurnCompletionConfig = { incompleteLongTimeoutSecs: -1 };
  assertThrows(
    () => new LLMUserAggregator(new LLMContext(), { userTurnCompletionConfig }),
    RangeError,
    '"incompleteLongTimeoutSecs" is -1',
  );
});
