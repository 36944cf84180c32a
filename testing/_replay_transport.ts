import type { Frame } from "../frames/mod.ts";
import type { AnyFrameProcessor } from "../processors/mod.ts";
import {
  type AudioChunk,
  BaseInputTransport,
  BaseOutputTransport,
  BaseTransport,
} from "../transports/base/mod.ts";

/** Something that is to happen in a call that is played again. */
export interface ReplayEvent {
  /** When, in milliseconds from the start of the pipeline. */
  readonly atMs: number;
  /** Does it. */
  readonly happen: (push: (frame: Frame) => void) => void;
}

/** Gives the frames of a recorded call when they came. */
class ReplayInput extends BaseInputTransport {
  readonly #events: readonly ReplayEvent[];
  #startMs = 0;

  constructor(events: readonly ReplayEvent[]) {
    super({ audioInEnabled: true });
    this.#events = events;
  }

  protected override open(): void {
    this.#startMs = this.clock.now();
  }

  protected override begin(): void {
    this.spawn("replay", (signal) => this.#replay(signal));
  }

  async #replay(signal: AbortSignal): Promise<void> {
    for (const { atMs, happen } of this.#events) {
      const leftMs = this.#startMs + atMs - this.clock.now();
      if (leftMs > 0) await this.clock.sleep(leftMs, { signal });
      happen((frame) => this.receive(frame));
    }
  }
}

/** Takes what the bot says, as long as it takes to say it. */
class ReplayOutput extends BaseOutputTransport {
  readonly #started: () => void;
  #writtenMs = 0;

  constructor(started: () => void, sampleRate: number | undefined) {
    super({ audioOutEnabled: true, audioOutEndSilenceSecs: 0, audioOutSampleRate: sampleRate });
    this.#started = started;
  }

  protected override begin(): void {
    this.#started();
  }

  protected override writeAudio(pcm: Int16Array, { atMs, sampleRate }: AudioChunk): void {
    this.#writtenMs = Math.max(this.#writtenMs, atMs + pcm.length * 1000 / sampleRate);
  }

  /** In whole samples, as a tape is cut. */
  protected override recall(): number {
    const { sampleRate } = this.format;
    const samples = Math.round(this.#writtenMs * sampleRate / 1000) -
      Math.round(this.clock.now() * sampleRate / 1000);
    this.#writtenMs = Math.min(this.#writtenMs, this.clock.now());
    return Math.max(0, samples) * 1000 / sampleRate;
  }
}

/** Events of a {@linkcode ReplayTransport}. */
export interface ReplayTransportEvents {
  /** Everything up to the output has started. */
  readonly started: readonly [];
}

/** The caller of a recorded call, who does what he did then. */
export class ReplayTransport extends BaseTransport<ReplayTransportEvents> {
  readonly #input: ReplayInput;
  readonly #output: ReplayOutput;

  constructor(events: readonly ReplayEvent[], sampleRate: number | undefined) {
    super();
    this.#input = new ReplayInput(events);
    this.#output = new ReplayOutput(() => this.emit("started"), sampleRate);
  }

  override input(): AnyFrameProcessor {
    return this.#input;
  }

  override output(): AnyFrameProcessor {
    return this.#output;
  }
}
