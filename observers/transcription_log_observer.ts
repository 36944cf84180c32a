import { InterimTranscriptionFrame, TranscriptionFrame } from "../frames/mod.ts";
import { BaseObserver, type FramePushed } from "../processors/mod.ts";
import { isOf } from "./_endpoints.ts";
import { FrameWatch } from "./_frame_watch.ts";
import { amountOf, LogLine } from "./_log_line.ts";
import type { LogObserverOptions } from "./log_observer_options.ts";

/**
 * Writes a line for every transcript that an STT service makes, final or not:
 * how long it is, and what it says where `personalData` is wanted.
 *
 * @example
 * ```ts
 * import { TranscriptionLogObserver } from "@parley/sdk/observers";
 * const observer = new TranscriptionLogObserver({ personalData: true });
 * console.log(observer instanceof TranscriptionLogObserver); // true
 * ```
 */
export class TranscriptionLogObserver extends BaseObserver {
  readonly #frames: FrameWatch = new FrameWatch();
  readonly #line: LogLine;

  /** Makes an observer. */
  constructor(options: LogObserverOptions = {}) {
    super();
    this.#line = new LogLine(options);
    this.#frames.on(
      TranscriptionFrame,
      (frame, _at, data) => this.#write("TRANSCRIPTION", frame, data),
    );
    this.#frames.on(
      InterimTranscriptionFrame,
      (frame, _at, data) => this.#write("INTERIM TRANSCRIPTION", frame, data),
    );
  }

  /** Writes the frame, if it is a transcript that comes from its service. */
  override onPushFrame(data: FramePushed): void {
    this.#frames.see(data);
  }

  #write(
    what: string,
    { text, userId }: TranscriptionFrame | InterimTranscriptionFrame,
    { source, timestamp }: FramePushed,
  ): void {
    if (!isOf(source, "stt")) return;
    const line = `💬 ${source.name} → ${what}: ${amountOf(text, "character")}`;
    this.#line.write(line, timestamp, { text, userId });
  }
}
