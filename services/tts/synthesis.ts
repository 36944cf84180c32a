import type { SpokenWord } from "../../text/mod.ts";

/** How a speech is to be made. */
export interface SpeechStreamRequest {
  /** The utterance it is part of. */
  readonly contextId: string;
  /** Sample rate of the audio that is wanted, in hertz. */
  readonly sampleRate: number;
  /** Aborted when nobody wants to hear it any more. */
  readonly signal: AbortSignal;
}

/** What a TTS service is asked to speak. */
export interface SpeechRequest extends SpeechStreamRequest {
  /** The text, as it is to be spoken. */
  readonly text: string;
}

/** What comes back for a request. */
export type SpeechEvent =
  | {
    /** A piece of the audio, in order. */
    readonly type: "audio";
    /** Samples: 16-bit PCM, mono, at the sample rate that was asked for. */
    readonly audio: Int16Array;
  }
  | {
    /** When words are spoken, in order; may come before or after their audio. */
    readonly type: "words";
    /**
     * The words, their times counted from the request's first sample, their
     * places (if the provider says) in the request's text.
     */
    readonly words: readonly SpokenWord[];
  }
  | {
    /**
     * The connection broke: what has not been spoken is asked for anew, from the
     * word on whose audio is not there in full.
     */
    readonly type: "broken";
  };

/** A speech whose text is sent as it is written, and which comes as one. */
export interface SpeechStream {
  /** What comes back, to its end; a failure is thrown. */
  readonly events: AsyncIterable<SpeechEvent>;
  /** Sends a text that goes on where the one before ended. */
  send(text: string): void;
  /** Says that no more text comes: what is left is spoken. */
  end(): void;
}
