import type { Timer } from "../async/mod.ts";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  CancelFrame,
  EndFrame,
  StartFrame,
  StopFrame,
  UserStartedSpeakingFrame,
} from "../frames/mod.ts";
import { BaseObserver, type FramePushed } from "../processors/mod.ts";
import { FrameWatch } from "./_frame_watch.ts";

/** What a {@linkcode TurnTrackingObserver} can be given. */
export interface TurnTrackingObserverOptions {
  /** Broadcasts that are remembered until their second copy comes. @default {100} */
  readonly maxFrames?: number | undefined;
  /** Seconds of silence after the bot's speech, after which a turn is over. @default {2.5} */
  readonly turnEndTimeoutSecs?: number | undefined;
}

/** Events of a {@linkcode TurnTrackingObserver}. */
export interface TurnTrackingObserverEvents {
  /** A turn has begun; the first is 1. */
  readonly turnStarted: readonly [turnNumber: number];
  /** A turn is over, after so many seconds; interrupted if its answer was not heard to its end. */
  readonly turnEnded: readonly [turnNumber: number, durationSecs: number, wasInterrupted: boolean];
}

/**
 * Counts the turns of a conversation. A turn is what the user says and what the
 * bot answers; the first begins with the pipeline, and may be a greeting.
 *
 * A turn that the bot has answered lasts until the bot fell silent, whoever
 * speaks next.
 *
 * @example
 * ```ts
 * import { TurnTrackingObserver } from "@parley/sdk/observers";
 * const observer = new TurnTrackingObserver({ turnEndTimeoutSecs: 3.5 });
 * observer.on("turnEnded", (turn, seconds, interrupted) => console.log(turn, seconds, interrupted));
 * ```
 */
export class TurnTrackingObserver extends BaseObserver<TurnTrackingObserverEvents> {
  readonly #frames: FrameWatch;
  readonly #timeoutMs: number;
  #turn = 0;
  /** When the turn began, while one is under way. */
  #startedAt: number | undefined;
  #speaking = false;
  /** When the bot fell silent, if it has spoken in this turn. */
  #silentAt: number | undefined;
  #silence: Timer | undefined;

  /** Makes an observer. */
  constructor(options: TurnTrackingObserverOptions = {}) {
    super();
    this.#frames = new FrameWatch(options.maxFrames ?? 100);
    this.#timeoutMs = (options.turnEndTimeoutSecs ?? 2.5) * 1000;
    this.#frames.on(StartFrame, (_frame, at) => {
      if (this.#turn === 0) this.#start(at);
    });
    this.#frames.on(UserStartedSpeakingFrame, (_frame, at) => this.#userSpeaks(at));
    this.#frames.on(BotStartedSpeakingFrame, () => {
      this.#speaking = true;
      this.#silence?.cancel();
    });
    this.#frames.on(BotStoppedSpeakingFrame, (_frame, at) => this.#botFallsSilent(at));
    for (const last of [EndFrame, StopFrame, CancelFrame]) {
      this.#frames.on<EndFrame | StopFrame | CancelFrame>(last, (_frame, at) => this.#end(at));
    }
  }

  /** Number of the turn that is under way, or of the last. */
  get turnNumber(): number {
    return this.#turn;
  }

  /** Sees a frame; the first time counts. */
  override onPushFrame(data: FramePushed): void {
    this.#frames.see(data);
  }

  /** Waits for no silence any more. */
  override onPipelineFinished(): void {
    this.#end(this.clock.now());
  }

  #userSpeaks(at: number): void {
    // Until the bot has spoken, the user goes on with the same turn.
    if (this.#startedAt !== undefined && !this.#speaking && this.#silentAt === undefined) return;
    this.#end(at);
    this.#start(at);
  }

  #botFallsSilent(at: number): void {
    // What was interrupted ended with the interruption.
    if (!this.#speaking) return;
    this.#speaking = false;
    this.#silentAt = at;
    this.#silence?.cancel();
    this.#silence = this.clock.timer(this.#timeoutMs, () => this.#end(this.clock.now()));
  }

  #start(at: number): void {
    this.#startedAt = at;
    this.emit("turnStarted", ++this.#turn);
  }

  /** Ends the turn that is under way, if one is. */
  #end(at: number): void {
    const startedAt = this.#startedAt;
    const silentAt = this.#speaking ? undefined : this.#silentAt;
    this.#silence?.cancel();
    this.#startedAt = this.#silentAt = this.#silence = undefined;
    this.#speaking = false;
    if (startedAt === undefined) return;
    const durationSecs = ((silentAt ?? at) - startedAt) / 1000;
    this.emit("turnEnded", this.#turn, durationSecs, silentAt === undefined);
  }
}
