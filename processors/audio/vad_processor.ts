import type { VADAnalyzer } from "../../audio/vad/mod.ts";
import {
  EndFrame,
  InputAudioRawFrame,
  StartFrame,
  StopFrame,
  VADParamsUpdateFrame,
} from "../../frames/mod.ts";
import { FrameProcessor, type FrameProcessorOptions, type FrameScope } from "../mod.ts";
import { pushVADEvent, VADController } from "./vad_controller.ts";

/** What a {@linkcode VADProcessor} can be told. */
export interface VADProcessorOptions extends FrameProcessorOptions {
  /** Tells speech from silence; it belongs to the processor from now on. */
  readonly vadAnalyzer: VADAnalyzer;
  /** Seconds between two `UserSpeakingFrame`s while somebody speaks. @default {0.2} */
  readonly speechActivityPeriod?: number | undefined;
  /** Seconds without any audio after which speech counts as over; 0 turns this off. @default {1} */
  readonly audioIdleTimeout?: number | undefined;
}

/**
 * Finds speech in the audio that comes in, and says both ways when it begins and ends.
 *
 * What decided and what was decided leave in this order: a `VADUserStartedSpeakingFrame` comes right after the audio
 * that made it sure. So audio waits here for the analyzer, some milliseconds, and nothing else does: other frames
 * overtake it, except that the end waits until the last audio has been looked at. A `VADParamsUpdateFrame` changes its
 * parameters, and a `SpeechControlParamsFrame` says so both ways.
 *
 * @example
 * ```ts
 * import { VADProcessor } from "@parley/sdk/processors/audio";
 * import { SileroVADAnalyzer } from "@parley/sdk/audio/vad/silero";
 *
 * await using vad = new VADProcessor({ vadAnalyzer: new SileroVADAnalyzer() });
 * console.log(vad.name); // "VADProcessor#1"
 * ```
 */
export class VADProcessor extends FrameProcessor {
  readonly #options: VADProcessorOptions;
  #controller: VADController | undefined;
  #scope: FrameScope | undefined;

  /** Makes a processor; the analyzer's model is loaded when the pipeline starts. */
  constructor(options: VADProcessorOptions) {
    super(options);
    this.#options = options;
    this.handle(StartFrame, () => this.#load());
    this.handle(InputAudioRawFrame, (frame, context) => {
      if (context.direction === "upstream") return context.forward();
      this.#control().process(frame);
    });
    this.handle(VADParamsUpdateFrame, (frame, context) => {
      this.#control().setParams(frame.params);
      return context.forward();
    });
    for (const last of [EndFrame, StopFrame]) this.handle(last, () => this.#controller?.idle());
    this.lifeSignal.addEventListener("abort", () => this.#close(), { once: true });
  }

  async #load(): Promise<void> {
    try {
      await this.clock.hold(this.#options.vadAnalyzer.load());
    } catch (error) {
      this.#failed("load the VAD analyzer", error);
    }
  }

  #control(): VADController {
    const scope = this.#scope ??= this.scope({ uninterruptible: true });
    const { vadAnalyzer, speechActivityPeriod, audioIdleTimeout } = this.#options;
    return this.#controller ??= new VADController({
      analyzer: vadAnalyzer,
      clock: this.clock,
      speechActivityPeriod,
      audioIdleTimeout,
      found: (event) => pushVADEvent(event, scope),
      failed: (error) => this.#failed("find speech", error),
    });
  }

  #close(): void {
    const closed = this.#controller?.close() ?? this.#options.vadAnalyzer.close();
    closed.catch((error) => this.log.warn(`"${this.name}" did not close its analyzer`, error));
  }

  #failed(doing: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.reportError(`Cannot ${doing} in "${this.name}": ${why}`, error);
  }
}
