/** How a model judges whether the user has said all, and what happens when not. */
export interface UserTurnCompletionConfig {
  /** What tells the model how to judge, put after its own instruction. */
  readonly instructions?: string | undefined;
  /** Seconds after `○`, a user who was cut off, until the model is to encourage him. @default {5} */
  readonly incompleteShortTimeoutSecs?: number | undefined;
  /** Seconds after `◐`, a user who thinks, until the model is to ask after him. @default {10} */
  readonly incompleteLongTimeoutSecs?: number | undefined;
  /** What then tells the model to encourage a user who was cut off. */
  readonly incompleteShortPrompt?: string | undefined;
  /** What then tells the model to ask after a user who thinks. */
  readonly incompleteLongPrompt?: string | undefined;
}

/** What a model that judges turns begins each answer with. */
export const TURN_MARKERS = {
  /** The user has said what he wanted to say. */
  complete: "✓",
  /** The user was cut off, and goes on soon. */
  incompleteShort: "○",
  /** The user needs time to think. */
  incompleteLong: "◐",
} as const;

const INSTRUCTIONS = `HOW EVERY ANSWER BEGINS

You are in a live conversation by voice, and what reaches you of the user may have been cut off in \
the middle. So judge first whether the user has finished. The very first character of every answer \
is one of these three, without exception:

✓  The user has finished: there is something you can sensibly answer, however short it is. Write ✓, \
a space, and your answer.
○  The user was cut off in mid-sentence and will go on in a moment, as in "I would like to go to" \
or "because I". Write ○ and nothing else.
◐  The user asks for time or thinks aloud, as in "let me think", "hold on" or "that is a good \
question". Write ◐ and nothing else.

When in doubt, choose ✓. After ○ or ◐ never write another word and never use a tool. Never speak of \
these signs.`;

const SHORT_PROMPT = `The user broke off a moment ago and has said nothing since. In one short \
sentence, encourage them to go on with what they were saying. Begin with ✓ and a space.`;

const LONG_PROMPT = `The user wanted time to think and has been silent for a while. In one short, \
friendly sentence, let them know that there is no hurry and that you are still here. Begin with ✓ \
and a space.`;

const DEFAULTS: WholeUserTurnCompletionConfig = {
  instructions: INSTRUCTIONS,
  incompleteShortTimeoutSecs: 5,
  incompleteLongTimeoutSecs: 10,
  incompleteShortPrompt: SHORT_PROMPT,
  incompleteLongPrompt: LONG_PROMPT,
};

/** A {@linkcode UserTurnCompletionConfig} that leaves nothing open. */
export type WholeUserTurnCompletionConfig = {
  readonly [K in keyof UserTurnCompletionConfig]-?: NonNullable<UserTurnCompletionConfig[K]>;
};

/**
 * Fills up what a configuration leaves open with the defaults.
 *
 * @example
 * ```ts
 * import { userTurnCompletionConfig } from "@parley/sdk/turns";
 * import { assertEquals } from "@std/assert";
 * const config = userTurnCompletionConfig({ incompleteShortTimeoutSecs: 3 });
 * assertEquals([config.incompleteShortTimeoutSecs, config.incompleteLongTimeoutSecs], [3, 10]);
 * ```
 * @throws {RangeError} If a time is no time.
 */
export function userTurnCompletionConfig(
  config: UserTurnCompletionConfig = {},
): WholeUserTurnCompletionConfig {
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  const whole = { ...DEFAULTS, ...Object.fromEntries(given) };
  for (const name of ["incompleteShortTimeoutSecs", "incompleteLongTimeoutSecs"] as const) {
    if (whole[name] > 0) continue;
    throw new RangeError(
      `Cannot filter incomplete turns: "${name}" is ${whole[name]}; pass seconds above 0`,
    );
  }
  return whole;
}
