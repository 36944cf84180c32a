import type { Timer } from "../async/mod.ts";
import type { VADAnalyzer } from "../audio/vad/mod.ts";
import type { LLMContext } from "../context/mod.ts";
import {
  ErrorFrame,
  InterruptionFrame,
  LLMUpdateSettingsFrame,
  type VADParamsLike,
  VADParamsUpdateFrame,
} from "../frames/mod.ts";
import { pushVADEvent, VADController, type VADEvent } from "../processors/audio/mod.ts";
import type { ProcessorEvents, ProcessorRole } from "../processors/mod.ts";
import { conversationOf, partnerOf } from "./_conversation.ts";
import type { UserTurnOutcome } from "./events.ts";
import { LLMContextAggregator, type LLMContextAggregatorParams } from "./llm_context_aggregator.ts";
import type { BaseUserMuteStrategy } from "./user_mute/user_mute_strategies.ts";
import type { AnyUserTurnStartStrategy } from "./user_start/base_user_turn_start_strategy.ts";
import type { BaseUserTurnStopStrategy } from "./user_stop/base_user_turn_stop_strategy.ts";
import { type UserTurnCompletionConfig, userTurnCompletionConfig } from "./user_turn_completion.ts";
import type { UserTurnStrategies, UserTurnStrategiesOptions } from "./user_turn_strategies.ts";
import {
  type StartedEffect,
  type StoppedEffect,
  UserTurns,
  type UserTurnsHost,
} from "./_user_turns.ts";

/** How long the bot's voice may still come back after its end, in milliseconds. */
const ECHO_TAIL_MS = 1_000;

/** How long after the beginning of a turn an interruption from elsewhere belongs to it. */
const SAME_MOMENT_MS = 100;

/** What an {@linkcode LLMUserAggregator} can be given. */
export interface LLMUserAggregatorParams extends LLMContextAggregatorParams {
  /**
   * How the user's turns are found; by default as the STT service advises, else
   * by voice, words and silence.
   */
  readonly userTurnStrategies?: UserTurnStrategies | UserTurnStrategiesOptions | undefined;
  /** When the user is not listened to; never by default. */
  readonly userMuteStrategies?: readonly BaseUserMuteStrategy[] | undefined;
  /** Seconds without anything happening after which a silent user's turn ends. @default {5} */
  readonly userTurnStopTimeoutSecs?: number | undefined;
  /**
   * Seconds of silence without a word after which a voice counts as a noise, if
   * it has cut off an answer before anything of that was heard: the turn is over
   * then, and the model is asked again. An STT service that says it takes longer
   * is waited for. 0 for never: then the turn ends as any other, and nobody is
   * asked. Takes both halves of a pair.
   *
   * @default {2}
   */
  readonly falseInterruptionTimeoutSecs?: number | undefined;
  /** Seconds of silence after the bot's speech that make the user idle; 0 for never. @default {0} */
  readonly userIdleTimeoutSecs?: number | undefined;
  /**
   * Finds speech in the user's audio, where nobody before has done so; it
   * belongs to the aggregator from now on.
   */
  readonly vadAnalyzer?: VADAnalyzer | undefined;
  /**
   * How loud speech must be, from 0 to 1, while the bot speaks: what of the
   * bot's own voice comes back into the microphone is softer than a caller.
   * By default as loud as at other times.
   */
  readonly botSpeakingMinVolume?: number | undefined;
  /**
   * Whether the model judges if the user has said all, and stays silent while he
   * has not. @default {false}
   */
  readonly filterIncompleteUserTurns?: boolean | undefined;
  /** How it judges, and how long it then waits. */
  readonly userTurnCompletionConfig?: UserTurnCompletionConfig | undefined;
  /** Seconds without any audio after which the analyzer's speech is over. @default {1} */
  readonly audioIdleTimeoutSecs?: number | undefined;
}

/** What the user said in a turn that is over. */
export interface UserTurnStoppedMessage {
  /** What was understood; empty where that was nothing. */
  readonly content: string;
  /** When the turn began, as an ISO 8601 date. */
  readonly timestamp: string;
  /** Who spoke, if the transport knows. */
  readonly userId?: string | undefined;
  /** How the turn ended. */
  readonly outcome: UserTurnOutcome;
}

/** What the user said, as it was written into the context. */
export interface UserTurnMessageAddedMessage {
  /** The words. */
  readonly content: string;
  /** When the turn began, as an ISO 8601 date. */
  readonly timestamp: string;
  /** Who spoke, if the transport knows. */
  readonly userId?: string | undefined;
}

/** What a noise has done, of which no words were understood. */
export interface FalseInterruption {
  /** Whether the model is asked once more for the answer that was cut off. */
  readonly askedAgain: boolean;
}

