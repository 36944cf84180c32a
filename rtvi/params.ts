import type { AnyFrameProcessor } from "../processors/mod.ts";

/** How much a client learns of a function call. */
export type RTVIFunctionCallReportLevel =
  /** Nothing. */
  | "disabled"
  /** That there is a call, and its id. */
  | "none"
  /** The function's name, too. */
  | "name"
  /** Arguments and result, too. */
  | "full";

/** Changes a text on its way to the client; it is told how the text was cut. */
export type BotOutputTransform = (text: string, aggregatedBy: string) => string;

/** What a client is told of the conversation. */
export interface RTVIObserverParams {
  /** Whether the bot's output is sent, with what of it has been spoken. @default {true} */
  readonly botOutputEnabled?: boolean | undefined;
  /** Whether the model's text is sent. @default {true} */
  readonly botLlmEnabled?: boolean | undefined;
  /** Whether spoken words are sent. @default {true} */
  readonly botTtsEnabled?: boolean | undefined;
  /** Whether it is sent that the bot starts and stops speaking, or is interrupted. @default {true} */
  readonly botSpeakingEnabled?: boolean | undefined;
  /** Whether it is sent how loud the bot is. @default {false} */
  readonly botAudioLevelEnabled?: boolean | undefined;
  /** Whether what the model is asked is sent. @default {true} */
  readonly userLlmEnabled?: boolean | undefined;
  /** Whether it is sent that the user's turn starts and stops. @default {true} */
  readonly userSpeakingEnabled?: boolean | undefined;
  /** Whether it is sent that the user's voice starts and stops. @default {false} */
  readonly vadUserSpeakingEnabled?: boolean | undefined;
  /** Whether it is sent that the user is muted. @default {true} */
  readonly userMuteEnabled?: boolean | undefined;
  /** Whether what the user said is sent. @default {true} */
  readonly userTranscriptionEnabled?: boolean | undefined;
  /** Whether it is sent how loud the user is. @default {false} */
  readonly userAudioLevelEnabled?: boolean | undefined;
  /** Whether measurements are sent. @default {true} */
  readonly metricsEnabled?: boolean | undefined;
  /** Processors of whose own frames nothing is sent, such as a model that only judges. @default {[]} */
  readonly ignoredSources?: readonly AnyFrameProcessor[] | undefined;
  /**
   * Kinds of text of which nothing is sent, by how they were cut, such as
   * `"credit_card"`. The model's own text holds them, too: see `botLlmEnabled`.
   */
  readonly skipAggregatorTypes?: readonly string[] | undefined;
  /**
   * Change the bot's output on its way to the client, in order: each with the
   * kind of text it is for, by how it was cut, or `"*"` for all.
   */
  readonly botOutputTransforms?:
    | readonly (readonly [aggregatedBy: string, transform: BotOutputTransform])[]
    | undefined;
  /** Seconds of audio that one level stands for. @default {0.15} */
  readonly audioLevelPeriodSecs?: number | undefined;
  /**
   * What is told of function calls, by the function's name; `"*"` stands for
   * those not named.
   *
   * @default {{ "*": "none" }}
   */
  readonly functionCallReportLevel?:
    | Readonly<Record<string, RTVIFunctionCallReportLevel>>
    | undefined;
}

/** How much a client learns of the calls of a function. */
export function reportLevel(
  params: RTVIObserverParams,
  functionName: string,
): RTVIFunctionCallReportLevel {
  const levels = params.functionCallReportLevel ?? {};
  const own = Object.hasOwn(levels, functionName) ? levels[functionName] : undefined;
  return own ?? levels["*"] ?? "none";
}
