import { assertEquals } from "@std/assert";
import { play } from "./_script_player_test.ts";

Deno.test("What the bot says of its own accord is a turn of its own", async () => {
  const { context, assistantEvents } = await play([
    '0 bot tts+ {"contextId":"a"}',
    "10 bot speaks+",
    '100 bot heard {"text":"Hello","contextId":"a"}',
    '200 bot heard {"text":" there.","contextId":"a"}',
    '300 bot tts- {"contextId":"a"}',
    "310 bot speaks-",
    '400 bot tts+ {"contextId":"b"}',
    '500 bot heard {"text":"Well?","contextId":"b"}',
    '600 bot tts- {"contextId":"b"}',
  ]);
  assertEquals(context, ["assistant: Hello there.", "assistant: Well?"]);
  assertEquals(assistantEvents, [
    "0 assistantTurnStarted",
    '300 assistantTurnStopped "Hello there."',
    "400 assistantTurnStarted",
    '600 assistantTurnStopped "Well?"',
  ]);
});

Deno.test("What is said beside the conversation stays out of the context", async () => {
  const { context, assistantEvents } = await play([
    '0 bot tts+ {"contextId":"a","appendToContext":false}',
    '100 bot heard {"text":"This call is recorded.","contextId":"a","appendToContext":false}',
    '200 bot tts- {"contextId":"a"}',
  ]);
  assertEquals([context, assistantEvents], [[], []]);
});

Deno.test("Pieces of a segment are joined as the model wrote them", async () => {
  const heard = (text: string, start: number, id = 1) =>
    `bot heard ${
      JSON.stringify({
        text,
        contextId: "a",
        span: { id, text: "", start, end: start + text.length },
      })
    }`;
  const { context } = await play([
    "0 bot answer+",
    `10 ${heard("你好", 0)}`,
    `20 ${heard("世界。", 2)}`,
    `30 ${heard("$12", 0, 2)}`,
    `40 ${heard(".50,", 3, 2)}`,
    `50 ${heard(" **now**", 7, 2)}`,
    '60 bot heard {"text":"!","contextId":"a","includesInterFrameSpaces":true}',
    "70 bot answer-",
  ]);
  assertEquals(context, ["assistant: 你好世界。 $12.50, **now**!"]);
});

Deno.test("A word that is reported late belongs to the answer in which it was said", async () => {
  const { context, assistantEvents } = await play([
    "0 bot answer+",
    '10 bot tts+ {"contextId":"a"}',
    '100 bot heard {"text":"Once","contextId":"a"}',
    "200 user interrupt",
    '210 user append {"messages":[{"role":"user","content":"Stop."}]}',
    "300 bot answer+",
    '310 bot tts+ {"contextId":"b"}',
    '320 bot heard {"text":"Fine.","contextId":"b"}',
    '330 bot heard {"text":" upon","contextId":"a"}',
    "400 bot answer-",
  ]);
  assertEquals(context, ["assistant: Once upon", "user: Stop.", "assistant: Fine."]);
  assertEquals(assistantEvents[1], '200 assistantTurnStopped "Once" interrupted');
});

Deno.test("An answer of which nothing was heard leaves nothing behind", async () => {
  const { context, assistantEvents, pushed } = await play([
    "0 bot answer+",
    '10 bot tts+ {"contextId":"a"}',
    "20 user interrupt",
  ]);
  assertEquals(context, []);
  assertEquals(assistantEvents, [
    "0 assistantTurnStarted",
    '20 assistantTurnStopped "" interrupted',
  ]);
  assertEquals(pushed.filter((line) => line.includes("Context")), []);
});

Deno.test("An interruption ends the answer once, and none after it", async () => {
  const { assistantEvents } = await play([
    "0 bot answer+",
    '10 bot heard {"text":"Hm"}',
    "20 user interrupt",
    "30 user interrupt",
    "40 bot answer-",
  ]);
  assertEquals(assistantEvents.length, 2);
});

Deno.test("Text to be spoken counts when it is heard, other text when it comes", async () => {
  const { context } = await play([
    "0 bot answer+",
    '10 bot segment {"text":"Spoken.","willBeSpoken":true}',
    '20 bot segment {"text":"```shown```"}',
    '30 bot text " Shown,"',
    '40 bot text " not spoken."',
    "50 bot answer-",
  ]);
  assertEquals(context, ["assistant: ```shown``` Shown, not spoken."]);
});

Deno.test("A thought is told of, and kept for the model that had it if that is wished", async () => {
  const { context, assistantEvents } = await play([
    '0 bot think "Nobody listens."',
    '10 bot think+ {"appendToContext":true,"llm":"anthropic"}',
    '20 bot think "He wants "',
    '30 bot think "the time."',
    '40 bot think- "c2ln"',
    "50 bot think+ {}",
    '60 bot think "Really?"',
    "70 bot think-",
    "80 bot think+ {}",
    "90 user interrupt",
    "100 bot think-",
  ]);
  assertEquals(context, [
    'anthropic: {"type":"thought","text":"He wants the time.","signature":"c2ln"}',
  ]);
  assertEquals(assistantEvents, [
    '40 assistantThought "He wants the time."',
    '70 assistantThought "Really?"',
  ]);
});

Deno.test("When the application replaces the conversation, only what is heard after counts", async () => {
  const { context } = await play([
    "0 bot answer+",
    '10 bot heard {"text":"Old"}',
    '20 user append {"messages":[{"role":"user","content":"Hm."}]}',
    "30 back run",
    '40 bot heard {"text":"words."}',
    "50 bot answer-",
  ], {
    atModel: ({ context }) => context.setMessages([{ role: "system", content: "New." }]),
  });
  assertEquals(context, ["system: New.", "assistant: words."]);
});
