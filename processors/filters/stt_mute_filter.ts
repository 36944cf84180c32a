import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  type Frame,
  FunctionCallCancelFrame,
  FunctionCallResultFrame,
  FunctionCallsStartedFrame,
  InputAudioRawFrame,
  InterimTranscriptionFrame,
  StartFrame,
  STTMuteFrame,
  TranscriptionFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import type { FrameContext } from "../contract.ts";
import { FrameProcessor, type FrameProcessorOptions } from "../mod.ts";

/** When an {@linkcode STTMuteFilter} mutes the user. */
export const STTMuteStrategy = {
  /** During the bot's first speech. */
  FIRST_SPEECH: "first_speech",
  /** From the beginning until the bot has ended its first speech. */
  MUTE_UNTIL_FIRST_BOT_COMPLETE: "mute_until_first_bot_complete",
  /** While functions are called. */
  FUNCTION_CALL: "function_call",
  /** Whenever the bot speaks. */
  ALWAYS: "always",
  /** While the bot speaks, if a function of yours says so. */
  CUSTOM: "custom",
} as const;

/** When the user is muted; one of the values of the constant of the same name. */
export type STTMuteStrategy = (typeof STTMuteStrategy)[keyof typeof STTMuteStrategy];

/** When the user is muted. */
export interface STTMuteConfig {
  /** Any of these mutes. */
  readonly strategies: Iterable<STTMuteStrategy>;
  /** Asked when the bot begins to speak; needed for `"custom"`. */
  readonly shouldMuteCallback?:
    | ((filter: STTMuteFilter) => boolean | Promise<boolean>)
    | undefined;
}

/** What an {@linkcode STTMuteFilter} can be given. */
export interface STTMuteFilterOptions extends FrameProcessorOptions {
  /** When the user is muted. */
  readonly config: STTMuteConfig;
}

/** What the user does, none of which counts while he is muted. */
const OF_THE_USER = [
  InputAudioRawFrame,
  InterimTranscriptionFrame,
  TranscriptionFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
];

/**
 * Mutes the user at certain times: what he says is kept back, and the STT
 * service is told to send nothing to its provider. Stands between the STT
 * service and the context aggregator.
 *
 * The `userMuteStrategies` of `LLMUserAggregator` do the same within the logic
 * of turns, also where the voice is detected there, and are the better choice.
 *
 * @example
 * ```ts
 * import { STTMuteFilter, STTMuteStrategy } from "@parley/sdk/processors/filters";
 * await using filter = new STTMuteFilter({
 *   config: { strategies: [STTMuteStrategy.FIRST_SPEECH] },
 * });
 * console.log(filter.muted); // false
 * ```
 */
export class STTMuteFilter extends FrameProcessor {
  readonly #strategies: ReadonlySet<STTMuteStrategy>;
  readonly #config: STTMuteConfig;
  readonly #calls: Set<string> = new Set();
  #bot: "silent" | "first" | "later" = "silent";
  #botSpoke = false;
  #custom = false;
  #muted = false;

  /**
   * Makes a filter.
   *
   * @throws {TypeError} If strategies exclude each other, or `"custom"` has no function.
   */
  constructor(options: STTMuteFilterOptions) {
    super(options);
    this.#config = options.config;
    this.#strategies = new Set(options.config.strategies);
    this.#check();
    this.handle(StartFrame, async (_frame, context) => {
      await context.forward();
      this.#update(context);
    });
    for (const frameClass of OF_THE_USER) {
      this.handle<Frame>(frameClass, (_frame, context) => {
        if (!this.#muted || context.direction === "upstream") return context.forward();
      });
    }
    this.#followBot();
    this.#followCalls();
  }

  /** Whether the user is muted at present. */
  get muted(): boolean {
    return this.#muted;
  }

  #check(): void {
    const { FIRST_SPEECH, MUTE_UNTIL_FIRST_BOT_COMPLETE, CUSTOM } = STTMuteStrategy;
    if (
      this.#strategies.has(FIRST_SPEECH) && this.#strategies.has(MUTE_UNTIL_FIRST_BOT_COMPLETE)
    ) {
      throw new TypeError(
        `Cannot mute by "${FIRST_SPEECH}" and "${MUTE_UNTIL_FIRST_BOT_COMPLETE}" together: ` +
          "they treat the first speech differently, choose one",
      );
    }
    if (this.#strategies.has(CUSTOM) && !this.#config.shouldMuteCallback) {
      throw new TypeError(`Cannot mute by "${CUSTOM}": pass "shouldMuteCallback"`);
    }
  }

  #followBot(): void {
    this.handle(BotStartedSpeakingFrame, async (_frame, context) => {
      this.#bot = this.#botSpoke ? "later" : "first";
      this.#botSpoke = true;
      this.#update(context);
      await context.forward();
      const { shouldMuteCallback } = this.#config;
      if (!this.#strategies.has(STTMuteStrategy.CUSTOM) || !shouldMuteCallback) return;
      this.#custom = await shouldMuteCallback(this);
      this.#update(context);
    });
    this.handle(BotStoppedSpeakingFrame, (_frame, context) => {
      this.#bot = "silent";
      this.#custom = false;
      this.#update(context);
      return context.forward();
    });
  }

  #followCalls(): void {
    this.handle(FunctionCallsStartedFrame, (frame, context) => {
      for (const { toolCallId } of frame.functionCalls) this.#calls.add(toolCallId);
      this.#update(context);
      return context.forward();
    });
    for (const end of [FunctionCallResultFrame, FunctionCallCancelFrame]) {
      this.handle<FunctionCallResultFrame | FunctionCallCancelFrame>(end, (frame, context) => {
        const { properties = undefined } = frame instanceof FunctionCallResultFrame ? frame : {};
        if (properties?.isFinal !== false) this.#calls.delete(frame.toolCallId);
        this.#update(context);
        return context.forward();
      });
    }
  }

  /** Tells the STT service, which stands before it, when something has changed. */
  #update(context: FrameContext): void {
    const muted = this.#shouldMute();
    if (muted === this.#muted) return;
    this.#muted = muted;
    void context.push(new STTMuteFrame(muted), "upstream");
  }

  #shouldMute(): boolean {
    const by = this.#strategies;
    const speaking = this.#bot !== "silent";
    return (by.has(STTMuteStrategy.ALWAYS) && speaking) ||
      (by.has(STTMuteStrategy.FIRST_SPEECH) && this.#bot === "first") ||
      (by.has(STTMuteStrategy.MUTE_UNTIL_FIRST_BOT_COMPLETE) &&
        (!this.#botSpoke || this.#bot === "first")) ||
      (by.has(STTMuteStrategy.FUNCTION_CALL) && this.#calls.size > 0) ||
      (speaking && this.#custom);
  }
}