/** Events of an {@linkcode LLMUserAggregator}. */
export interface LLMUserAggregatorEvents extends ProcessorEvents {
  /** The user's turn has begun. */
  readonly userTurnStarted: readonly [strategy: AnyUserTurnStartStrategy];
  /** The user's turn is over; there is no strategy where time ran out or the session ended. */
  readonly userTurnStopped: readonly [
    strategy: BaseUserTurnStopStrategy | undefined,
    message: UserTurnStoppedMessage,
  ];
  /** No strategy ended the turn in time; it ends now. */
  readonly userTurnStopTimeout: readonly [];
  /** The user does not answer. */
  readonly userTurnIdle: readonly [];
  /** The model is asked, because the user's turn is over. */
  readonly userTurnInferenceTriggered: readonly [strategy: BaseUserTurnStopStrategy | undefined];
  /**
   * A turn in which nothing was understood has cut off an answer of which
   * nothing was heard, and that nobody else asks for.
   */
  readonly falseInterruption: readonly [interruption: FalseInterruption];
  /** What the user said is in the context. */
  readonly userTurnMessageAdded: readonly [message: UserTurnMessageAddedMessage];
  /** The user is not listened to from now on. */
  readonly userMuteStarted: readonly [];
  /** The user is listened to again. */
  readonly userMuteStopped: readonly [];
}

/**
 * The user's half of a conversation: finds the user's turns, interrupts the bot
 * when one begins, writes what was said into the context and has the model
 * answer it. Stands between speech recognition and the model.
 *
 * @example
 * ```ts
 * import { LLMContext } from "@parley/sdk/context";
 * import { LLMUserAggregator } from "@parley/sdk/turns";
 * await using user = new LLMUserAggregator(new LLMContext(), { userIdleTimeoutSecs: 10 });
 * user.on("userTurnStopped", (_strategy, { content }) => console.log(content));
 * ```
 */
export class LLMUserAggregator extends LLMContextAggregator<LLMUserAggregatorEvents> {
  readonly #params: LLMUserAggregatorParams;
  readonly #turns: UserTurns;
  #vad: VADController | undefined;
  #minVolume: number | undefined;
  #echoTail: Timer | undefined;
  readonly #falseTimeoutMs: number;
  #beganAt = -Infinity;
  #timestamp = "";

  /**
   * Makes the half; give the same context to the assistant's.
   *
   * @throws {RangeError} If incomplete turns, or words, cannot be waited for in that way.
   */
  constructor(context: LLMContext, params: LLMUserAggregatorParams = {}) {
    super(context, { ...params, toModel: "downstream" });
    this.#params = params;
    userTurnCompletionConfig(params.userTurnCompletionConfig);
    this.#falseTimeoutMs = checkedSecs(params.falseInterruptionTimeoutSecs ?? 2) * 1000;
    this.#turns = new UserTurns(this.#host(), params);
    this.handle(ErrorFrame, (_frame, context) => {
      // A model that failed may be asked the same again.
      conversationOf(this).gate.answered();
      return context.forward();
    });
    this.handle(InterruptionFrame, () => this.#interruptedByOthers());
    this.handle(VADParamsUpdateFrame, ({ params: changes }, context) => {
      if (params.vadAnalyzer) this.#listen(params.vadAnalyzer).setParams(this.#guarded(changes));
      return context.forward();
    });
    this.lifeSignal.addEventListener("abort", () => this.#close(), { once: true });
  }

  /** Always `"user-context"`. */
  override get role(): ProcessorRole {
    return "user-context";
  }

  /** The assistant's half, if the two were made as a pair. */
  override get partner(): { readonly name: string } | undefined {
    return partnerOf(this);
  }

  #host(): UserTurnsHost {
    const { vadAnalyzer } = this.#params;
    return {
      handle: (frameClass, handler) => this.handle(frameClass, handler),
      clock: () => this.clock,
      out: () => this.out,
      audio: vadAnalyzer && ((frame) => this.#listen(vadAnalyzer).process(frame)),
      call: (frame) => conversationOf(this).calls?.handle(frame),
      ready: () => this.#ready(),
      done: () => this.#vad?.idle(),
      botSpeaks: (speaking) => this.#guardEcho(speaking),
      keepsWords: true,
      started: (effect) => this.#started(effect),
      interrupted: () => {
        conversationOf(this).gate.interrupted();
        conversationOf(this).unheard?.cut();
      },
      stopped: (effect) => this.#stopped(effect),
      stopTimeout: () => this.emit("userTurnStopTimeout"),
      idle: () => this.emit("userTurnIdle"),
      muted: (muted) => this.emit(muted ? "userMuteStarted" : "userMuteStopped"),
    };
  }

  #started({ strategy }: StartedEffect): void {
    this.#timestamp = this.clock.date().toISOString();
    this.#beganAt = this.clock.now();
    const { gate, unheard } = conversationOf(this);
    gate.busy("user", true);
    unheard?.turnBegan();
    this.emit("userTurnStarted", strategy);
  }

  #stopped({ strategy, text: content, userId, outcome }: StoppedEffect): void {
    const { gate, unheard } = conversationOf(this);
    const unanswered = unheard?.turnEnded({ words: content !== "" }) === true;
    const message = { content, timestamp: this.#timestamp, userId: userId || undefined };
    if (content !== "") {
      this.context.addMessage({ role: "user", content });
      this.emit("userTurnMessageAdded", message);
    }
    if (content !== "" && outcome !== "ended") {
      this.emit("userTurnInferenceTriggered", strategy);
      this.askModel();
    } else if (unanswered && outcome !== "ended") this.#falselyInterrupted();
    gate.busy("user", false);
    this.emit("userTurnStopped", strategy, { ...message, outcome });
  }

  /** Whoever finds turns for this half interrupts when they begin; anybody else wants silence. */
  #interruptedByOthers(): void {
    const isSameMoment = this.clock.now() - this.#beganAt <= SAME_MOMENT_MS;
    const { unheard } = conversationOf(this);
    if (this.#turns.open && isSameMoment) unheard?.cut();
    else unheard?.drop();
  }

  #falselyInterrupted(): void {
    const askedAgain = this.#falseTimeoutMs > 0;
    if (askedAgain) {
      this.log.info(`"${this.name}" asks again: a noise cut off an answer that was not heard yet`);
      this.#turns.answerAsked();
      this.askModel();
    }
    this.emit("falseInterruption", { askedAgain });
  }

