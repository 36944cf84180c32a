import {
  BotStartedSpeakingFrame,
  ClientConnectedFrame,
  FunctionCallCancelFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  InterruptionFrame,
  MetricsFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { BaseObserver, type FramePushed } from "../processors/mod.ts";
import { isOf } from "./_endpoints.ts";
import { FrameWatch } from "./_frame_watch.ts";
import { wallClockOf } from "./_wall_clock.ts";
import { LatencyBreakdown } from "./latency_breakdown.ts";

/** What a {@linkcode UserBotLatencyObserver} can be given. */
export interface UserBotLatencyObserverOptions {
  /** Broadcasts that are remembered until their second copy comes. @default {100} */
  readonly maxFrames?: number | undefined;
}

/** Events of a {@linkcode UserBotLatencyObserver}. */
export interface UserBotLatencyObserverEvents {
  /** The bot begins to be heard, so many seconds after the user fell silent. */
  readonly latencyMeasured: readonly [latencySecs: number];
  /** Where those seconds went; services say so where the pipeline runs with `enableMetrics`. */
  readonly latencyBreakdown: readonly [breakdown: LatencyBreakdown];
  /** The bot begins to be heard for the first time, so many seconds after the client connected. */
  readonly firstBotSpeechLatency: readonly [latencySecs: number];
}

/** Something that took its time, from a moment of the clock in milliseconds. */
interface Span {
  readonly startedAt: number;
  readonly durationSecs: number;
}

/** What is known of an answer that is not heard yet. */
class Cycle {
  ttfb: (Span & { processor: string; model: string | undefined; heardUser: boolean })[] = [];
  textAggregation: Span & { processor: string } | undefined;
  functionCalls: (Span & { functionName: string })[] = [];
  readonly running: Map<string, { readonly functionName: string; readonly at: number }> = new Map();
  turnStartedAt: number | undefined;
  turnEndedAt: number | undefined;

  /** Forgets what was begun for an answer that nobody wants any more. */
  interrupt(): void {
    this.ttfb = this.ttfb.filter(({ heardUser }) => heardUser);
    this.textAggregation = undefined;
    this.functionCalls = [];
    this.running.clear();
  }
}

/**
 * Measures how long the user waits: from when the user falls silent until the
 * bot begins to be heard, and where that time goes; and from when the client
 * connects until the bot greets it.
 *
 * Needs a VAD in the pipeline.
 *
 * @example
 * ```ts
 * import { UserBotLatencyObserver } from "@parley/sdk/observers";
 * const observer = new UserBotLatencyObserver();
 * observer.on("latencyMeasured", (seconds) => console.log(seconds.toFixed(3)));
 * observer.on("latencyBreakdown", (breakdown) => console.log(breakdown.chronologicalEvents()));
 * ```
 */
export class UserBotLatencyObserver extends BaseObserver<UserBotLatencyObserverEvents> {
  readonly #frames: FrameWatch;
  #cycle = new Cycle();
  /** When the user fell silent, until it is answered. */
  #silentAt: number | undefined;
  #connectedAt: number | undefined;
  /** Whether a greeting is out of the question: it was given, or the user spoke first. */
  #greeted = false;

  /** Makes an observer. */
  constructor(options: UserBotLatencyObserverOptions = {}) {
    super();
    this.#frames = new FrameWatch(options.maxFrames ?? 100);
    this.#followUser();
    this.#followBot();
    this.#followCalls();
  }

  /** Sees a frame; the first time counts. */
  override onPushFrame(data: FramePushed): void {
    this.#frames.see(data);
  }

  #followUser(): void {
    this.#frames.on(ClientConnectedFrame, (_frame, at) => void (this.#connectedAt ??= at));
    this.#frames.on(VADUserStartedSpeakingFrame, () => {
      this.#cycle = new Cycle();
      this.#silentAt = undefined;
      this.#greeted = true;
    });
    this.#frames.on(VADUserStoppedSpeakingFrame, ({ stopSecs }, at) => {
      this.#silentAt = this.#cycle.turnStartedAt = at - stopSecs * 1000;
    });
    this.#frames.on(UserStoppedSpeakingFrame, (_frame, at) => {
      if (this.#silentAt !== undefined) this.#cycle.turnEndedAt = at;
    });
    this.#frames.on(InterruptionFrame, () => this.#cycle.interrupt());
  }

  #followBot(): void {
    this.#frames.on(MetricsFrame, (frame, at, { source }) => {
      if (this.#awaited) this.#measured(frame, at, isOf(source, "stt"));
    });
    this.#frames.on(BotStartedSpeakingFrame, (_frame, at) => {
      if (!this.#awaited) return;
      if (this.#greetingAwaited) {
        this.#greeted = true;
        this.emit("firstBotSpeechLatency", (at - (this.#connectedAt ?? at)) / 1000);
      }
      if (this.#silentAt !== undefined) {
        this.emit("latencyMeasured", (at - this.#silentAt) / 1000);
        this.#silentAt = undefined;
      }
      this.emit("latencyBreakdown", this.#breakdown());
      this.#cycle = new Cycle();
    });
  }

  #followCalls(): void {
    this.#frames.on(FunctionCallInProgressFrame, ({ toolCallId, functionName }, at) => {
      this.#cycle.running.set(toolCallId, { functionName, at });
    });
    this.#frames.on(FunctionCallResultFrame, ({ toolCallId, properties }, at) => {
      const { running, functionCalls } = this.#cycle;
      const call = running.get(toolCallId);
      if (!call || properties?.isFinal === false) return;
      running.delete(toolCallId);
      functionCalls.push({
        functionName: call.functionName,
        startedAt: call.at,
        durationSecs: (at - call.at) / 1000,
      });
    });
    this.#frames.on(
      FunctionCallCancelFrame,
      ({ toolCallId }) => void this.#cycle.running.delete(toolCallId),
    );
  }

  get #greetingAwaited(): boolean {
    return this.#connectedAt !== undefined && !this.#greeted;
  }

  /** Whether somebody waits for the bot to speak. */
  get #awaited(): boolean {
    return this.#silentAt !== undefined || this.#greetingAwaited;
  }

  #measured({ data }: MetricsFrame, at: number, heardUser: boolean): void {
    const cycle = this.#cycle;
    for (const measured of data) {
      if (measured.type !== "ttfb" && measured.type !== "text_aggregation") continue;
      const { processor, model, value: durationSecs } = measured;
      const startedAt = at - durationSecs * 1000;
      if (measured.type === "text_aggregation") {
        cycle.textAggregation ??= { processor, startedAt, durationSecs };
      } else if (durationSecs > 0) {
        // Empty measurements are sent at the beginning, so that a client knows what there is.
        cycle.ttfb.push({ processor, model, startedAt, durationSecs, heardUser });
      }
    }
  }

  #breakdown(): LatencyBreakdown {
    const { ttfb, textAggregation, functionCalls, turnStartedAt, turnEndedAt } = this.#cycle;
    const wall = wallClockOf(this.clock);
    const placed = <S extends Span>({ startedAt, ...rest }: S) => ({
      startTime: wall(startedAt),
      ...rest,
    });
    return new LatencyBreakdown({
      ttfb: ttfb.map(({ heardUser: _heardUser, ...measured }) => placed(measured)),
      textAggregation: textAggregation && placed(textAggregation),
      functionCalls: functionCalls.map(placed),
      userTurnStartTime: turnStartedAt === undefined ? undefined : wall(turnStartedAt),
      userTurnSecs: turnStartedAt === undefined || turnEndedAt === undefined
        ? undefined
        : (turnEndedAt - turnStartedAt) / 1000,
    });
  }
}
