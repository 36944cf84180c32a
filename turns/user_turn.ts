import type { TurnEvent } from "./events.ts";

/** Words that were understood in a turn. */
export interface TurnTranscript {
  /** The words, without white space around them; none where nothing was understood. */
  readonly text: string;
  /** When they came, in milliseconds of the clock. */
  readonly at: number;
  /** Whether nothing more of this speech follows. */
  readonly finalized: boolean;
  /** Who spoke. */
  readonly userId: string;
}

/**
 * What is known of the user's turn, or, between two turns, of what could become
 * one. Strategies decide on it; times are in milliseconds of the clock.
 */
export interface UserTurn {
  /** Whether a turn is under way. */
  readonly open: boolean;
  /** When it began; between turns, when the last one ended. */
  readonly since: number;
  /** Whether a voice is heard. */
  readonly speaking: boolean;
  /** When the last speech began in this turn; speech that was under way counts from the turn's beginning. */
  readonly speechStartedAt: number | undefined;
  /** When the last speech ended in this turn. */
  readonly speechStoppedAt: number | undefined;
  /** Seconds of silence it took the VAD to be sure of that. */
  readonly stopSecs: number;
  /** The final transcripts, in the order they came. */
  readonly transcripts: readonly TurnTranscript[];
  /** When somebody else said that the turn is over. */
  readonly externalStop: { readonly at: number; readonly proposed: boolean } | undefined;
  /** When anything last happened in it. */
  readonly lastActivityAt: number;
  /** Whether the bot is heard. */
  readonly botSpeaking: boolean;
  /** Seconds that the STT service takes for the final transcript, for 99 of 100. */
  readonly sttLatencySecs: number;
}

/** Transcripts that are kept of one turn. */
const MOST_TRANSCRIPTS = 1_000;

const NOTHING = {
  speechStartedAt: undefined,
  speechStoppedAt: undefined,
  stopSecs: 0,
  transcripts: [],
  externalStop: undefined,
} satisfies Partial<UserTurn>;

/** What is known before anything has happened. */
export const FIRST_TURN: UserTurn = {
  ...NOTHING,
  open: false,
  since: -Infinity,
  speaking: false,
  lastActivityAt: -Infinity,
  botSpeaking: false,
  sttLatencySecs: 0,
};

/** What is known after one more event. */
export function afterEvent(turn: UserTurn, event: TurnEvent): UserTurn {
  const { at } = event;
  switch (event.type) {
    case "vadStarted":
      return {
        ...turn,
        speaking: true,
        speechStartedAt: at,
        lastActivityAt: at,
      };
    case "vadStopped": {
      const { stopSecs } = event;
      return { ...turn, speaking: false, speechStoppedAt: at, stopSecs, lastActivityAt: at };
    }
    case "interim":
      return { ...turn, lastActivityAt: at };
    case "final": {
      const { finalized, userId } = event;
      const transcript = { text: event.text.trim(), at, finalized, userId };
      const transcripts = [...turn.transcripts, transcript].slice(-MOST_TRANSCRIPTS);
      return { ...turn, lastActivityAt: at, transcripts };
    }
    case "externalStarted":
      return { ...turn, lastActivityAt: at };
    case "externalStopped":
      return {
        ...turn,
        lastActivityAt: at,
        externalStop: { at, proposed: event.proposed },
      };
    case "botStarted":
    case "botStopped":
      return { ...turn, botSpeaking: event.type === "botStarted" };
    case "sttLatency":
      return { ...turn, sttLatencySecs: event.secs };
    default:
      return turn;
  }
}

/** A turn that begins: it takes over the words that nobody has answered. */
export function opened(turn: UserTurn, at: number): UserTurn {
  return {
    ...turn,
    open: true,
    since: at,
    lastActivityAt: at,
    speechStartedAt: turn.speaking ? at : undefined,
    speechStoppedAt: undefined,
    externalStop: undefined,
  };
}

/** A turn that is over. */
export function closed(turn: UserTurn, at: number): UserTurn {
  return { ...turn, ...NOTHING, open: false, since: at };
}

/** The words of a turn. */
export function wordsOf(turn: UserTurn): string {
  return turn.transcripts.map(({ text }) => text).filter((text) => text !== "").join(" ");
}
