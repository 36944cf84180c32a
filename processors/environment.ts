import { type Clock, consoleLogger, type Logger, systemClock } from "../async/mod.ts";
import type { Frame, FrameClass, FrameDirection } from "../frames/mod.ts";

/** The way from one processor to its neighbour, the same for all frames that take it. */
export interface FramePath {
  /** Who pushes. */
  readonly source: Named;
  /** Whose door it leads to. */
  readonly destination: Named;
  /** Where it leads. */
  readonly direction: FrameDirection;
}

/** What is told of every frame; see `@parley/sdk/observers` for the public side. */
export interface FrameSink {
  /** A frame was pushed. */
  pushed(path: FramePath, frame: Frame): void;
  /** `processor` begins to handle `frame`; left out where nobody asks. */
  processed?: ((processor: Named, frame: Frame, direction: FrameDirection) => void) | undefined;
}

/** Who wants to know that frames of some classes come by, wherever that is. */
export interface FrameWatch {
  /** The classes; their child classes are meant, too. */
  readonly classes: readonly FrameClass[];
  /** A processor begins with such a frame. It must be quick. */
  seen(frame: Frame): void;
}

/** Something with a name. */
export interface Named {
  /** Its name, such as `Shout#1`. */
  readonly name: string;
}

/** What the processors of one task share. */
export interface Environment {
  /** The clock of the conversation. */
  readonly clock: Clock;
  /** Where warnings go. */
  readonly log: Logger;
  /** The number of interruptions so far: frames of earlier epochs are stale. */
  readonly epochs: { current: number };
  /** How many frames moved, live input and heartbeats apart: shows that work goes on. */
  readonly activity: { count: number };
  /** Who observes, if anyone. */
  readonly observer: FrameSink | undefined;
  /** Who wants to know of some frames, if anyone. */
  readonly watch: FrameWatch | undefined;
  /** What the application shares with its tools and processors. */
  readonly appResources: unknown;
  /** Milliseconds that a handler may delay a lifecycle frame. */
  readonly lifecycleTimeoutMs: number;
  /** Milliseconds that an end may take in all, however much moves. */
  readonly drainLimitMs: number;
  /** What the pipeline was started with, once it is. */
  readonly params: EnvironmentParams;
}

/** What all processors of a task may want to know. */
export interface EnvironmentParams {
  /** Sample rate of the audio that comes in, in hertz. */
  readonly audioInSampleRate: number;
  /** Sample rate of the audio that goes out, in hertz. */
  readonly audioOutSampleRate: number;
  /** Whether services report how long they take. */
  readonly enableMetrics: boolean;
  /** Whether services report tokens, characters and seconds. */
  readonly enableUsageMetrics: boolean;
  /** Whether only the first time to first byte of each service is reported. */
  readonly reportOnlyInitialTtfb: boolean;
}

/** What an environment can be made with; the rest has defaults. */
export interface EnvironmentOptions {
  /** The clock of the conversation. @default {systemClock} */
  readonly clock?: Clock | undefined;
  /** Where warnings go. @default {consoleLogger("warn")} */
  readonly log?: Logger | undefined;
  /** Who observes. */
  readonly observer?: FrameSink | undefined;
  /** Who wants to know of some frames. */
  readonly watch?: FrameWatch | undefined;
  /** What the application shares with its tools and processors. */
  readonly appResources?: unknown;
  /** Milliseconds that a handler may delay a lifecycle frame. @default {10000} */
  readonly lifecycleTimeoutMs?: number | undefined;
  /** Milliseconds that an end may take in all, however much moves. @default {600000} */
  readonly drainLimitMs?: number | undefined;
  /** What the pipeline is started with. */
  readonly params?: Partial<EnvironmentParams> | undefined;
}

/**
 * Makes an environment for processors that run outside a task.
 *
 * @example
 * ```ts
 * import { makeEnvironment } from "@parley/sdk/processors";
 * console.log(makeEnvironment().epochs.current); // 0
 * ```
 */
export function makeEnvironment(options: EnvironmentOptions = {}): Environment {
  return {
    clock: options.clock ?? systemClock,
    log: options.log ?? consoleLogger(),
    epochs: { current: 0 },
    activity: { count: 0 },
    observer: options.observer,
    watch: options.watch,
    appResources: options.appResources,
    lifecycleTimeoutMs: options.lifecycleTimeoutMs ?? 10_000,
    drainLimitMs: options.drainLimitMs ?? 600_000,
    params: paramsOf(options.params ?? {}),
  };
}

/** Every parameter that there is, and no other. */
function paramsOf(given: Partial<EnvironmentParams>): EnvironmentParams {
  return {
    audioInSampleRate: given.audioInSampleRate ?? 16_000,
    audioOutSampleRate: given.audioOutSampleRate ?? 24_000,
    enableMetrics: given.enableMetrics ?? false,
    enableUsageMetrics: given.enableUsageMetrics ?? false,
    reportOnlyInitialTtfb: given.reportOnlyInitialTtfb ?? false,
  };
}
