// What the embedded set of the assistant understands, and what its rules answer.
import type { LocalRule } from "@parley/sdk/services/local";

const STORY = `Once upon a time, in a small town by the sea, there lived a clock maker named Ada.
Every clock in her shop was right, except for one. It was an old wooden clock, and it was always
seven minutes late. People laughed at it, but Ada would not mend it. One stormy evening the last
ferry was about to leave the harbour. A young sailor ran into the shop, out of breath, and asked
for the time. Ada looked at the old clock and smiled. You have seven minutes more than you think,
she said. The sailor ran, and caught the ferry, and found on board the sister he had not seen for
ten years. When he came back in the spring, he asked Ada how she had known. She shook her head. I
did not know, she said. But in a town where every clock is right, somebody has to keep a little
time for those who come late. And from that day on, nobody laughed at the old clock any more.`;

const HELP =
  "You can ask what time it is or what day it is, roll a dice, set a timer, or ask what twelve " +
  "plus thirty is. You can also ask for a story, or say goodbye.";

const SILENT_SO_FAR = "I have not said anything yet.";

const OPERATORS = ["plus", "minus", "times", "divided by"];

/** What the rules say when they know no better. */
export const REPLIES = {
  greeting: "Hello! I am Parley. Ask me the time, a sum, or for a story.",
  refusals: ["I didn't catch that.", "Sorry, I didn't catch that. Say it again?"],
  help: `I still didn't catch that. ${HELP}`,
};

/** What can be said, and what is answered. */
export const RULES: LocalRule[] = [
  { say: ["hello", "hello there", "good morning"], answer: () => "Hello! What can I do for you?" },
  {
    say: ["what time is it", "what is the time"],
    answer: () => ({ call: "get_time" }),
    then: (result) => `It is ${field(result, "time")}.`,
  },
  {
    say: ["what day is it", "what day is it today"],
    answer: () => ({ call: "get_time" }),
    then: (result) => `Today is ${field(result, "day")}.`,
  },
  {
    say: ["roll a dice", "roll one dice", "roll the dice"],
    answer: () => ({ call: "roll_dice", with: { count: 1 } }),
    then: (result) => `You rolled a ${field(result, "rolls")}.`,
  },
  {
    say: ["roll two dice"],
    answer: () => ({ call: "roll_dice", with: { count: 2 } }),
    then: (result) => `You rolled ${String(field(result, "rolls")).replace(",", " and ")}.`,
  },
  ...OPERATORS.map((operator): LocalRule => ({
    say: [`what is {a:number} ${operator} {b:number}`],
    answer: ({ slots: { a, b } }) => ({ call: "calculate", with: { a, operator, b } }),
    then: (result) => {
      const value = field(result, "value");
      return value === undefined ? "That has no answer." : `That is ${value}.`;
    },
  })),
  ...["second", "minute"].map((unit): LocalRule => ({
    say: [`set a timer for {n:number} (${unit}|${unit}s)`],
    answer: ({ slots: { n } }) => ({
      call: "set_timer",
      with: { seconds: Number(n) * (unit === "minute" ? 60 : 1) },
    }),
    then: (result, { slots: { n } }) =>
      field(result, "set")
        ? `Your timer is set for ${n} ${unit}${n === 1 ? "" : "s"}.`
        : "I can set timers from a second to a day.",
  })),
  { say: ["tell me a story"], answer: () => STORY.replaceAll("\n", " ") },
  {
    say: ["what did you just say"],
    answer: ({ lastHeard }) =>
      lastHeard ? `I said: ${lastHeard.replace(/^I said: /, "")}` : SILENT_SO_FAR,
  },
  {
    say: ["say that again"],
    answer: ({ lastHeard }) => lastHeard || SILENT_SO_FAR,
  },
  { say: ["what can you do"], answer: () => HELP },
  { say: ["stop"], answer: () => "" },
  { say: ["goodbye"], answer: () => ({ call: "say_goodbye" }) },
];

/** Examples for the page, to be said or clicked. */
export const EXAMPLES = [
  "what time is it",
  "roll two dice",
  "what is 12 times 7",
  "set a timer for 10 seconds",
  "tell me a story",
  "what did you just say",
];

function field(result: unknown, name: string): unknown {
  const isObject = typeof result === "object" && result !== null;
  return isObject && name in result ? result[name as keyof typeof result] : undefined;
}
