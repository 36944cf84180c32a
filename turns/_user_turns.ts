import type { Clock, Timer } from "../async/mod.ts";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  EndFrame,
  type Frame,
  type FrameClass,
  FunctionCallCancelFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  FunctionCallsStartedFrame,
  InputAudioRawFrame,
  InterimTranscriptionFrame,
  InterruptionFrame,
  ServiceMetadataFrame,
  StartFrame,
  StopFrame,
  TranscriptionFrame,
  UserMuteStartedFrame,
  UserMuteStoppedFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import type { FrameContext, FrameScope, Handler } from "../processors/mod.ts";
import type { TurnEvent } from "./events.ts";
import type { CallFrame } from "./_function_calls.ts";
import {
  ProposedUserStartedSpeakingFrame,
  ProposedUserStoppedSpeakingFrame,
  STTMetadataFrame,
  UserIdleTimeoutUpdateFrame,
} from "./frames.ts";
import { UserIdleController } from "./user_idle_controller.ts";
import type { BaseUserMuteStrategy } from "./user_mute/user_mute_strategies.ts";
import { UserTurnController, type UserTurnEffect } from "./user_turn_controller.ts";
import {
  strategiesOf,
  UserTurnStrategies,
  type UserTurnStrategiesOptions,
} from "./user_turn_strategies.ts";

export type StartedEffect = Extract<UserTurnEffect, { type: "started" }>;
export type StoppedEffect = Extract<UserTurnEffect, { type: "stopped" }>;

/** The processor whose turns these are. */
export interface UserTurnsHost {
  /** Told when the bot begins and ceases to be heard. */
  botSpeaks?(speaking: boolean): void;
  readonly handle: <F extends Frame>(frameClass: FrameClass<F>, handler: Handler<F>) => void;
  readonly clock: () => Clock;
  /** Pushes what no interruption makes stale. */
  readonly out: () => FrameScope;
  /** The user's audio, when he is not muted; it is passed on by default. */
  readonly audio?: ((frame: InputAudioRawFrame) => void) | undefined;
  /** Frames about function calls, on their way back. */
  readonly call?: ((frame: CallFrame) => void) | undefined;
  /** What must be ready before the pipeline starts, and done before it ends. */
  readonly ready?: (() => void | Promise<void>) | undefined;
  readonly done?: (() => void | Promise<void>) | undefined;
  /** Whether the user's words go no further. */
  readonly keepsWords: boolean;
  /** A turn begins; called before anybody else is told. */
  readonly started: (effect: StartedEffect) => void;
  /** The bot is interrupted. */
  readonly interrupted?: (() => void) | undefined;
  /** A turn has ended, and that is announced. */
  readonly stopped: (effect: StoppedEffect) => void;
  readonly stopTimeout: () => void;
  readonly idle: () => void;
  readonly muted: (muted: boolean) => void;
}

export interface UserTurnsOptions {
  readonly userTurnStrategies?: UserTurnStrategies | UserTurnStrategiesOptions | undefined;
  readonly userMuteStrategies?: readonly BaseUserMuteStrategy[] | undefined;
  readonly userTurnStopTimeoutSecs?: number | undefined;
  readonly userIdleTimeoutSecs?: number | undefined;
}

/** An event before it has its time. */
export type Happening = TurnEvent extends infer E ? E extends TurnEvent ? Omit<E, "at"> : never
  : never;

/** Finds the user's turns in the frames of a processor, keeps its timer, and announces them. */
export class UserTurns {
  readonly #host: UserTurnsHost;
  readonly #controller: UserTurnController;
  readonly #idle: UserIdleController;
  readonly #takesAdvice: boolean;
  readonly #muteStrategies: readonly BaseUserMuteStrategy[];
  #muted = false;
  #timer: Timer | undefined;
  #timerAt: number | undefined;
  #ended = false;
  #voice = false;

  constructor(host: UserTurnsHost, options: UserTurnsOptions) {
    this.#host = host;
    this.#takesAdvice = options.userTurnStrategies === undefined;
    const userTurnStrategies = strategiesOf(options.userTurnStrategies);
    this.#controller = new UserTurnController({ ...options, userTurnStrategies });
    this.#idle = new UserIdleController(options);
    this.#muteStrategies = options.userMuteStrategies ?? [];
    this.#handleUser();
    this.#handleOthers();
    this.#handleCalls();
    this.#handleLifecycle();
  }

