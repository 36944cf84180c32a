import {
  DataFrame,
  ServiceMetadataFrame,
  type ServiceMetadataFrameOptions,
  SystemFrame,
} from "../frames/mod.ts";

/**
 * Somebody proposes that the user's turn has begun; external turn strategies
 * decide, announce it and interrupt the bot.
 *
 * @example
 * ```ts
 * import { ProposedUserStartedSpeakingFrame } from "@parley/sdk/turns";
 * console.log(new ProposedUserStartedSpeakingFrame().kind); // "system"
 * ```
 */
export class ProposedUserStartedSpeakingFrame extends SystemFrame {}

/**
 * Somebody proposes that the user's turn is over.
 *
 * @example
 * ```ts
 * import { ProposedUserStoppedSpeakingFrame } from "@parley/sdk/turns";
 * console.log(new ProposedUserStoppedSpeakingFrame().kind); // "system"
 * ```
 */
export class ProposedUserStoppedSpeakingFrame extends SystemFrame {}

/** What an {@linkcode STTMetadataFrame} can be given. */
export interface STTMetadataFrameOptions extends ServiceMetadataFrameOptions {
  /** Seconds from the end of speech to the final transcript, for 99 of 100. */
  readonly ttfsP99LatencySecs: number;
}

/**
 * What an STT service says of itself when it starts, so that turns wait for its
 * words long enough and no longer.
 *
 * @example
 * ```ts
 * import { STTMetadataFrame } from "@parley/sdk/turns";
 * const frame = new STTMetadataFrame("DeepgramSTTService#1", { ttfsP99LatencySecs: 0.35 });
 * console.log(frame.serviceName);
 * ```
 */
export class STTMetadataFrame extends ServiceMetadataFrame {
  /** Seconds from the end of speech to the final transcript, for 99 of 100. */
  readonly ttfsP99LatencySecs: number;

  /** Makes the frame. */
  constructor(serviceName: string, options: STTMetadataFrameOptions) {
    super(serviceName, options);
    this.ttfsP99LatencySecs = options.ttfsP99LatencySecs;
  }
}

/**
 * Changes how long the user may be silent before he counts as idle.
 *
 * @example
 * ```ts
 * import { UserIdleTimeoutUpdateFrame } from "@parley/sdk/turns";
 * console.log(new UserIdleTimeoutUpdateFrame(10).timeoutSecs); // 10
 * ```
 */
export class UserIdleTimeoutUpdateFrame extends SystemFrame {
  /** Seconds; 0 for never. */
  readonly timeoutSecs: number;

  /** Makes the frame. */
  constructor(timeoutSecs: number) {
    super();
    this.timeoutSecs = timeoutSecs;
  }
}

/** What an {@linkcode LLMMarkerFrame} can be given. */
export interface LLMMarkerFrameOptions {
  /**
   * Whether the context holds it at once, as a message of its own, rather than
   * before what the answer goes on to say.
   *
   * @default {true}
   */
  readonly appendToContextImmediately?: boolean | undefined;
}

/**
 * A sign that a model gave for the machine and not for the user, such as `✓`.
 * It is never spoken and in no transcript, but the context holds it, so that
 * the model goes on giving it.
 *
 * @example
 * ```ts
 * import { LLMMarkerFrame } from "@parley/sdk/turns";
 * console.log(new LLMMarkerFrame("○").appendToContextImmediately); // true
 * ```
 */
export class LLMMarkerFrame extends DataFrame {
  /** The sign. */
  readonly marker: string;
  /** Whether the context holds it at once, as a message of its own. */
  readonly appendToContextImmediately: boolean;

  /** Makes the frame. */
  constructor(marker: string, options: LLMMarkerFrameOptions = {}) {
    super();
    this.marker = marker;
    this.appendToContextImmediately = options.appendToContextImmediately ?? true;
  }
}
