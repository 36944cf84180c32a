import { VADAnalyzer, type VADAnalyzerOptions } from "../audio/vad/mod.ts";

/** What a {@linkcode ScriptedVADAnalyzer} can be told. */
export interface ScriptedVADAnalyzerOptions extends VADAnalyzerOptions {
  /** The loudest sample that still counts as silence, from 0 to 32767. @default {200} */
  readonly threshold?: number | undefined;
}

/** How long one window is, in milliseconds. */
const WINDOW_MS = 20;

/**
 * Takes every sound above a threshold for speech: as sure as a model, in no time, and without one.
 *
 * Its other parameters are those of any analyzer, but for the volume, which it does not ask for.
 *
 * @example
 * ```ts
 * import { ScriptedVADAnalyzer } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * await using vad = new ScriptedVADAnalyzer();
 * const { state } = await vad.analyze(new Int16Array(16_000).fill(1_000));
 * assertEquals(state, "SPEAKING");
 * ```
 */
export class ScriptedVADAnalyzer extends VADAnalyzer {
  readonly #threshold: number;

  /** Makes an analyzer. */
  constructor(options: ScriptedVADAnalyzerOptions = {}) {
    super({ ...options, params: { minVolume: 0, ...options.params } });
    this.#threshold = options.threshold ?? 200;
  }

  /** Tells how many samples one window has. */
  override numFramesRequired(): number {
    return Math.round(this.analysisRate * WINDOW_MS / 1000);
  }

  /** Tells whether anything in a window is louder than the threshold: 1 or 0. */
  override voiceConfidence(window: Int16Array): number {
    for (const sample of window) if (Math.abs(sample) > this.#threshold) return 1;
    return 0;
  }
}
