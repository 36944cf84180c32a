// What the assistant can do: the time, dice, sums, timers, and saying goodbye.
import { defineTool, type FunctionSchema, ToolResult } from "@parley/sdk/context";
import { EndTaskFrame, TTSSpeakFrame } from "@parley/sdk/frames";
import type { Announcer } from "@parley/sdk/processors";
import { z } from "zod";

const OPERATIONS: Record<string, (a: number, b: number) => number> = {
  "plus": (a, b) => a + b,
  "minus": (a, b) => a - b,
  "times": (a, b) => a * b,
  "divided by": (a, b) => a / b,
};

/** The assistant's tools; timers ring through the announcer. */
export function assistantTools(announcer: Announcer): FunctionSchema[] {
  const getTime = defineTool({
    name: "get_time",
    description: "Tells the time of day and the date.",
    handler: ({ clock }) => ({
      time: clock.date().toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" }),
      day: clock.date().toLocaleDateString("en-US", {
        weekday: "long",
        month: "long",
        day: "numeric",
      }),
    }),
  });
  const rollDice = defineTool({
    name: "roll_dice",
    description: "Rolls dice.",
    parameters: z.object({ count: z.number().int().min(1).max(10) }),
    handler: ({ arguments: { count } }) => ({
      rolls: Array.from({ length: count }, () => 1 + Math.floor(Math.random() * 6)),
    }),
  });
  const calculate = defineTool({
    name: "calculate",
    description: "Calculates a sum.",
    parameters: z.object({
      a: z.number(),
      operator: z.enum(["plus", "minus", "times", "divided by"]),
      b: z.number(),
    }),
    handler: ({ arguments: { a, operator, b } }) => {
      const value = OPERATIONS[operator]?.(a, b) ?? NaN;
      return Number.isFinite(value)
        ? { value: Number(value.toFixed(2)) }
        : { error: "There is no such number" };
    },
  });
  const setTimer = defineTool({
    name: "set_timer",
    description: "Sets a timer, which speaks when it rings.",
    parameters: z.object({ seconds: z.number().positive().max(86_400) }),
    handler: ({ arguments: { seconds } }) => {
      announcer.announceIn(seconds * 1000, "Your timer is ringing.");
      return { set: true };
    },
  });
  const sayGoodbye = defineTool({
    name: "say_goodbye",
    description: "Says goodbye and ends the conversation.",
    handler: async ({ push }) => {
      await push(new TTSSpeakFrame("Goodbye! It was nice talking to you."));
      await push(new EndTaskFrame("The user said goodbye"), "upstream");
      return new ToolResult("said", { runLlm: false });
    },
  });
  return [getTime, rollDice, calculate, setTimer, sayGoodbye];
}
