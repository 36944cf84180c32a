import {
  BotSpeakingFrame,
  InputTransportMessageFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import type { Clock } from "../async/mod.ts";
import { BaseObserver, type FramePushed } from "../observers/mod.ts";

/** Audio is none of them: an open microphone sends it for as long as it is open. */
const SIGNS: ReadonlySet<unknown> = new Set([
  BotSpeakingFrame,
  InputTransportMessageFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
]);

/** Remembers when anybody last spoke or sent something. */
export class ActivityObserver extends BaseObserver {
  readonly #clock: Clock;
  /** When that was, in milliseconds of the clock. */
  lastAt: number;

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
    this.lastAt = clock.now();
  }

  override onPushFrame({ frame }: FramePushed): void {
    if (SIGNS.has(frame.constructor)) this.lastAt = this.#clock.now();
  }
}
