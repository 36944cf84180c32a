import { assertEquals } from "@std/assert";
import { heardText, stateOfWord, wordsOf } from "./bot_text.ts";
import type { BotOutput } from "./bot_side.ts";
import { Conversation, type Presence } from "./conversation.ts";
import type { BotItem, Item } from "./items.ts";
import type { TurnMessage } from "./server_messages.ts";

/** A conversation on a clock that moves only when told to. */
class Scene {
  readonly presences: Presence[] = [];
  readonly conversation: Conversation = new Conversation({
    onChange: () => {},
    onPresence: (presence) => this.presences.push(presence),
    later: (delayMs, action) => {
      const plan = { atMs: this.#nowMs + delayMs, action };
      this.#plans.add(plan);
      return () => this.#plans.delete(plan);
    },
  });
  readonly #plans = new Set<{ readonly atMs: number; readonly action: () => void }>();
  #nowMs = 0;

  /** Lets time pass. */
  wait(ms: number): void {
    this.#nowMs += ms;
    for (const plan of [...this.#plans].toSorted((a, b) => a.atMs - b.atMs)) {
      if (plan.atMs > this.#nowMs || !this.#plans.delete(plan)) continue;
      plan.action();
    }
  }

  /** The bot announces a part. */
  announces(text: string, id: number): void {
    this.conversation.botOutput({
      text,
      segment_id: id,
      will_be_spoken: true,
      spoken_status: "new",
    });
  }

  /** The bot has spoken a part up to here. */
  reaches(spoken: string, id: number, status = "in-progress"): void {
    const progress: BotOutput = {
      text: spoken,
      segment_id: id,
      spoken_status: status,
      spoken_progress: { accumulated_text: spoken },
    };
    this.conversation.botOutput(progress);
  }

  /** The lines, each in a few words. */
  get lines(): string[] {
    return Array.from(this.conversation.items, inWords);
  }

  /** The bot's newest line. */
  get bot(): BotItem {
    const items = [...this.conversation.items];
    const found = items.findLast((item) => item.kind === "bot");
    if (found?.kind !== "bot") throw new Error("Cannot look at the bot: it said nothing");
    return found;
  }
}

function inWords(item: Item): string {
  switch (item.kind) {
    case "user":
      return `user: ${item.text}|${item.interim}`;
    case "bot":
      return `bot ${item.outcome}: ${heardText(item)}`;
    case "tool":
      return `tool ${item.state}: ${item.name} ${item.callId}`;
    case "turn":
      return `turn ${item.turn.turn}`;
    case "note":
      return `note: ${item.text}`;
  }
}

/** How each word of the bot's newest line looks. */
function looks(bot: BotItem): string {
  return bot.segments.flatMap((segment) =>
    wordsOf(segment.text).map((word) => `${word.text}:${stateOfWord(bot, segment, word)}`)
  ).join(" ");
}

function turn(number: number, more: Partial<TurnMessage> = {}): TurnMessage {
  return { type: "parley-turn", turn: number, source: "speech", interrupted: false, ...more };
}

Deno.test("Conversation marks the word being spoken", () => {
  const scene = new Scene();
  scene.announces("One two three.", 1);
  assertEquals(looks(scene.bot), "One:waiting two:waiting three.:waiting");
  scene.conversation.botStarted();
  scene.reaches("One two", 1);
  assertEquals(looks(scene.bot), "One:spoken two:current three.:waiting");
  scene.reaches("One two three.", 1, "completed");
  assertEquals(looks(scene.bot), "One:spoken two:spoken three.:spoken");
});

Deno.test("Conversation points behind the cursor where words count once heard", () => {
  const scene = new Scene();
  scene.conversation.setWordTiming("heard");
  scene.announces("One two.", 1);
  assertEquals(looks(scene.bot), "One:waiting two.:waiting");
  scene.conversation.botStarted();
  assertEquals(looks(scene.bot), "One:current two.:waiting");
  scene.reaches("One", 1);
  assertEquals(looks(scene.bot), "One:spoken two.:current");
  scene.reaches("One two.", 1, "completed");
  scene.announces("Three.", 2);
  assertEquals(looks(scene.bot), "One:spoken two.:spoken Three.:current");
  scene.conversation.userStarted();
  scene.conversation.botStopped();
  assertEquals(looks(scene.bot), "One:spoken two.:spoken Three.:unheard");
});

Deno.test("Conversation takes earlier parts as spoken once a later one is", () => {
  const scene = new Scene();
  scene.announces("First part.", 1);
  scene.announces("Second part.", 2);
  scene.conversation.botStarted();
  scene.reaches("First", 1);
  scene.reaches("Second", 2);
  assertEquals(looks(scene.bot), "First:spoken part.:spoken Second:current part.:waiting");
});

Deno.test("Conversation cuts the bot where the user spoke into it", () => {
  const scene = new Scene();
  scene.announces("One two three four.", 1);
  scene.conversation.botStarted();
  scene.reaches("One two", 1);
  scene.conversation.userStarted();
  assertEquals(scene.bot.outcome, "open");
  scene.conversation.botStopped();
  assertEquals(looks(scene.bot), "One:spoken two:spoken three:unheard four.:unheard");
  assertEquals(scene.bot.outcome, "cut");
});

Deno.test("Conversation cuts the bot also where its silence is told first", () => {
  const scene = new Scene();
  scene.announces("One two three.", 1);
  scene.conversation.botStarted();
  scene.reaches("One", 1);
  scene.conversation.botStopped();
  scene.conversation.userStarted();
  assertEquals(scene.lines[0], "bot cut: One");
});

Deno.test("Conversation cuts the bot where the user typed into it", () => {
  const scene = new Scene();
  scene.announces("One two three.", 1);
  scene.conversation.botStarted();
  scene.reaches("One two", 1);
  scene.conversation.typed("stop");
  scene.conversation.botStopped();
  assertEquals(scene.lines, ["bot cut: One two", "user: stop|"]);
});

Deno.test("Conversation does not cut a bot that was heard to the end", () => {
  const scene = new Scene();
  scene.announces("One two.", 1);
  scene.conversation.botStarted();
  scene.reaches("One two.", 1, "completed");
  scene.conversation.userStarted();
  scene.conversation.botStopped();
  assertEquals(scene.bot.outcome, "whole");
});

Deno.test("Conversation lets a late word move the cut, and speech take it back", () => {
  const scene = new Scene();
  scene.announces("One two three four.", 1);
  scene.conversation.botStarted();
  scene.reaches("One", 1);
  scene.conversation.userStarted();
  scene.conversation.botStopped();
  scene.reaches("One two", 1);
  assertEquals(scene.lines[0], "bot cut: One two");
  scene.wait(1000);
  scene.conversation.botStarted();
  scene.reaches("One two three", 1);
  assertEquals(scene.lines[0], "bot open: One two three");
});

Deno.test("Conversation cuts at the end where the server tells no progress", () => {
  const scene = new Scene();
  scene.announces("One two three.", 1);
  scene.conversation.botStarted();
  scene.conversation.userStarted();
  scene.conversation.botStopped();
  assertEquals(scene.lines[0], "bot cut: One two three.");
});

Deno.test("Conversation shows a sentence once where an older server sends it twice", () => {
  const scene = new Scene();
  const { conversation } = scene;
  conversation.botOutput({ text: "One two.", spoken: false });
  assertEquals(looks(scene.bot), "One:waiting two.:waiting");
  conversation.botOutput({ text: "One two.", spoken: true });
  assertEquals(looks(scene.bot), "One:spoken two.:spoken");
  conversation.botOutput({ text: "Three.", spoken: true });
  assertEquals(looks(scene.bot), "One:spoken two.:spoken Three.:spoken");
});

Deno.test("Conversation closes the bot's line some time after its silence", () => {
  const scene = new Scene();
  scene.announces("One.", 1);
  scene.conversation.botStarted();
  scene.reaches("One.", 1, "completed");
  scene.conversation.botStopped();
  scene.announces("Two.", 2);
  assertEquals(scene.lines.length, 1);
  scene.conversation.botStarted();
  scene.reaches("Two.", 2, "completed");
  scene.conversation.botStopped();
  scene.wait(2500);
  scene.announces("Three.", 3);
  assertEquals(scene.lines, ["bot whole: One. Two.", "bot open: "]);
});

Deno.test("Conversation marks what was never heard when the session ends", () => {
  const scene = new Scene();
  scene.announces("One two.", 1);
  scene.conversation.botStarted();
  scene.reaches("One", 1);
  scene.conversation.toolCalled({ function_name: "dice", tool_call_id: "a" });
  scene.conversation.end();
  assertEquals(scene.lines, ["bot lost: One", "tool cancelled: dice a"]);
});

Deno.test("Conversation shows interim text until the final one comes", () => {
  const scene = new Scene();
  scene.conversation.userStarted();
  scene.conversation.userTranscript("what", false);
  scene.conversation.userTranscript("what time", false);
  assertEquals(scene.lines, ["user: |what time"]);
  scene.conversation.userTranscript("What time", true);
  scene.conversation.userTranscript("is it?", true);
  assertEquals(scene.lines, ["user: What time is it?|"]);
});

Deno.test("Conversation drops a user's line in which nothing was heard", () => {
  const scene = new Scene();
  scene.conversation.userStarted();
  scene.conversation.userStopped();
  assertEquals(scene.lines, ["user: |"]);
  scene.wait(3000);
  assertEquals(scene.lines, []);
});

Deno.test("Conversation takes the turn's text where no transcript came", () => {
  const scene = new Scene();
  scene.conversation.userStarted();
  scene.conversation.userStopped();
  scene.conversation.userTurnText("hello");
  scene.announces("Hi.", 1);
  scene.conversation.userStarted();
  assertEquals(scene.lines, ["user: hello|", "bot cut: Hi.", "user: |"]);
});

Deno.test("Conversation shows typed text once where the server echoes it", () => {
  const scene = new Scene();
  scene.conversation.typed("hello");
  scene.conversation.userTranscript("hello", true);
  assertEquals(scene.lines, ["user: hello|"]);
});

Deno.test("Conversation puts a turn's latency behind what the user said", () => {
  const scene = new Scene();
  scene.conversation.userStarted();
  scene.conversation.userTranscript("hello", true);
  scene.conversation.userStopped();
  scene.announces("Hi.", 1);
  scene.conversation.turn(turn(1));
  scene.conversation.turn(turn(1, { totalMs: 500 }));
  assertEquals(scene.lines, ["user: hello|", "turn 1", "bot open: "]);
  scene.conversation.turn(turn(2, { source: "bot" }));
  scene.announces("Ring!", 2);
  assertEquals(scene.lines.slice(2), ["bot open: ", "turn 2", "bot open: "]);
});

Deno.test("Conversation cuts the answer of a turn that is told to be interrupted", () => {
  const scene = new Scene();
  scene.conversation.typed("a story");
  scene.conversation.turn(turn(1, { source: "text" }));
  scene.announces("Once upon a time.", 1);
  scene.conversation.botStarted();
  scene.reaches("Once", 1);
  scene.conversation.turn(turn(1, { source: "text", interrupted: true }));
  assertEquals(scene.lines[2], "bot cut: Once");
});

Deno.test("Conversation gives each of two calls of a tool its own line", () => {
  const scene = new Scene();
  const { conversation } = scene;
  conversation.toolCalled({ function_name: "dice" });
  conversation.toolCalled({ function_name: "dice", tool_call_id: "a", arguments: { n: 1 } });
  conversation.toolCalled({ function_name: "dice" });
  conversation.toolCalled({ function_name: "dice", tool_call_id: "b", arguments: { n: 2 } });
  conversation.toolStopped({ tool_call_id: "a", result: 4 });
  conversation.toolStopped({ tool_call_id: "b", cancelled: true });
  assertEquals(scene.lines, ["tool done: dice a", "tool cancelled: dice b"]);
});

Deno.test("Conversation tells who is at it", () => {
  const scene = new Scene();
  scene.conversation.llmStarted();
  scene.conversation.llmStopped();
  scene.conversation.botStarted();
  scene.conversation.botStopped();
  scene.conversation.llmStarted();
  scene.conversation.llmStopped();
  scene.wait(4000);
  const bots = scene.presences.map((presence) => presence.bot);
  assertEquals(bots, ["thinking", "speaking", "silent", "thinking", "silent"]);
});
