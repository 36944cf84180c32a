import { assertEquals } from "@std/assert";
import { FunctionSchema } from "./function_schema.ts";
import { LLMContext, type LLMContextToolChoice } from "./llm_context.ts";
import type { LLMContextMessage, ToolCallRecord } from "./messages.ts";
import { type OpenAIAdapterOptions, openAIInvocationParams } from "./openai_adapter.ts";
import { ToolsSchema } from "./tools_schema.ts";

const USER: LLMContextMessage = { role: "user", content: "What's the weather in Paris?" };
const ASKED: ToolCallRecord = {
  id: "call_1",
  type: "function",
  function: { name: "get_weather", arguments: "{not json" },
};
const CALL: LLMContextMessage = { role: "assistant", tool_calls: [ASKED] };

/** What a chat completions request takes as it is. */
const AS_IT_IS: Record<string, readonly LLMContextMessage[]> = {
  "nothing": [],
  "an assistant first": [{ role: "assistant", content: "Hello!" }, USER],
  "two systems": [{ role: "system", content: "One." }, { role: "system", content: "Two." }, USER],
  "parts": [{
    role: "user",
    content: [
      { type: "text", text: "And this?" },
      { type: "image_url", image_url: { url: "https://example.com/cat.jpg" } },
      { type: "input_audio", input_audio: { data: "UklG", format: "wav" } },
    ],
  }],
  "broken arguments": [USER, CALL, { role: "tool", content: "{}", tool_call_id: "call_1" }],
  "a call without a result": [USER, CALL, USER],
  "a result without a call": [USER, { role: "tool", content: "1", tool_call_id: "call_x" }],
  "parallel calls, one message each": [
    USER,
    CALL,
    { role: "tool", content: "1", tool_call_id: "call_1" },
    { role: "assistant", tool_calls: [{ ...ASKED, id: "call_2" }] },
    { role: "tool", content: "IN_PROGRESS", tool_call_id: "call_2" },
  ],
  "a name": [{ role: "user", name: "Ann", content: "Hi" }],
  "no content": [USER, { role: "assistant" }, { role: "assistant", content: null }],
  "empty text": [{ role: "user", content: "" }, { role: "assistant", content: "" }],
};

for (const [what, messages] of Object.entries(AS_IT_IS)) {
  for (const convertDeveloperToUser of [false, true]) {
    Deno.test(`A request for OpenAI holds ${what} as it is (convert: ${convertDeveloperToUser})`, () => {
      const context = new LLMContext(messages);
      assertEquals<unknown>(openAIInvocationParams(context, { convertDeveloperToUser }), {
        messages,
      });
    });
  }
}

Deno.test("Developer messages become user messages for models that do not know them", () => {
  const context = new LLMContext([{ role: "developer", content: "The user is in a hurry." }, USER]);
  assertEquals(openAIInvocationParams(context).messages[0]?.role, "developer");
  assertEquals(openAIInvocationParams(context, { convertDeveloperToUser: true }).messages, [
    { role: "user", content: "The user is in a hurry." },
    USER,
  ]);
  assertEquals(context.messages[0], { role: "developer", content: "The user is in a hurry." });
});

Deno.test("The service's instruction stands before the context's own", () => {
  const messages: LLMContextMessage[] = [{ role: "system", content: "Own." }, USER];
  const options: OpenAIAdapterOptions = { systemInstruction: "Service." };
  assertEquals<unknown>(openAIInvocationParams(new LLMContext(messages), options).messages, [
    { role: "system", content: "Service." },
    ...messages,
  ]);
});

Deno.test("Messages for one family reach that family, and no other", () => {
  const own = { role: "user", content: "only openai" };
  const context = new LLMContext([
    { llm: "openai", message: own },
    { llm: "anthropic", message: { type: "thought" } },
    USER,
  ]);
  assertEquals<unknown>(openAIInvocationParams(context).messages, [own, USER]);
});

const properties = { location: { type: "string", description: "City" } };
const weather = new FunctionSchema({
  name: "get_weather",
  description: "Get the current weather.",
  properties,
  required: ["location"],
});
const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Get the current weather.",
    parameters: { type: "object", properties, required: ["location"] },
  },
};

Deno.test("Functions and OpenAI's own tools are sent, those of others are not", () => {
  const tools = new ToolsSchema({
    standardTools: [weather],
    customTools: { openai: [{ type: "web_search" }], gemini: [{ google_search: {} }] },
  });
  const params = openAIInvocationParams(new LLMContext([USER], { tools }));
  assertEquals<unknown>(params.tools, [WEATHER, { type: "web_search" }]);
});

const CHOICES: (LLMContextToolChoice | undefined)[] = [
  undefined,
  "auto",
  "none",
  "required",
  { type: "function", function: { name: "get_weather" } },
];
for (const toolChoice of CHOICES) {
  Deno.test(`The choice of tools ${JSON.stringify(toolChoice)} is sent with the tools alone`, () => {
    const expected = toolChoice === undefined ? {} : { tool_choice: toolChoice };
    const context = new LLMContext([USER], { tools: [weather], toolChoice });
    const { messages: _messages, tools: _tools, ...rest } = openAIInvocationParams(context);
    assertEquals<unknown>(rest, expected);
    context.setTools([]);
    assertEquals(openAIInvocationParams(context.snapshot()), { messages: [USER] });
  });
}
