/**
 * Voice activity detection with the Silero model.
 *
 * @example Load it before the first audio comes
 * ```ts
 * import { SileroVADAnalyzer } from "@parley/sdk/audio/vad/silero";
 * import { assertEquals } from "@std/assert";
 *
 * await using vad = new SileroVADAnalyzer({ params: { stopSecs: 0.5 } });
 * await vad.load();
 * const { state } = await vad.analyze(new Int16Array(16000));
 * assertEquals(state, "QUIET");
 * ```
 *
 * @module
 */
import {
  loadSileroModel,
  type SileroModelOptions,
  type SileroModelSource,
  type SileroRuntime,
} from "./_silero_loader.ts";
import { type SileroModel, type SileroStream, sileroWindow } from "./_silero_model.ts";
import { VADAnalyzer, type VADAnalyzerOptions } from "./analyzer.ts";

export type { SileroModelSource, SileroRuntime };

/** What a {@linkcode SileroVADAnalyzer} can be told. */
export interface SileroVADOptions extends VADAnalyzerOptions {
  /**
   * The rate that the model works at: 8000 or 16000 Hz. Audio of another rate is resampled to it. When left out it is
   * 8000 for audio of 8000 Hz or less, and 16000 for any other.
   */
  readonly sampleRate?: number | undefined;
  /**
   * The model, as bytes or as the path or URL of an ONNX file: Silero VAD version 5 or 6. When left out it is
   * version 5 from the npm package `@ricky0123/vad-web`.
   */
  readonly model?: SileroModelSource | undefined;
  /**
   * What runs the model: `"web"` is WebAssembly and needs `--allow-read`; `"node"` is the native library
   * `onnxruntime-node`, faster and steadier, which is downloaded (288 MB) on first use and needs `--allow-ffi` too.
   * @default {"web"}
   */
  readonly runtime?: SileroRuntime | undefined;
}

/**
 * Tells where somebody speaks, with the Silero VAD model.
 *
 * The model looks at windows of 32 ms and remembers what it heard before until {@linkcode SileroVADAnalyzer.reset}.
 * All analyzers of a process share one session; it is loaded by the first {@linkcode SileroVADAnalyzer.load}, or else by
 * the first audio, which then waits for half a second.
 *
 * @example A telephone line
 * ```ts
 * import { SileroVADAnalyzer } from "@parley/sdk/audio/vad/silero";
 * import { assertEquals } from "@std/assert";
 *
 * await using vad = new SileroVADAnalyzer({ sampleRate: 8000 });
 * const { transitions } = await vad.analyze(new Int16Array(8000));
 * assertEquals(transitions, []);
 * ```
 */
export class SileroVADAnalyzer extends VADAnalyzer {
  readonly #options: SileroModelOptions;
  #model: SileroModel | undefined;
  #stream: SileroStream | undefined;

  /**
   * Makes an analyzer; nothing is loaded yet.
   *
   * @param options Rate, parameters, and where the model comes from.
   * @throws {RangeError} If the rate is neither 8000 nor 16000, or a parameter is out of its range.
   */
  constructor(options: SileroVADOptions = {}) {
    const { sampleRate, params, model, runtime } = options;
    super({ sampleRate, params, modelRates: [8000, 16000] });
    this.#options = { source: model, runtime: runtime ?? "web" };
  }

  /**
   * Loads the model and runs it a few times, so that the first audio is not late. Calling it again does nothing.
   *
   * @throws {Error} If the model or its runtime cannot be loaded.
   */
  override async load(): Promise<void> {
    this.#model ??= await loadSileroModel(this.#options);
  }

  /**
   * Tells how long one window is: 32 ms.
   *
   * @returns 256 samples at 8 kHz, 512 at 16 kHz.
   */
  numFramesRequired(): number {
    return sileroWindow(this.analysisRate).samples;
  }

  /**
   * Tells how sure the model is that it hears a voice in the next window.
   *
   * @param window One window of audio, following the one before.
   * @returns From 0 to 1.
   * @throws {Error} If the model cannot be loaded or run.
   */
  async voiceConfidence(window: Int16Array): Promise<number> {
    const model = this.#model ??= await loadSileroModel(this.#options);
    const stream = this.#stream ??= model.open(this.analysisRate);
    try {
      return await stream.confidence(window);
    } catch (cause) {
      throw new Error("Cannot tell speech from silence: the Silero VAD model failed", { cause });
    }
  }

  /** Forgets what the model heard. */
  protected override resetModel(): void {
    this.#stream = undefined;
  }
}