  /** Whether a turn is under way. */
  get open(): boolean {
    return this.#controller.turn.open;
  }

  /** Says that something happened. */
  feed(happening: Happening): void {
    if (this.#ended) return;
    const event: TurnEvent = { ...happening, at: this.#host.clock().now() };
    const before = this.#muted;
    this.#mute(event);
    const effects = this.#controller.handle(event);
    const idle = this.#idle.handle(event, effects);
    for (const effect of effects) this.#apply(effect);
    if (idle) this.#host.idle();
    this.#schedule();
    // Who spoke on while he was muted is heard from now on.
    if (before && !this.#muted && this.#voice) this.feed({ type: "vadStarted" });
  }

  /** Takes a sign of the user, and has others told of it; from who is muted there is none. */
  hear(happening: Happening, tell: () => void): void {
    if (happening.type === "vadStarted") this.#voice = true;
    else if (happening.type === "vadStopped") this.#voice = false;
    if (this.#muted) return;
    tell();
    this.feed(happening);
  }

  /** The turn that is under way is over sooner if no words come. */
  expectWords(withinMs: number): void {
    this.#controller.expectWords(withinMs);
    this.#schedule();
  }

  /** The bot is going to speak: the user's silence counts from the end of that. */
  answerAsked(): void {
    this.#idle.answerAsked();
    this.#schedule();
  }

  /** Ends the turn that is under way, and hears nothing more until the next start. */
  end(): void {
    if (this.#ended) return;
    for (const effect of this.#controller.end(this.#host.clock().now())) this.#apply(effect);
    this.close();
  }

  /** Hears nothing more, and tells nobody. */
  close(): void {
    this.#ended = true;
    this.#schedule();
  }

  #handleUser(): void {
    const { handle } = this.#host;
    handle(VADUserStartedSpeakingFrame, (_frame, context) => {
      this.#hear(context, { type: "vadStarted" });
    });
    handle(VADUserStoppedSpeakingFrame, ({ stopSecs }, context) => {
      this.#hear(context, { type: "vadStopped", stopSecs });
    });
    handle(UserStartedSpeakingFrame, (_frame, context) => {
      this.#hear(context, { type: "externalStarted", proposed: false });
    });
    handle(UserStoppedSpeakingFrame, (_frame, context) => {
      this.#hear(context, { type: "externalStopped", proposed: false });
    });
    handle(ProposedUserStartedSpeakingFrame, () => {
      this.#propose({ type: "externalStarted", proposed: true });
    });
    handle(ProposedUserStoppedSpeakingFrame, () => {
      this.#propose({ type: "externalStopped", proposed: true });
    });
    handle(InterimTranscriptionFrame, ({ text, userId }, context) => {
      this.#words(context, { type: "interim", text, userId });
    });
    handle(TranscriptionFrame, ({ text, userId, finalized }, context) => {
      this.#words(context, { type: "final", text, userId, finalized });
    });
    handle(InputAudioRawFrame, (frame, context) => {
      if (context.direction === "upstream") return context.forward();
      if (this.#muted) return;
      if (this.#host.audio) this.#host.audio(frame);
      else return context.forward();
    });
  }

  #handleOthers(): void {
    const follow = <F extends Frame>(frameClass: FrameClass<F>, what: (frame: F) => Happening) =>
      this.#host.handle(frameClass, (frame, context) => {
        this.feed(what(frame));
        return context.forward();
      });
    follow(BotStartedSpeakingFrame, () => {
      this.#host.botSpeaks?.(true);
      return { type: "botStarted" };
    });
    follow(BotStoppedSpeakingFrame, () => {
      this.#host.botSpeaks?.(false);
      return { type: "botStopped" };
    });
    this.#host.handle(ServiceMetadataFrame, (frame, context) => {
      this.#advise(frame);
      return context.forward();
    });
    this.#host.handle(UserIdleTimeoutUpdateFrame, (frame, context) => {
      this.#idle.setTimeoutSecs(frame.timeoutSecs);
      this.#schedule();
      return context.forward();
    });
  }

