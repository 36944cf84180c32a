import { PcmChunker } from "../chunker.ts";
import { StreamResampler } from "../resample.ts";
import { AudioVolumeTracker, expSmoothing } from "../volume.ts";
import type { VADParams } from "./params.ts";
import { type VADState, VADStateMachine, type VADTransition } from "./state_machine.ts";

const VOLUME_SMOOTHING = 0.2;
const USUAL_RATE = 16000;

/** What every {@linkcode VADAnalyzer} can be told. */
export interface VADAnalyzerOptions {
  /**
   * The rate to analyze at, in Hz; audio of another rate is resampled to it. When left out it is the rate of the
   * audio where the model knows that, else the next higher one it knows.
   */
  readonly sampleRate?: number | undefined;
  /** The parameters that are not to be as usual. */
  readonly params?: Partial<VADParams> | undefined;
}

/** What an analyzer tells its base of its model. */
export interface VADModelOptions extends VADAnalyzerOptions {
  /** The rates that the model knows, in Hz, ascending; any rate when left out. */
  readonly modelRates?: readonly number[];
}

/** What {@linkcode VADAnalyzer.analyze} found in the audio it was given. */
export interface VADAnalysis {
  /** Where the VAD stands at the end of it. */
  readonly state: VADState;
  /** Every change of state on the way, in order. */
  readonly transitions: readonly VADTransition[];
  /** How sure the model was of the last window that it heard a voice, from 0 to 1. */
  readonly confidence: number;
  /** How loud the last window was, smoothed, from 0 to 1. */
  readonly volume: number;
  /** How much audio has been analyzed in all, in milliseconds. */
  readonly positionMs: number;
}

/**
 * Tells where in a stream of audio somebody speaks.
 *
 * The base of all analyzers: it resamples, cuts the audio into the model's windows, measures the volume, calls the
 * model window by window in order, and keeps the state. A subclass says how long a window is and how sure it is of one.
 *
 * @example An analyzer that takes everything for speech
 * ```ts
 * import { VADAnalyzer } from "@parley/sdk/audio/vad";
 * import { assertEquals } from "@std/assert";
 *
 * class Credulous extends VADAnalyzer {
 *   numFramesRequired() {
 *     return this.analysisRate / 50;
 *   }
 *   voiceConfidence() {
 *     return 1;
 *   }
 * }
 *
 * await using vad = new Credulous({ params: { minVolume: 0 } });
 * const { transitions } = await vad.analyze(new Int16Array(16000));
 * assertEquals(transitions.map(({ state, atMs }) => `${state} ${atMs}`), ["STARTING 20", "SPEAKING 200"]);
 * ```
 */
export abstract class VADAnalyzer implements AsyncDisposable {
  /** How many channels the audio must have. */
  readonly numChannels: number = 1;

  readonly #wishedRate: number | undefined;
  readonly #modelRates: readonly number[] | undefined;
  readonly #machine: VADStateMachine;
  readonly #tracker = new AudioVolumeTracker();
  #sampleRate: number;
  #intake: Intake | undefined;
  #confidence = 0;
  #volume = 0;
  // Analyses run one after another, whoever calls; one that began before a reset or close must not end after it.
  #last: Promise<unknown> = Promise.resolve();
  #epoch = 0;
  #closed = false;

  /**
   * Makes an analyzer.
   *
   * @param options What the user wishes, and what the model can.
   * @throws {RangeError} If the model does not know the rate, or a parameter is out of its range.
   */
  constructor(options: VADModelOptions = {}) {
    const { sampleRate, modelRates, params = {} } = options;
    if (sampleRate !== undefined && modelRates?.includes(sampleRate) === false) {
      throw new RangeError(
        `Cannot detect speech at ${sampleRate} Hz: the model knows ${modelRates.join(" and ")} Hz`,
      );
    }
    this.#wishedRate = sampleRate;
    this.#modelRates = modelRates;
    this.#sampleRate = sampleRate ?? USUAL_RATE;
    this.#machine = new VADStateMachine(params);
  }

  /** The rate of the audio that {@linkcode VADAnalyzer.analyze} is given, in Hz. */
  get sampleRate(): number {
    return this.#sampleRate;
  }

