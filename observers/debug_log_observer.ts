import { Frame, type FrameClass } from "../frames/mod.ts";
import { BaseObserver, type FramePushed } from "../processors/mod.ts";
import { fieldsOf } from "./_frame_fields.ts";
import { FrameTable } from "./_frame_table.ts";
import type { LogObserverOptions } from "./log_observer_options.ts";
import { LogLine } from "./_log_line.ts";

/** An end of the way that a frame takes. */
export const FrameEndpoint = {
  /** Who pushes it. */
  SOURCE: "source",
  /** Whose door it reaches. */
  DESTINATION: "destination",
} as const;

/** An end of the way that a frame takes; one of the values of the constant of the same name. */
export type FrameEndpoint = (typeof FrameEndpoint)[keyof typeof FrameEndpoint];

/** A class of processors, abstract ones included. */
export type ProcessorClass = abstract new (...args: never[]) => object;

/** Frames of a class, and the processor that must stand at an end of their way. */
export type FrameFilter = readonly [
  frame: FrameClass,
  processor: ProcessorClass,
  endpoint: FrameEndpoint,
];

/** What a {@linkcode DebugLogObserver} can be given. */
export interface DebugLogObserverOptions extends LogObserverOptions {
  /**
   * Frames that are written, child classes included, wherever they go or where
   * a filter says. All by default.
   */
  readonly frameTypes?: readonly (FrameClass | FrameFilter)[] | undefined;
  /** Fields that are not written. @default {["audio", "image", "images"]} */
  readonly excludeFields?: Iterable<string> | undefined;
}

/**
 * Writes a line for every frame that goes from one processor to the next: who
 * pushed what to whom, with the frame's fields.
 *
 * Numbers are written, and texts that only name something; of any other text,
 * list or object it says how large it is, unless `personalData` is wanted.
 *
 * @example Transcripts, and interruptions that an STT service is told of
 * ```ts
 * import { InterruptionFrame, TranscriptionFrame } from "@parley/sdk/frames";
 * import { DebugLogObserver, FrameEndpoint } from "@parley/sdk/observers";
 * import { STTService } from "@parley/sdk/services/stt";
 * const observer = new DebugLogObserver({
 *   frameTypes: [
 *     TranscriptionFrame,
 *     [InterruptionFrame, STTService, FrameEndpoint.DESTINATION],
 *   ],
 * });
 * console.log(observer instanceof DebugLogObserver); // true
 * ```
 */
export class DebugLogObserver extends BaseObserver {
  readonly #line: LogLine;
  readonly #excluded: ReadonlySet<string>;
  readonly #table: FrameTable<[data: FramePushed]> = new FrameTable();

  /** Makes an observer. */
  constructor(options: DebugLogObserverOptions = {}) {
    super();
    this.#line = new LogLine(options);
    this.#excluded = new Set(options.excludeFields ?? ["audio", "image", "images"]);
    for (const type of options.frameTypes ?? [Frame]) this.#writes(type);
  }

  /** Writes the frame, if it is one of those that are wanted. */
  override onPushFrame(data: FramePushed): void {
    this.#table.find(data.frame)?.(data.frame, data);
  }

  #writes(type: FrameClass | FrameFilter): void {
    if (typeof type === "function") {
      return this.#table.on<Frame>(type, (_frame, data) => this.#write(data));
    }
    const [frameClass, processor, endpoint] = type;
    this.#table.on<Frame>(frameClass, (_frame, data) => {
      if (data[endpoint] instanceof processor) this.#write(data);
    });
  }

  #write({ source, destination, frame, direction, timestamp }: FramePushed): void {
    const arrow = direction === "downstream" ? "→" : "←";
    const { shown, personal } = fieldsOf(frame, this.#excluded);
    const what = [frame.name, shown.join(", ")].filter((part) => part !== "").join(" ");
    this.#line.write(`${source.name} ${arrow} ${destination.name}: ${what}`, timestamp, personal);
  }
}
