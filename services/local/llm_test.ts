import { testLLM } from "../../testing/mod.ts";
import { LocalLLMService } from "./mod.ts";

const STORY = "Once upon a time there was a clock that was always late. ".repeat(12);

testLLM({
  name: "LocalLLMService",
  alone: "it runs in this process",
  open: () => ({
    make: (options) =>
      new LocalLLMService({
        ...options,
        greeting: "Hello.",
        refusals: ["I didn't catch that.", "Again, please?"],
        help: "You can say hello.",
        rules: [
          { say: ["say hello"], answer: () => "Hello there. How are you?" },
          { say: ["tell me a story"], answer: () => STORY },
          {
            say: ["what is the weather in {a: rome|oslo} and in {b: rome|oslo}"],
            answer: ({ slots: { a, b } }) =>
              [a, b].map((city) => ({
                call: "get_weather",
                with: { city: city === "rome" ? "Rome" : "Oslo" },
              })),
            then: (result) => `It is ${result} in both.`,
          },
        ],
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
});
