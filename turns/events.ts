/** Something that turn strategies decide on, and when it was known. */
export type TurnEvent =
  & {
    /** When, in milliseconds of the clock. */
    readonly at: number;
  }
  & (
    | {
      /** The pipeline has started. */
      readonly type: "sessionStarted";
    }
    | {
      /** Time has passed, and nothing else happened. */
      readonly type: "time";
    }
    | {
      /** A voice is heard. */
      readonly type: "vadStarted";
    }
    | {
      /** No voice is heard any more. */
      readonly type: "vadStopped";
      /** Seconds of silence it took to be sure. */
      readonly stopSecs: number;
    }
    | {
      /** What the user seems to be saying. */
      readonly type: "interim";
      /** The words so far. */
      readonly text: string;
      /** Who speaks. */
      readonly userId: string;
    }
    | {
      /** What the user said. */
      readonly type: "final";
      /** The words. */
      readonly text: string;
      /** Who spoke. */
      readonly userId: string;
      /** Whether nothing more of this speech follows. */
      readonly finalized: boolean;
    }
    | {
      /** Somebody else says that the user's turn has begun, or is over. */
      readonly type: "externalStarted" | "externalStopped";
      /** Whether it is a proposal: then nobody has announced it yet. */
      readonly proposed: boolean;
    }
    | {
      /** The bot has begun, or ceased, to be heard. */
      readonly type: "botStarted" | "botStopped";
    }
    | {
      /** The model asked for calls. */
      readonly type: "callsStarted";
      /** Their ids. */
      readonly ids: readonly string[];
    }
    | {
      /** A call has ended, with a result or without. */
      readonly type: "callEnded";
      /** Its id. */
      readonly id: string;
    }
    | {
      /** The STT service says how long it takes. */
      readonly type: "sttLatency";
      /** Seconds from the end of speech to the final transcript, for 99 of 100. */
      readonly secs: number;
    }
  );

/** How a user's turn ended. Every turn ends in exactly one of these ways. */
export type UserTurnOutcome =
  /** A stop strategy said so, and words were heard. */
  | "stopped"
  /** Words were heard, and no stop strategy said anything in time. */
  | "timeout"
  /** Nobody said anything that could be understood. */
  | "heardNothing"
  /** The session ended. */
  | "ended";