  /** The rate of the audio that the model is given, in Hz. */
  get analysisRate(): number {
    const rates = this.#modelRates;
    if (this.#wishedRate !== undefined) return this.#wishedRate;
    return rates?.find((rate) => rate >= this.#sampleRate) ?? rates?.at(-1) ?? this.#sampleRate;
  }

  /** The parameters in use. */
  get params(): VADParams {
    return this.#machine.params;
  }

  /** Where the VAD stands. */
  get state(): VADState {
    return this.#machine.state;
  }

  /**
   * Says at what rate the audio will come. A change within a stream starts the model afresh and keeps the state; it
   * belongs between two analyses, not into one.
   *
   * @param sampleRate The rate in Hz.
   */
  setSampleRate(sampleRate: number): void {
    if (sampleRate === this.#sampleRate) return;
    this.#sampleRate = sampleRate;
    this.#clear();
  }

  /**
   * Changes parameters from the next window on, also while somebody speaks.
   *
   * @param changes The parameters to change; the others stay.
   * @throws {RangeError} If one is out of its range.
   */
  setParams(changes: Partial<VADParams>): void {
    this.#machine.setParams(changes);
  }

  /** Loads what the model needs, so that the first audio does not wait for it. Calling it again does nothing. */
  load(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Takes the next audio. Calls may overlap: they are worked off in order.
   *
   * @param pcm Mono samples of {@linkcode VADAnalyzer.sampleRate}, any number of them; not to be written to later.
   * @returns What the whole windows in it were; what is left over counts with the next call. After
   * {@linkcode VADAnalyzer.close} nothing changes any more.
   * @throws What the model threw. The audio of that call then counts as passed, and the state stays as it was.
   */
  analyze(pcm: Int16Array): Promise<VADAnalysis> {
    const epoch = this.#epoch;
    const analysis = this.#last.then(() => this.#analyze(pcm, epoch));
    this.#last = analysis.catch(() => {/* The caller of that analysis has it. */});
    return analysis;
  }

  /** Starts again: QUIET, at the start of other audio. The parameters stay. Analyses under way find nothing more. */
  reset(): void {
    this.#epoch++;
    this.#machine.reset();
    this.#tracker.reset();
    this.#confidence = 0;
    this.#volume = 0;
    this.#clear();
  }

  /** Lets go of what the analyzer holds. Closing twice is fine. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.reset();
    await this.closeModel();
  }

  /** Closes. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Tells how long one window of the model is.
   *
   * @returns Samples of {@linkcode VADAnalyzer.analysisRate}.
   */
  abstract numFramesRequired(): number;

  /**
   * Tells how sure the model is that it hears a voice in the next window.
   *
   * @param window As many samples as {@linkcode VADAnalyzer.numFramesRequired} says.
   * @returns From 0 to 1.
   */
  abstract voiceConfidence(window: Int16Array): number | Promise<number>;

  /** Forgets what the model remembers of the audio before; called on a reset, a change of rate and at the end. */
  protected resetModel(): void {}

  /** Lets go of what the model holds; called once, after the last use. */
  protected closeModel(): void | Promise<void> {}

  async #analyze(pcm: Int16Array, epoch: number): Promise<VADAnalysis> {
    const transitions: VADTransition[] = [];
    if (epoch === this.#epoch && !this.#closed) {
      const intake = this.#intake ??= this.#open();
      const windows = intake.chunker.push(intake.resampler.process(pcm));
      let done = 0;
      try {
        for (const window of windows) {
          const confidence = await this.voiceConfidence(window);
          if (epoch !== this.#epoch) break;
          const change = this.#step(window, { confidence, intake });
          if (change !== undefined) transitions.push(change);
          done++;
        }
      } catch (error) {
        // The audio is gone; its time has to pass, or all later positions would be wrong.
        if (epoch === this.#epoch) this.#machine.skip((windows.length - done) * intake.windowMs);
        throw error;
      }
    }
    return {
      state: this.#machine.state,
      transitions,
      confidence: this.#confidence,
      volume: this.#volume,
      positionMs: this.#machine.positionMs,
    };
  }

  #step(window: Int16Array, { confidence, intake }: Judged): VADTransition | undefined {
    this.#tracker.update(window, intake.rate);
    this.#confidence = confidence;
    this.#volume = expSmoothing(this.#tracker.volume, {
      previous: this.#volume,
      factor: VOLUME_SMOOTHING,
    });
    return this.#machine.step({
      durationMs: intake.windowMs,
      confidence,
      volume: this.#volume,
    });
  }

  #open(): Intake {
    const rate = this.analysisRate;
    const samples = this.numFramesRequired();
    return {
      rate,
      windowMs: samples / rate * 1000,
      resampler: new StreamResampler(this.#sampleRate, rate),
      chunker: new PcmChunker(samples),
    };
  }

  #clear(): void {
    this.#intake = undefined;
    this.resetModel();
  }
}

// What turns audio of one rate into windows of the model's rate.
interface Intake {
  readonly rate: number;
  readonly windowMs: number;
  readonly resampler: StreamResampler;
  readonly chunker: PcmChunker;
}

interface Judged {
  readonly confidence: number;
  readonly intake: Intake;
}
