import type { Timer } from "../../async/mod.ts";
import {
  EndFrame,
  InputDTMFFrame,
  InterruptionFrame,
  isKeypadEntry,
  KeypadEntry,
  StopFrame,
  TranscriptionFrame,
} from "../../frames/mod.ts";
import { FrameProcessor, type FrameProcessorOptions, type FrameScope } from "../mod.ts";

/** What a {@linkcode DTMFAggregator} can be given. */
export interface DTMFAggregatorOptions extends FrameProcessorOptions {
  /** Seconds without a further key after which what was pressed counts. @default {2} */
  readonly timeoutSecs?: number | undefined;
  /** The key that has what was pressed count at once. @default {"#"} */
  readonly terminationDigit?: KeypadEntry | undefined;
  /** What stands before the keys in the transcript. @default {"DTMF: "} */
  readonly prefix?: string | undefined;
}

/** Keys that one transcript holds at most: a key that hangs must not fill the memory. */
const MOST_KEYS = 256;

/**
 * Gathers the keys that a caller presses into one transcript, which the model
 * reads as it reads what was spoken. The first key interrupts the bot.
 *
 * Keys count once the key that ends them comes, after a pause, at an
 * interruption, and at the end of the call. Stands before the context
 * aggregator.
 *
 * @example
 * ```ts
 * import { InputDTMFFrame, TranscriptionFrame } from "@parley/sdk/frames";
 * import { DTMFAggregator } from "@parley/sdk/processors/aggregators";
 * import { TestPipeline } from "@parley/sdk/testing";
 * await using pipeline = new TestPipeline([new DTMFAggregator()]);
 * pipeline.push(new InputDTMFFrame("4"), new InputDTMFFrame("2"), new InputDTMFFrame("#"));
 * console.log((await pipeline.until(TranscriptionFrame)).text); // "DTMF: 42#"
 * ```
 */
export class DTMFAggregator extends FrameProcessor {
  readonly #timeoutMs: number;
  readonly #terminationDigit: KeypadEntry;
  readonly #prefix: string;
  /** The caller's keys are the last that an interruption may lose. */
  readonly #out: FrameScope = this.scope({ uninterruptible: true });
  #keys = "";
  #pause: Timer | undefined;

  /** Makes an aggregator that holds no key. */
  constructor(options: DTMFAggregatorOptions = {}) {
    super(options);
    this.#timeoutMs = (options.timeoutSecs ?? 2) * 1000;
    this.#terminationDigit = options.terminationDigit ?? KeypadEntry.POUND;
    this.#prefix = options.prefix ?? "DTMF: ";
    this.handle(InputDTMFFrame, (frame, context) => {
      void context.forward();
      const { button } = frame;
      if (!isKeypadEntry(button)) {
        return this.log.warn(`"${this.name}" leaves out a key that no telephone has`);
      }
      if (this.#keys === "") void context.broadcast(() => new InterruptionFrame());
      this.#add(button);
    });
    this.onInterruption(() => this.#flush());
    for (const last of [EndFrame, StopFrame]) this.handle(last, () => this.#flush());
  }

  /** Forgets the keys it holds. */
  protected override onClose(): void {
    this.#pause?.cancel();
    this.#keys = "";
  }

  #add(key: KeypadEntry): void {
    this.#keys += key;
    this.#pause?.cancel();
    if (key === this.#terminationDigit || this.#keys.length >= MOST_KEYS) return this.#flush();
    this.#pause = this.clock.timer(this.#timeoutMs, () => this.#flush());
  }

  #flush(): void {
    this.#pause?.cancel();
    const keys = this.#keys;
    this.#keys = "";
    if (keys === "") return;
    const timestamp = this.clock.date().toISOString();
    void this.#out.push(
      new TranscriptionFrame(this.#prefix + keys, { timestamp, finalized: true }),
    );
  }
}
