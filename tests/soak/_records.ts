import type { Word } from "./_vocabulary.ts";

/** What stands in every error that a model fails with on purpose. */
export const PLANNED = "planned trouble";

/** What can be wrong on purpose, for a soak to find. */
export type Fault =
  /** The recogniser keeps words for itself. */
  | "forgets"
  /** The recogniser says words twice. */
  | "doubles"
  /** The voice leaves words out. */
  | "skips"
  /** The voice says words twice. */
  | "stutters"
  /** The voice reports errors. */
  | "errs"
  /** The model says nothing, now and then. */
  | "stalls"
  /** Somebody forgets a timer. */
  | "timer";

/** How something that a caller said was taken care of. */
export type AskOutcome =
  /** The bot's answer was heard. */
  | "answered"
  /** The caller said something else before that. */
  | "overtaken"
  /** Not a word of its end was understood: they were lost with a connection. */
  | "not heard"
  /** The model failed, and that was reported. */
  | "model failed"
  /** The voice failed, and that was reported. */
  | "voice failed";

/** Something that a caller said. */
export interface Ask {
  readonly words: readonly Word[];
  readonly fromMs: number;
  readonly toMs: number;
  /** When each word was begun, by the word. */
  readonly spokenAt: ReadonlyMap<Word, number>;
  outcome: AskOutcome | undefined;
  /** Milliseconds from its end to the first sound of an answer. */
  gapMs: number | undefined;
}

/** An answer of the model. */
export interface Answer {
  readonly askedAt: number;
  readonly words: readonly Word[];
  readonly fails: boolean;
  /** Words that were said to be heard, in order. */
  readonly heard: Word[];
  /** When the first of it was heard. */
  soundAt: number | undefined;
  /** When something silenced it, if that came before its end. */
  cutAt: number | undefined;
}

/** An error that was reported. */
export interface Trouble {
  readonly atMs: number;
  readonly of: "stt" | "tts" | "llm" | "unknown";
  readonly text: string;
}

/** What there was of one conversation. */
export interface Counts {
  conversations: number;
  turns: number;
  answered: number;
  overtaken: number;
  notHeard: number;
  failed: number;
  interruptions: number;
  cutAnswers: number;
  connections: number;
  exchanges: number;
  drops: number;
  reconnects: number;
  retries: number;
  wordsSaid: number;
  wordsUnderstood: number;
  wordsLost: number;
  wordsAnswered: number;
  wordsAsked: number;
  wordsHeard: number;
  wordsCut: number;
  /** Words that were heard for longer than they last. */
  wordsTwice: number;
  errors: number;
}

/** Nothing so far. */
export function noCounts(): Counts {
  return {
    conversations: 0,
    turns: 0,
    answered: 0,
    overtaken: 0,
    notHeard: 0,
    failed: 0,
    interruptions: 0,
    cutAnswers: 0,
    connections: 0,
    exchanges: 0,
    drops: 0,
    reconnects: 0,
    retries: 0,
    wordsSaid: 0,
    wordsUnderstood: 0,
    wordsLost: 0,
    wordsAnswered: 0,
    wordsAsked: 0,
    wordsHeard: 0,
    wordsCut: 0,
    wordsTwice: 0,
    errors: 0,
  };
}
