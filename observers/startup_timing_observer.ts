import { BotConnectedFrame, ClientConnectedFrame, type Frame, StartFrame } from "../frames/mod.ts";
import { BaseObserver, FrameProcessor, type FramePushed, type Named } from "../processors/mod.ts";
import { wallClockOf } from "./_wall_clock.ts";
import type { ProcessorClass } from "./debug_log_observer.ts";

/** How long one processor took to start. */
export interface ProcessorStartupTiming {
  /** The processor. */
  readonly processorName: string;
  /** Seconds from the beginning until it began to start. */
  readonly startOffsetSecs: number;
  /** Seconds that it took. */
  readonly durationSecs: number;
}

/** How long a pipeline took to start. */
export interface StartupTimingReport {
  /** When the first processor began to start, in seconds since 1970. */
  readonly startTime: number;
  /** Seconds that all of them took together. */
  readonly totalDurationSecs: number;
  /** The processors, in the order in which they passed the start on: that of the pipeline, and of branches. */
  readonly processorTimings: readonly ProcessorStartupTiming[];
}

/** How long it took until somebody was there. */
export interface TransportTimingReport {
  /** When the pipeline began to start, in seconds since 1970. */
  readonly startTime: number;
  /** Seconds from then until the bot was in its room, where the transport has rooms. */
  readonly botConnectedSecs: number | undefined;
  /** Seconds from then until the first client was connected. */
  readonly clientConnectedSecs: number | undefined;
}

/** What a {@linkcode StartupTimingObserver} can be given. */
export interface StartupTimingObserverOptions {
  /** Classes of processors that are measured; all by default. */
  readonly processorTypes?: readonly ProcessorClass[] | undefined;
}

/** Events of a {@linkcode StartupTimingObserver}. */
export interface StartupTimingObserverEvents {
  /** The pipeline has started. */
  readonly startupTimingReport: readonly [report: StartupTimingReport];
  /** The first client is connected. */
  readonly transportTimingReport: readonly [report: TransportTimingReport];
}

/**
 * Measures what a pipeline waits for when it starts: how long each processor
 * holds up the start, and when bot and client are connected.
 *
 * What a processor does without an `await` is over within one burst, and counts
 * as no time.
 *
 * @example
 * ```ts
 * import { StartupTimingObserver } from "@parley/sdk/observers";
 * const observer = new StartupTimingObserver();
 * observer.on("startupTimingReport", ({ processorTimings }) => {
 *   for (const { processorName, durationSecs } of processorTimings) {
 *     console.log(`${processorName}: ${durationSecs.toFixed(3)}s`);
 *   }
 * });
 * ```
 */
export class StartupTimingObserver extends BaseObserver<StartupTimingObserverEvents> {
  readonly #types: readonly ProcessorClass[] | undefined;
  /** The frame that starts the pipeline, and when it set out. */
  #start: { readonly frame: Frame; readonly at: number } | undefined;
  /** When it reached those that hold it still. */
  readonly #arrivals: Map<Named, number> = new Map();
  readonly #timings: ProcessorStartupTiming[] = [];
  #reported = false;
  #botConnectedAt: number | undefined;
  #clientConnected = false;

  /** Makes an observer. */
  constructor(options: StartupTimingObserverOptions = {}) {
    super();
    this.#types = options.processorTypes;
  }

  /** Follows the start, and who connects. */
  override onPushFrame(data: FramePushed): void {
    const { frame, timestamp } = data;
    const at = timestamp / 1e6;
    if (frame instanceof StartFrame) this.#starts(data, at);
    else if (frame instanceof BotConnectedFrame) this.#botConnectedAt ??= at;
    else if (frame instanceof ClientConnectedFrame) this.#connected(at);
  }

  /** Reports how long the start took. */
  override onPipelineStarted(): void {
    if (this.#reported || !this.#start) return;
    this.#reported = true;
    this.emit("startupTimingReport", {
      startTime: wallClockOf(this.clock)(this.#start.at),
      totalDurationSecs: this.#timings.reduce((sum, { durationSecs }) => sum + durationSecs, 0),
      processorTimings: this.#timings,
    });
  }

  #starts({ frame, source, destination }: FramePushed, at: number): void {
    this.#start ??= { frame, at };
    if (this.#reported || frame !== this.#start.frame) return;
    const arrivedAt = this.#arrivals.get(source);
    if (arrivedAt !== undefined) {
      this.#arrivals.delete(source);
      this.#timings.push({
        processorName: source.name,
        startOffsetSecs: (arrivedAt - this.#start.at) / 1000,
        durationSecs: (at - arrivedAt) / 1000,
      });
    }
    if (this.#measures(destination)) this.#arrivals.set(destination, at);
  }

  /** Where branches part and meet stands a processor of no class of its own. */
  #measures(processor: Named): boolean {
    if (!this.#types) return processor.constructor !== FrameProcessor;
    return this.#types.some((type) => processor instanceof type);
  }

  #connected(at: number): void {
    if (this.#clientConnected || !this.#start) return;
    this.#clientConnected = true;
    const since = (moment: number) => (moment - (this.#start?.at ?? moment)) / 1000;
    this.emit("transportTimingReport", {
      startTime: wallClockOf(this.clock)(this.#start.at),
      botConnectedSecs: this.#botConnectedAt === undefined
        ? undefined
        : since(this.#botConnectedAt),
      clientConnectedSecs: since(at),
    });
  }
}
