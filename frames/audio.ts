import { DataFrame, SystemFrame } from "./frame.ts";

/** What frames of audio have in common. */
export interface AudioRawFrame {
  /** Samples: 16-bit PCM, interleaved when there is more than one channel. */
  readonly audio: Int16Array;
  /** Samples of one channel in a second, in hertz. */
  readonly sampleRate: number;
  /** How many channels. */
  readonly numChannels: number;
  /** How many samples each channel has. */
  readonly numFrames: number;
}

/** How the samples of a frame of audio are to be read. */
export interface AudioRawFrameOptions {
  /** Samples of one channel in a second, in hertz. */
  readonly sampleRate: number;
  /** How many channels, interleaved. @default {1} */
  readonly numChannels?: number | undefined;
}

/**
 * Audio that came in from the user.
 *
 * @example
 * ```ts
 * import { InputAudioRawFrame } from "@parley/sdk/frames";
 * const frame = new InputAudioRawFrame(new Int16Array(320), { sampleRate: 16_000 });
 * console.log(frame.numFrames); // 320
 * ```
 */
export class InputAudioRawFrame extends SystemFrame implements AudioRawFrame {
  /** Samples: 16-bit PCM, interleaved when there is more than one channel. */
  readonly audio: Int16Array;
  /** Samples of one channel in a second, in hertz. */
  readonly sampleRate: number;
  /** How many channels. */
  readonly numChannels: number;

  /** Makes the frame; the samples are not copied. */
  constructor(audio: Int16Array, options: AudioRawFrameOptions) {
    super();
    this.audio = audio;
    this.sampleRate = options.sampleRate;
    this.numChannels = options.numChannels ?? 1;
  }

  /** How many samples each channel has. */
  get numFrames(): number {
    return this.audio.length / this.numChannels;
  }

  /** Always true: a full queue drops the oldest. */
  override get live(): true {
    return true;
  }
}

/** How a {@linkcode UserAudioRawFrame} is to be read, and whose it is. */
export interface UserAudioRawFrameOptions extends AudioRawFrameOptions {
  /** Whose audio it is. @default {""} */
  readonly userId?: string | undefined;
}

/**
 * Audio that came in from one of several users.
 *
 * @example
 * ```ts
 * import { UserAudioRawFrame } from "@parley/sdk/frames";
 * const frame = new UserAudioRawFrame(new Int16Array(320), { sampleRate: 16_000 });
 * console.log(frame.numFrames); // 320
 * ```
 */
export class UserAudioRawFrame extends InputAudioRawFrame {
  /** Whose audio it is. */
  readonly userId: string;

  /** Makes the frame; the samples are not copied. */
  constructor(audio: Int16Array, options: UserAudioRawFrameOptions) {
    super(audio, options);
    this.userId = options.userId ?? "";
  }
}

/**
 * Audio for the output.
 *
 * @example
 * ```ts
 * import { OutputAudioRawFrame } from "@parley/sdk/frames";
 * const frame = new OutputAudioRawFrame(new Int16Array(320), { sampleRate: 16_000 });
 * console.log(frame.numFrames); // 320
 * ```
 */
export class OutputAudioRawFrame extends DataFrame implements AudioRawFrame {
  /** Samples: 16-bit PCM, interleaved when there is more than one channel. */
  readonly audio: Int16Array;
  /** Samples of one channel in a second, in hertz. */
  readonly sampleRate: number;
  /** How many channels. */
  readonly numChannels: number;

  /** Makes the frame; the samples are not copied. */
  constructor(audio: Int16Array, options: AudioRawFrameOptions) {
    super();
    this.audio = audio;
    this.sampleRate = options.sampleRate;
    this.numChannels = options.numChannels ?? 1;
  }

  /** How many samples each channel has. */
  get numFrames(): number {
    return this.audio.length / this.numChannels;
  }
}

/** How a {@linkcode TTSAudioRawFrame} is to be read, and what it speaks. */
export interface TTSAudioRawFrameOptions extends AudioRawFrameOptions {
  /** The utterance it is part of. */
  readonly contextId?: string | undefined;
}

/**
 * Speech that a TTS service made.
 *
 * @example
 * ```ts
 * import { TTSAudioRawFrame } from "@parley/sdk/frames";
 * const frame = new TTSAudioRawFrame(new Int16Array(320), { sampleRate: 16_000 });
 * console.log(frame.numFrames); // 320
 * ```
 */
export class TTSAudioRawFrame extends OutputAudioRawFrame {
  /** The utterance it is part of. */
  readonly contextId: string | undefined;

  /** Makes the frame; the samples are not copied. */
  constructor(audio: Int16Array, options: TTSAudioRawFrameOptions) {
    super(audio, options);
    this.contextId = options.contextId;
  }
}

/**
 * Speech that did not come from a TTS service and that may hold silence, such
 * as that of a continuous stream.
 *
 * @example
 * ```ts
 * import { SpeechOutputAudioRawFrame } from "@parley/sdk/frames";
 * const frame = new SpeechOutputAudioRawFrame(new Int16Array(320), { sampleRate: 16_000 });
 * console.log(frame.numFrames); // 320
 * ```
 */
export class SpeechOutputAudioRawFrame extends OutputAudioRawFrame {
  /** Makes the frame; the samples are not copied. */
  constructor(audio: Int16Array, options: AudioRawFrameOptions) {
    super(audio, options);
  }
}
