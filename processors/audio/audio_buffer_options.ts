import type { FrameProcessorOptions, ProcessorEvents } from "../mod.ts";

/** What an `AudioBufferProcessor` can be told. */
export interface AudioBufferProcessorOptions extends FrameProcessorOptions {
  /** The rate of the recording, in Hz. By default that of the pipeline's output. */
  readonly sampleRate?: number | undefined;
  /** 1 for both sides mixed, 2 for the user on the left and the bot on the right. @default {1} */
  readonly numChannels?: number | undefined;
  /**
   * Bytes of one side after which audio is given, every time exactly so many; 0 gives all of it when recording stops.
   *
   * @default {0}
   */
  readonly bufferSize?: number | undefined;
  /** Whether there are events for what each side says in a turn. @default {false} */
  readonly enableTurnAudio?: boolean | undefined;
  /** Whether recording starts with the pipeline. @default {false} */
  readonly autoStartRecording?: boolean | undefined;
  /**
   * Seconds of audio that are held at most. What goes beyond is given earlier, and a warning says so; audio of a turn
   * that goes beyond is left out of the turn's events. As much again may wait for slow handlers; then audio is lost,
   * and a warning says so. Half an hour of both sides at 24 kHz is 173 MB. @default {1800}
   */
  readonly maxBufferSecs?: number | undefined;
}

/** All that one side said in a turn of the conversation. */
export interface TurnAudioData {
  /** Which turn it is, counted from 1 at the start of the recording. */
  readonly turnNumber: number;
  /** What was said, without the pauses between. */
  readonly audio: Int16Array;
  /** Its rate, in Hz. */
  readonly sampleRate: number;
  /** Always 1. */
  readonly numChannels: number;
}

/** Events of an `AudioBufferProcessor`. Audio is told one piece after another: each waits for the handlers of the one before. */
export interface AudioBufferProcessorEvents extends ProcessorEvents {
  /** Both sides in one, mixed or as two channels. */
  readonly audioData: readonly [audio: Int16Array, sampleRate: number, numChannels: number];
  /** Both sides apart, of the same length; the number of channels is that of each: 1. */
  readonly trackAudioData: readonly [
    userAudio: Int16Array,
    botAudio: Int16Array,
    sampleRate: number,
    numChannels: number,
  ];
  /** What the user said until he stopped, and up to a second before; needs `enableTurnAudio`. */
  readonly userTurnAudioData: readonly [audio: Int16Array, sampleRate: number, numChannels: number];
  /** What was heard of the bot until it stopped; needs `enableTurnAudio`. */
  readonly botTurnAudioData: readonly [audio: Int16Array, sampleRate: number, numChannels: number];
  /** All that the user said in a turn of the conversation that is over; needs `enableTurnAudio`. */
  readonly userTurnAudio: readonly [data: TurnAudioData];
  /** All that was heard of the bot in a turn of the conversation that is over; needs `enableTurnAudio`. */
  readonly botTurnAudio: readonly [data: TurnAudioData];
  /** Recording has started. */
  readonly recordingStarted: readonly [];
  /** Recording has stopped, and all of it was given. */
  readonly recordingStopped: readonly [];
}

/** How much is held unless the options say something else, in seconds. */
export const MAX_BUFFER_SECS = 1_800;

/** Refuses options with which nothing can be recorded. */
export function checkRecordingOptions(options: AudioBufferProcessorOptions): void {
  const { sampleRate = 16_000, numChannels = 1, bufferSize = 0, maxBufferSecs = 1 } = options;
  const refuse = (name: string, value: number, wanted: string) => {
    throw new RangeError(`Cannot record with a "${name}" of ${value}: pass ${wanted}`);
  };
  if (!Number.isInteger(sampleRate) || sampleRate < 1_000 || sampleRate > 768_000) {
    refuse("sampleRate", sampleRate, "a whole number from 1000 to 768000");
  }
  if (numChannels !== 1 && numChannels !== 2) refuse("numChannels", numChannels, "1 or 2");
  if (!Number.isInteger(bufferSize) || bufferSize < 0 || bufferSize === 1) {
    refuse("bufferSize", bufferSize, "a whole number of bytes, or 0");
  }
  if (!(maxBufferSecs >= 1 && maxBufferSecs <= 86_400)) {
    refuse("maxBufferSecs", maxBufferSecs, "a number from 1 to 86400");
  }
}