  #ready(): void | Promise<void> {
    const { filterIncompleteUserTurns, userTurnCompletionConfig, vadAnalyzer } = this.#params;
    const { unheard } = conversationOf(this);
    if (unheard && this.#falseTimeoutMs > 0) {
      unheard.doubt = () => this.#turns.expectWords(this.#falseTimeoutMs);
    }
    if (filterIncompleteUserTurns) {
      const delta = { filterIncompleteUserTurns, userTurnCompletionConfig };
      void this.out.push(new LLMUpdateSettingsFrame({ delta, reachInactiveServices: true }));
    }
    if (vadAnalyzer) return this.#load(vadAnalyzer);
  }

  async #load(analyzer: VADAnalyzer): Promise<void> {
    try {
      await this.clock.hold(analyzer.load());
    } catch (error) {
      this.#failed("load the VAD analyzer", error);
    }
  }

  /** Asks for louder speech while the bot is heard, and for what it was afterwards. */
  #guardEcho(speaking: boolean): void {
    const { vadAnalyzer, botSpeakingMinVolume } = this.#params;
    if (!vadAnalyzer || botSpeakingMinVolume === undefined || this.lifeSignal.aborted) return;
    this.#echoTail?.cancel();
    const usual = this.#minVolume ??= vadAnalyzer.params.minVolume;
    if (speaking) {
      return vadAnalyzer.setParams({ minVolume: Math.max(usual, botSpeakingMinVolume) });
    }
    this.#echoTail = this.clock.timer(ECHO_TAIL_MS, () => {
      vadAnalyzer.setParams({ minVolume: this.#minVolume ?? usual });
      this.#minVolume = undefined;
    });
  }

  /** While the bot is heard, what is usual is only remembered where more is asked for. */
  #guarded(changes: VADParamsLike): VADParamsLike {
    if (this.#minVolume === undefined) return changes;
    this.#minVolume = changes.minVolume;
    const { botSpeakingMinVolume = 0 } = this.#params;
    return { ...changes, minVolume: Math.max(changes.minVolume, botSpeakingMinVolume) };
  }

  #listen(analyzer: VADAnalyzer): VADController {
    return this.#vad ??= new VADController({
      analyzer,
      clock: this.clock,
      audioIdleTimeout: this.#params.audioIdleTimeoutSecs,
      found: (event) => this.#found(event),
      failed: (error) => this.#failed("find speech", error),
    });
  }

  #found(event: VADEvent): void {
    const tell = () => pushVADEvent(event, this.out);
    if (event.type === "started") this.#turns.hear({ type: "vadStarted" }, tell);
    else if (event.type === "stopped") {
      this.#turns.hear({ type: "vadStopped", stopSecs: event.stopSecs }, tell);
    } else tell();
  }

  #failed(doing: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.reportError(`Cannot ${doing} in "${this.name}": ${why}`, error);
  }

  #close(): void {
    this.#echoTail?.cancel();
    this.#turns.end();
    conversationOf(this).gate.close();
    const closed = this.#vad?.close() ?? this.#params.vadAnalyzer?.close();
    closed?.catch((error) => this.log.warn(`"${this.name}" did not close its analyzer`, error));
  }
}

function checkedSecs(secs: number): number {
  if (secs >= 0) return secs;
  throw new RangeError(
    `Cannot wait for words with "falseInterruptionTimeoutSecs" ${secs}: pass 0 or more`,
  );
}
