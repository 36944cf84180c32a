import type { Clock } from "../async/mod.ts";
import type { BaseObserver } from "../observers/mod.ts";
import type { BotSession, RunnerFlags } from "../runner/session.ts";
import type { CallerVoice } from "./caller_voice.ts";
import type { ScriptedServices, ServiceScript } from "./scripted_services.ts";

/**
 * A bot that can be called by a test: one that takes its services as a second
 * argument is given scripted ones, and any other runs on its own.
 */
export type TestedBot = (session: BotSession, services: ScriptedServices) => Promise<void>;

/** How a bot is called: what its scripted services do, and how the caller sounds. */
export interface CallOptions extends ServiceScript {
  /** How the caller sounds. A bot with a recogniser of its own needs a real voice. @default {syntheticVoice} */
  readonly caller?: CallerVoice | undefined;
  /** What the bot's session is told. */
  readonly flags?: RunnerFlags | undefined;
  /** The clock of the call; `systemClock` for real time. @default {new VirtualClock()} */
  readonly clock?: Clock | undefined;
  /** Who sees every frame, such as a `CallRecorder`. */
  readonly observers?: readonly BaseObserver[] | undefined;
  /** Milliseconds after which what is waited for is not going to come. @default {30000} */
  readonly limitMs?: number | undefined;
}

/** What is expected of something that is waited for. */
export interface ExpectOptions {
  /** Milliseconds it may take, from when the caller last spoke or typed. */
  readonly withinMs?: number | undefined;
  /** Milliseconds after which it is not going to come; those of the call by default. */
  readonly limitMs?: number | undefined;
}

/** What is expected of a tool's call. */
export interface ExpectCallOptions extends ExpectOptions {
  /** What the tool is to give. */
  readonly gives?: unknown;
}

/** When and how the bot is interrupted. */
export interface InterruptOptions {
  /** Milliseconds of the answer that are heard before. @default {0} */
  readonly afterMs?: number | undefined;
  /** What is heard of the answer before, if that is what counts. */
  readonly afterHearing?: string | RegExp | undefined;
  /** Whether it is typed and not said. @default {false} */
  readonly typed?: boolean | undefined;
}

/** What the bot said in one go, as it was heard. */
export interface HeardAnswer {
  /** The words. */
  readonly text: string;
  /** When its first sound was heard, in milliseconds of the call. */
  readonly atMs: number;
  /** When it was over, if it is. */
  readonly endMs: number | undefined;
  /** Whether it was interrupted. */
  readonly cut: boolean;
}