  /** Takes what a service says of itself: how turns are found with it, and how long it takes. */
  #advise(frame: ServiceMetadataFrame): void {
    const { userTurnStrategies: advice } = frame;
    if (this.#takesAdvice && advice instanceof UserTurnStrategies) {
      this.#controller.updateStrategies(advice);
    }
    if (frame instanceof STTMetadataFrame) {
      this.feed({ type: "sttLatency", secs: frame.ttfsP99LatencySecs });
    }
  }

  #handleCalls(): void {
    const follow = <F extends CallFrame>(
      frameClass: FrameClass<F>,
      what: (frame: F) => Happening | undefined,
    ) =>
      this.#host.handle(frameClass, (frame, context) => {
        this.#host.call?.(frame);
        const happening = what(frame);
        if (happening) this.feed(happening);
        return context.forward();
      });
    follow(FunctionCallsStartedFrame, ({ functionCalls }) => ({
      type: "callsStarted",
      ids: functionCalls.map(({ toolCallId }) => toolCallId),
    }));
    follow(FunctionCallInProgressFrame, () => undefined);
    follow(FunctionCallCancelFrame, ({ toolCallId: id }) => ({ type: "callEnded", id }));
    follow(
      FunctionCallResultFrame,
      ({ toolCallId: id, properties }) =>
        properties?.isFinal === false ? undefined : { type: "callEnded", id },
    );
  }

  #handleLifecycle(): void {
    const { handle, ready, done } = this.#host;
    handle(StartFrame, async () => {
      await ready?.();
      this.#ended = false;
      this.feed({ type: "sessionStarted" });
    });
    for (const last of [EndFrame, StopFrame]) {
      handle<Frame>(last, async () => {
        await done?.();
        this.end();
      });
    }
  }

  /** Takes a sign of the user that others want to know of, too; a model may send it from below. */
  #hear(context: FrameContext, happening: Happening): void {
    this.hear(happening, () => void context.forward());
  }

  #propose(happening: Happening): void {
    if (!this.#muted) this.feed(happening);
  }

  /** Takes words; those of a turn that was under way when the user was muted still count. */
  #words(context: FrameContext, happening: Happening): void {
    if (this.#muted && !this.open) return;
    if (!this.#host.keepsWords) void context.forward();
    this.feed(happening);
  }

  #mute(event: TurnEvent): void {
    if (this.#muteStrategies.length === 0) return;
    // Each must see every event, also when one before it mutes.
    const verdicts = this.#muteStrategies.map((strategy) => strategy.handle(event));
    const muted = verdicts.includes(true);
    if (muted === this.#muted) return;
    this.#muted = muted;
    void this.#host.out().broadcast(() =>
      muted ? new UserMuteStartedFrame() : new UserMuteStoppedFrame()
    );
    this.#host.muted(muted);
    // Who is muted is not heard to fall silent: his turn must not wait for that.
    if (muted && this.#controller.turn.speaking) this.feed({ type: "vadStopped", stopSecs: 0 });
  }

  #apply(effect: UserTurnEffect): void {
    const out = this.#host.out();
    switch (effect.type) {
      case "started":
        this.#host.started(effect);
        if (effect.announce) void out.broadcast(() => new UserStartedSpeakingFrame());
        if (effect.interrupt) this.#interrupt();
        break;
      case "interrupt":
        this.#interrupt();
        break;
      case "stopTimeout":
        this.#host.stopTimeout();
        break;
      case "stopped":
        if (effect.announce) void out.broadcast(() => new UserStoppedSpeakingFrame());
        this.#host.stopped(effect);
        break;
      default:
        effect satisfies never;
    }
  }

  #interrupt(): void {
    void this.#host.out().broadcast(() => new InterruptionFrame());
    this.#host.interrupted?.();
  }

  #schedule(): void {
    const deadlines = [this.#controller.deadline, this.#idle.deadline]
      .filter((deadline) => deadline !== undefined);
    const at = this.#ended || deadlines.length === 0 ? undefined : Math.min(...deadlines);
    if (at === this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = at;
    if (at === undefined) return;
    const clock = this.#host.clock();
    this.#timer = clock.timer(at - clock.now(), () => {
      this.#timerAt = undefined;
      this.feed({ type: "time" });
    });
  }
}
