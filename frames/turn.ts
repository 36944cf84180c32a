import { SystemFrame } from "./frame.ts";

/**
 * The user's turn has begun.
 *
 * @example
 * ```ts
 * import { UserStartedSpeakingFrame } from "@parley/sdk/frames";
 * const frame = new UserStartedSpeakingFrame();
 * console.log(frame.name); // "UserStartedSpeakingFrame#1"
 * ```
 */
export class UserStartedSpeakingFrame extends SystemFrame {
}

/**
 * The user's turn is over.
 *
 * @example
 * ```ts
 * import { UserStoppedSpeakingFrame } from "@parley/sdk/frames";
 * const frame = new UserStoppedSpeakingFrame();
 * console.log(frame.name); // "UserStoppedSpeakingFrame#1"
 * ```
 */
export class UserStoppedSpeakingFrame extends SystemFrame {
}

/**
 * The user is speaking; sent at an interval.
 *
 * @example
 * ```ts
 * import { UserSpeakingFrame } from "@parley/sdk/frames";
 * const frame = new UserSpeakingFrame();
 * console.log(frame.name); // "UserSpeakingFrame#1"
 * ```
 */
export class UserSpeakingFrame extends SystemFrame {
}

/**
 * From now on the user's input is ignored.
 *
 * @example
 * ```ts
 * import { UserMuteStartedFrame } from "@parley/sdk/frames";
 * const frame = new UserMuteStartedFrame();
 * console.log(frame.name); // "UserMuteStartedFrame#1"
 * ```
 */
export class UserMuteStartedFrame extends SystemFrame {
}

/**
 * The user's input counts again.
 *
 * @example
 * ```ts
 * import { UserMuteStoppedFrame } from "@parley/sdk/frames";
 * const frame = new UserMuteStoppedFrame();
 * console.log(frame.name); // "UserMuteStoppedFrame#1"
 * ```
 */
export class UserMuteStoppedFrame extends SystemFrame {
}

/**
 * The bot's speech has begun to be heard.
 *
 * @example
 * ```ts
 * import { BotStartedSpeakingFrame } from "@parley/sdk/frames";
 * const frame = new BotStartedSpeakingFrame();
 * console.log(frame.name); // "BotStartedSpeakingFrame#1"
 * ```
 */
export class BotStartedSpeakingFrame extends SystemFrame {
}

/**
 * The bot's speech is no longer heard.
 *
 * @example
 * ```ts
 * import { BotStoppedSpeakingFrame } from "@parley/sdk/frames";
 * const frame = new BotStoppedSpeakingFrame();
 * console.log(frame.name); // "BotStoppedSpeakingFrame#1"
 * ```
 */
export class BotStoppedSpeakingFrame extends SystemFrame {
}

/**
 * The bot is being heard; sent at an interval.
 *
 * @example
 * ```ts
 * import { BotSpeakingFrame } from "@parley/sdk/frames";
 * const frame = new BotSpeakingFrame();
 * console.log(frame.name); // "BotSpeakingFrame#1"
 * ```
 */
export class BotSpeakingFrame extends SystemFrame {
}

/** What a {@linkcode VADUserStartedSpeakingFrame} can be given. */
export interface VADUserStartedSpeakingFrameOptions {
  /** Seconds of speech it took to be sure. @default {0} */
  readonly startSecs?: number | undefined;
  /** When it was known, in seconds of the clock. @default {0} */
  readonly timestamp?: number | undefined;
}

/**
 * Voice activity has begun; whether a turn begins, turn strategies decide.
 *
 * @example
 * ```ts
 * import { VADUserStartedSpeakingFrame } from "@parley/sdk/frames";
 * const frame = new VADUserStartedSpeakingFrame();
 * console.log(frame.name); // "VADUserStartedSpeakingFrame#1"
 * ```
 */
export class VADUserStartedSpeakingFrame extends SystemFrame {
  /** Seconds of speech it took to be sure. */
  readonly startSecs: number;
  /** When it was known, in seconds of the clock. */
  readonly timestamp: number;

  /** Makes the frame. */
  constructor(options: VADUserStartedSpeakingFrameOptions = {}) {
    super();
    this.startSecs = options.startSecs ?? 0;
    this.timestamp = options.timestamp ?? 0;
  }
}

/** What a {@linkcode VADUserStoppedSpeakingFrame} can be given. */
export interface VADUserStoppedSpeakingFrameOptions {
  /** Seconds of silence it took to be sure. @default {0} */
  readonly stopSecs?: number | undefined;
  /** When it was known, in seconds of the clock. @default {0} */
  readonly timestamp?: number | undefined;
}

/**
 * Voice activity is over; whether the turn is, turn strategies decide.
 *
 * @example
 * ```ts
 * import { VADUserStoppedSpeakingFrame } from "@parley/sdk/frames";
 * const frame = new VADUserStoppedSpeakingFrame();
 * console.log(frame.name); // "VADUserStoppedSpeakingFrame#1"
 * ```
 */
export class VADUserStoppedSpeakingFrame extends SystemFrame {
  /** Seconds of silence it took to be sure. */
  readonly stopSecs: number;
  /** When it was known, in seconds of the clock. */
  readonly timestamp: number;

  /** Makes the frame. */
  constructor(options: VADUserStoppedSpeakingFrameOptions = {}) {
    super();
    this.stopSecs = options.stopSecs ?? 0;
    this.timestamp = options.timestamp ?? 0;
  }
}
