import type { SpokenWord } from "../../text/mod.ts";

/** What a TTS service is asked to speak. */
export interface SpeechRequest {
  /** The text, as it is to be spoken. */
  readonly text: string;
  /** The utterance it is part of. */
  readonly contextId: string;
  /** Sample rate of the audio that is wanted, in hertz. */
  readonly sampleRate: number;
  /** Aborted when nobody wants to hear it any more. */
  readonly signal: AbortSignal;
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
  };
