import { assertEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { VirtualClock } from "../testing/mod.ts";
import { callTool } from "./call_tool.ts";
import { defineTool } from "./define_tool.ts";
import type { FunctionSchema } from "./function_schema.ts";
import { LLMContext } from "./llm_context.ts";

const weather = defineTool({
  name: "get_weather",
  description: "Gets the weather.",
  parameters: z.object({
    city: z.string().describe("City"),
    days: z.number().int().min(1).default(1),
    unit: z.enum(["celsius", "fahrenheit"]).optional(),
  }),
  handler: ({ arguments: { city, days, unit } }) => {
    const typed: [string, number, "celsius" | "fahrenheit" | undefined] = [city, days, unit];
    return typed;
  },
});

const dice = defineTool<{ sides?: number; colours?: string[] }>({
  name: "roll",
  description: "Rolls.",
  parameters: {
    type: "object",
    properties: {
      sides: { type: "integer", minimum: 2, maximum: 100 },
      colours: { type: "array", items: { type: "string", enum: ["red", "blue"] } },
      note: { type: ["string", "null"] },
      fair: { const: true },
    },
    required: ["sides"],
    additionalProperties: false,
  },
  handler: ({ arguments: { sides } }) => sides,
});

Deno.test("A tool with a zod schema tells the model what goes in", () => {
  assertEquals(weather.parameters, {
    type: "object",
    properties: {
      city: { type: "string", description: "City" },
      days: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER, default: 1 },
      unit: { type: "string", enum: ["celsius", "fahrenheit"] },
    },
    required: ["city"],
  });
  assertEquals(weather.required, ["city"]);
  assertEquals(Object.keys(weather.properties), ["city", "days", "unit"]);
});

Deno.test("A tool has safe defaults, and keeps what it was told", () => {
  assertEquals([weather.cancelOnInterruption, weather.timeoutSecs, weather.runLlm], [
    false,
    60,
    undefined,
  ]);
  const slow = defineTool({
    name: "slow",
    description: "",
    cancelOnInterruption: true,
    timeoutSecs: Infinity,
    runLlm: false,
    handler: () => {},
  });
  assertEquals([slow.cancelOnInterruption, slow.timeoutSecs, slow.runLlm], [true, Infinity, false]);
  assertEquals(slow.parameters, { type: "object", properties: {}, required: [] });
});

function outcomeOf(tool: FunctionSchema, args: Record<string, unknown> | string) {
  return callTool(tool, {
    functionName: tool.name,
    toolCallId: "1",
    arguments: args,
    context: new LLMContext(),
    clock: new VirtualClock(),
  });
}

Deno.test("The handler gets the arguments as the schema reads them", async () => {
  assertEquals((await outcomeOf(weather, { city: "Rome" })).result, ["Rome", 1, undefined]);
  assertEquals((await outcomeOf(dice, '{"sides":6,"colours":["red"]}')).result, 6);
  assertEquals((await outcomeOf(dice, { sides: 6, note: null, fair: true })).status, "result");
});

const WRONG: [FunctionSchema, Record<string, unknown> | string, RegExp][] = [
  [weather, { city: 1 }, /"city": Invalid input: expected string, received number/],
  [weather, { city: "Rome", unit: "kelvin" }, /"unit": /],
  [weather, "{not json", /no JSON object/],
  [weather, "[]", /no JSON object/],
  [weather, "", /"city"/],
  [dice, {}, /"sides": is missing/],
  [dice, { sides: "six" }, /"sides": expected integer, got string/],
  [dice, { sides: 2.5 }, /"sides": expected integer, got number/],
  [dice, { sides: 1 }, /"sides": expected at least 2/],
  [dice, { sides: 101 }, /"sides": expected at most 100/],
  [dice, { sides: 6, colours: ["red", "green"] }, /"colours.1": expected one of \["red","blue"\]/],
  [dice, { sides: 6, colours: "red" }, /"colours": expected array, got string/],
  [dice, { sides: 6, note: 1 }, /"note": expected string or null, got number/],
  [dice, { sides: 6, fair: false }, /"fair": expected true/],
  [dice, { sides: 6, toString: 1 }, /"toString": is not known/],
];

for (const [tool, args, message] of WRONG) {
  Deno.test(`Calling "${tool.name}" with ${JSON.stringify(args)} tells the model what is wrong`, async () => {
    const { status, result } = await outcomeOf(tool, args);
    assertEquals(status, "invalid");
    assertEquals(message.test(JSON.stringify(result).replaceAll('\\"', '"')), true);
  });
}

Deno.test("Tools that cannot work are refused when they are made", () => {
  const name = "x";
  const handler = () => {};
  assertThrows(
    () => defineTool({ name, description: "", timeoutSecs: 0, handler }),
    RangeError,
    'Cannot limit "x" to 0 s',
  );
  assertThrows(
    () => defineTool({ name, description: "", parameters: z.object({ d: z.date() }), handler }),
    TypeError,
    "no form in JSON Schema",
  );
  const old = { "~standard": { version: 1, vendor: "old", validate: () => ({ value: 1 }) } };
  assertThrows(
    () => defineTool({ name, description: "", parameters: old, handler }),
    TypeError,
    'this version of "old" does not write JSON Schema',
  );
});
