/**
 * What a model is asked: one that cannot be scripted must be able to answer it.
 *
 * @example
 * ```ts
 * import { LLM_QUESTIONS } from "@parley/sdk/testing";
 * console.log(LLM_QUESTIONS.text); // "Say hello"
 * ```
 */
export const LLM_QUESTIONS = {
  /** Gets a short answer. */
  text: "Say hello",
  /** Gets a long answer, of a hundred words at least. */
  long: "Tell me a story",
  /** Gets calls of the tool `get_weather`, whose argument is `city`. */
  calls: "What is the weather in Rome and in Oslo",
} as const;
