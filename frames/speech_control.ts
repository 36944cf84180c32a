import { ControlFrame, SystemFrame } from "./frame.ts";

/** The parameters of a VAD, as frames carry them: `VADParams` of `@parley/sdk/audio/vad` is one. */
export interface VADParamsLike {
  /** How sure the model must be that it hears a voice, from 0 to 1. */
  readonly confidence: number;
  /** How long speech must last before the user counts as speaking, in seconds. */
  readonly startSecs: number;
  /** How long silence must last before the user counts as quiet, in seconds. */
  readonly stopSecs: number;
  /** How loud it must be, from 0 to 1; 0 turns this off. */
  readonly minVolume: number;
}

/**
 * Changes the parameters of voice activity detection.
 *
 * @example
 * ```ts
 * import { vadParams } from "@parley/sdk/audio/vad";
 * import { VADParamsUpdateFrame } from "@parley/sdk/frames";
 * console.log(new VADParamsUpdateFrame(vadParams({ stopSecs: 0.5 })).params.stopSecs); // 0.5
 * ```
 */
export class VADParamsUpdateFrame extends ControlFrame {
  /** What they are from now on. */
  readonly params: VADParamsLike;

  /** Makes the frame. */
  constructor(params: VADParamsLike) {
    super();
    this.params = params;
  }
}

/** What a {@linkcode SpeechControlParamsFrame} can be given. */
export interface SpeechControlParamsFrameOptions {
  /** Parameters of voice activity detection, if they are known. */
  readonly vadParams?: VADParamsLike | undefined;
  /** Parameters of the model that finds the end of a turn, if there is one. */
  readonly turnParams?: object | undefined;
}

/**
 * Says by which parameters speech and turns are found from now on.
 *
 * @example
 * ```ts
 * import { DEFAULT_VAD_PARAMS } from "@parley/sdk/audio/vad";
 * import { SpeechControlParamsFrame } from "@parley/sdk/frames";
 * const frame = new SpeechControlParamsFrame({ vadParams: DEFAULT_VAD_PARAMS });
 * console.log(frame.vadParams?.stopSecs); // 0.2
 * ```
 */
export class SpeechControlParamsFrame extends SystemFrame {
  /** Parameters of voice activity detection, if they are known. */
  readonly vadParams: VADParamsLike | undefined;
  /** Parameters of the model that finds the end of a turn, if there is one. */
  readonly turnParams: object | undefined;

  /** Makes the frame. */
  constructor(options: SpeechControlParamsFrameOptions = {}) {
    super();
    this.vadParams = options.vadParams;
    this.turnParams = options.turnParams;
  }
}

/**
 * Mutes the STT service, or lets it hear again; muted, it sends its provider no audio.
 *
 * @example
 * ```ts
 * import { STTMuteFrame } from "@parley/sdk/frames";
 * console.log(new STTMuteFrame(true).mute);
 * ```
 */
export class STTMuteFrame extends SystemFrame {
  /** Whether it is muted from now on. */
  readonly mute: boolean;

  /** Makes the frame. */
  constructor(mute: boolean) {
    super();
    this.mute = mute;
  }
}
