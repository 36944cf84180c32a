import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { InputAudioRawFrame } from "../frames/mod.ts";
import { defineTool } from "./define_tool.ts";
import { LLMContext } from "./llm_context.ts";
import { type LLMContextMessage, textOf } from "./messages.ts";
import { ToolsSchema } from "./tools_schema.ts";

const SYSTEM: LLMContextMessage = { role: "system", content: "Be brief." };
const HELLO: LLMContextMessage = { role: "user", content: "Hello!" };
const now = defineTool({ name: "now", description: "Tells the time.", handler: () => "noon" });

Deno.test("A snapshot of a context stays as it is, whatever happens to the context", () => {
  const context = new LLMContext([SYSTEM], { tools: [now], toolChoice: "auto" });
  const snapshot = context.snapshot();
  context.addMessage(HELLO);
  context.setTools([]);
  context.setToolChoice(undefined);
  context.transformMessages((messages) => messages.slice(1));
  assertEquals(snapshot.messages, [SYSTEM]);
  assertEquals(snapshot.tools?.standardTools, [now]);
  assertEquals(snapshot.toolChoice, "auto");
  assertEquals(context.messages, [HELLO]);
  assertEquals([context.tools, context.toolChoice], [undefined, undefined]);
});

Deno.test("A context says by its version whether it has changed", () => {
  const context = new LLMContext([SYSTEM]);
  const before = context.version;
  context.addMessages([HELLO, HELLO]);
  assertEquals(context.version, before + 1);
  assertEquals(context.replaceMessage({ ...HELLO }, SYSTEM), false, "equal is not the same");
  assertEquals(context.version, before + 1);
  context.setToolChoice("none");
  assertEquals(context.version, before + 2);
});

Deno.test("A context leaves alone the list it was made from", () => {
  const messages: LLMContextMessage[] = [SYSTEM];
  const context = new LLMContext(messages);
  context.addMessage(HELLO);
  messages.push(HELLO, HELLO);
  assertEquals(context.messages.length, 2);
});

Deno.test("A message is replaced and preceded by identity, the latest first", () => {
  const context = new LLMContext([SYSTEM, HELLO, HELLO]);
  const answer: LLMContextMessage = { role: "assistant", content: "Hi" };
  assert(context.insertBefore(HELLO, answer));
  assertEquals(context.messages, [SYSTEM, HELLO, answer, HELLO]);
  const longer: LLMContextMessage = { role: "assistant", content: "Hi there" };
  assert(context.replaceMessage(answer, longer));
  assertStrictEquals(context.messages[2], longer);
  assertEquals(context.insertBefore(answer, HELLO), false);
});

Deno.test("A context gives one family its own messages and hides those of others", () => {
  const own: LLMContextMessage = { llm: "openai", message: { role: "user", content: "mine" } };
  const context = new LLMContext([SYSTEM, own, { llm: "anthropic", message: {} }]);
  assertEquals(context.getMessages({ llmSpecificFilter: "openai" }), [SYSTEM, own]);
  assertEquals(context.getMessages().length, 3);
});

Deno.test("A context can be logged without the bytes in it", () => {
  const sound = new InputAudioRawFrame(new Int16Array([1, 2, 3]), { sampleRate: 8000 });
  const context = new LLMContext([
    SYSTEM,
    LLMContext.createImageMessage(new Uint8Array([1]), { format: "image/png", text: "Look" }),
    LLMContext.createImageUrlMessage("https://example.com/cat.png"),
    LLMContext.createAudioMessage([sound]),
    { llm: "openai", message: "secret" },
  ]);
  assertEquals(context.getMessages({ truncateLargeValues: true }), [
    SYSTEM,
    {
      role: "user",
      content: [
        { type: "text", text: "Look" },
        { type: "image_url", image_url: { url: "data:image/..." } },
      ],
    },
    {
      role: "user",
      content: [{ type: "image_url", image_url: { url: "https://example.com/cat.png" } }],
    },
    {
      role: "user",
      content: [
        { type: "text", text: "Audio follows" },
        { type: "input_audio", input_audio: { data: "...", format: "wav" } },
      ],
    },
    { llm: "openai", message: "..." },
  ]);
});

Deno.test("An audio message holds a WAV file of its frames", () => {
  const frames = [[1, 2], [3]].map((samples) =>
    new InputAudioRawFrame(new Int16Array(samples), { sampleRate: 8000 })
  );
  const { content } = LLMContext.createAudioMessage(frames);
  assertEquals(typeof content === "string" ? "" : content[1], {
    type: "input_audio",
    input_audio: {
      data: "UklGRioAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQYAAAABAAIAAwA=",
      format: "wav",
    },
  });
  const stereo = new InputAudioRawFrame(new Int16Array(2), { sampleRate: 8000, numChannels: 2 });
  assertThrows(() => LLMContext.createAudioMessage([...frames, stereo]), TypeError, "differ");
  assertThrows(() => LLMContext.createAudioMessage([]), TypeError, "no audio frame");
});

Deno.test("No tools at all are the same as none given", () => {
  assertEquals(new LLMContext([], { tools: [] }).tools, undefined);
  assertEquals(
    new LLMContext([], { tools: new ToolsSchema({ standardTools: [] }) }).tools,
    undefined,
  );
  const search = new ToolsSchema({
    standardTools: [],
    customTools: { openai: [{ type: "web_search" }] },
  });
  assertStrictEquals(new LLMContext([], { tools: search }).tools, search);
});

Deno.test("Tools that cannot work are refused by name", () => {
  const context = new LLMContext();
  assertThrows(() => context.setTools([now, now]), TypeError, 'two tools called "now"');
  // @ts-expect-error what JavaScript lets through
  assertThrows(() => context.setTools("now"), TypeError, "pass a list of functions");
  // @ts-expect-error what JavaScript lets through
  assertThrows(() => context.setTools([{ name: "now" }]), TypeError, '"defineTool"');
});

Deno.test("The text of a message is its words and text parts", () => {
  const cases: [LLMContextMessage, string][] = [
    [HELLO, "Hello!"],
    [{ role: "assistant", content: null }, ""],
    [{ role: "assistant" }, ""],
    [{ llm: "openai", message: "x" }, ""],
    [{
      role: "user",
      content: [
        { type: "text", text: "a" },
        { type: "image_url", image_url: { url: "x" } },
        { type: "text", text: "b" },
      ],
    }, "a b"],
  ];
  for (const [message, text] of cases) assertEquals(textOf(message), text);
});
