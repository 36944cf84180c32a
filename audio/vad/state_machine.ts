import { type VADParams, vadParams } from "./params.ts";

/** Where a VAD stands: nobody speaks, perhaps somebody does, somebody does, perhaps nobody does any more. */
export const VADState = {
  /** Nobody speaks. */
  QUIET: "QUIET",
  /** There is speech, not yet for long enough. */
  STARTING: "STARTING",
  /** Somebody speaks. */
  SPEAKING: "SPEAKING",
  /** There is silence, not yet for long enough. */
  STOPPING: "STOPPING",
} as const;

/** Where a VAD stands; one of the values of the constant of the same name. */
export type VADState = (typeof VADState)[keyof typeof VADState];

/** What a VAD knows of one window of audio. */
export interface VADWindow {
  /** How long it is, in milliseconds. */
  readonly durationMs: number;
  /** How sure the model is that it hears a voice, from 0 to 1. */
  readonly confidence: number;
  /** How loud it is, smoothed, from 0 to 1. */
  readonly volume: number;
}

/** A change of a VAD's state. Its times are positions in the audio, so they do not depend on how fast it came. */
export interface VADTransition {
  /** The state before. */
  readonly from: VADState;
  /** The state now. */
  readonly state: VADState;
  /** The end of the window that decided, in milliseconds since the start of the audio. */
  readonly atMs: number;
  /**
   * Where the speech or the silence began that led to this change, in milliseconds since the start of the audio: for
   * SPEAKING out of STARTING the first word, for QUIET the end of the last one.
   */
  readonly sinceMs: number;
  /** How sure the model was in the window that decided, from 0 to 1. */
  readonly confidence: number;
  /** How loud it was then, smoothed, from 0 to 1. */
  readonly volume: number;
}

/**
 * Decides from window to window whether somebody speaks.
 *
 * A window is speech when it reaches both the confidence and the volume asked for. `startSecs` of speech in a row
 * make QUIET into SPEAKING, with STARTING in between; `stopSecs` of silence in a row make SPEAKING into QUIET, with
 * STOPPING in between. It looks at no clock.
 *
 * @example Six windows of 32 ms are 0.2 s
 * ```ts
 * import { VADStateMachine } from "@parley/sdk/audio/vad";
 * import { assertEquals } from "@std/assert";
 *
 * const machine = new VADStateMachine();
 * const speech = { durationMs: 32, confidence: 0.9, volume: 0.8 };
 * for (let window = 1; window < 6; window++) machine.step(speech);
 * assertEquals(machine.state, "STARTING");
 * const change = machine.step(speech);
 * assertEquals([change?.state, change?.atMs, change?.sinceMs], ["SPEAKING", 192, 0]);
 * ```
 */
export class VADStateMachine {
  #params: VADParams;
  #state: VADState = VADState.QUIET;
  #positionMs = 0;
  // How many windows in a row speak for leaving the present state, and where the first of them began.
  #run = 0;
  #runStartMs = 0;

  /**
   * Makes a machine that is QUIET at the start of the audio.
   *
   * @param params The parameters that are not to be as usual.
   * @throws {RangeError} If one is out of its range.
   */
  constructor(params: Partial<VADParams> = {}) {
    this.#params = vadParams(params);
  }

  /** Where it stands. */
  get state(): VADState {
    return this.#state;
  }

  /** How much audio it has seen, in milliseconds. */
  get positionMs(): number {
    return this.#positionMs;
  }

  /** The parameters in use. */
  get params(): VADParams {
    return this.#params;
  }

  /**
   * Changes parameters from the next window on; what was counted so far stays.
   *
   * @param changes The parameters to change; the others stay.
   * @throws {RangeError} If one is out of its range.
   */
  setParams(changes: Partial<VADParams>): void {
    this.#params = vadParams(changes, this.#params);
  }

  /**
   * Takes the next window.
   *
   * @param window What is known of it.
   * @returns The change it made, if it made one. A start or stop time of no more than a window skips STARTING or
   * STOPPING.
   */
  step(window: VADWindow): VADTransition | undefined {
    const { confidence, volume } = window;
    const from = this.#state;
    const speech = confidence >= this.#params.confidence && volume >= this.#params.minVolume;
    this.#state = speech ? this.#onSpeech(window) : this.#onSilence(window);
    this.#positionMs += window.durationMs;
    if (this.#state === from) return undefined;
    return {
      from,
      state: this.#state,
      atMs: this.#positionMs,
      sinceMs: this.#runStartMs,
      confidence,
      volume,
    };
  }

  /**
   * Lets audio pass of which nothing is known: time goes on, the state stays.
   *
   * @param ms How much, in milliseconds.
   */
  skip(ms: number): void {
    this.#positionMs += ms;
  }

  /** Starts again: QUIET, at the start of other audio. The parameters stay. */
  reset(): void {
    this.#state = VADState.QUIET;
    this.#positionMs = 0;
    this.#run = 0;
    this.#runStartMs = 0;
  }

  #onSpeech({ durationMs }: VADWindow): VADState {
    if (this.#state === VADState.SPEAKING) return this.#state;
    this.#count(VADState.STARTING);
    if (this.#state === VADState.STOPPING) return VADState.SPEAKING;
    const enough = this.#run >= windowsIn(this.#params.startSecs, durationMs);
    return enough ? VADState.SPEAKING : VADState.STARTING;
  }

  #onSilence({ durationMs }: VADWindow): VADState {
    if (this.#state === VADState.QUIET) return this.#state;
    this.#count(VADState.STOPPING);
    if (this.#state === VADState.STARTING) return VADState.QUIET;
    const enough = this.#run >= windowsIn(this.#params.stopSecs, durationMs);
    return enough ? VADState.QUIET : VADState.STOPPING;
  }

  // Counts on while the state says that a run is under way, else begins one with this window.
  #count(underWay: VADState): void {
    if (this.#state === underWay) {
      this.#run++;
      return;
    }
    this.#run = 1;
    this.#runStartMs = this.#positionMs;
  }
}

// The nearest whole number of windows; halves go to the even one.
function windowsIn(secs: number, windowMs: number): number {
  const exact = secs * 1000 / windowMs;
  const below = Math.floor(exact);
  return exact - below === 0.5 ? below + below % 2 : Math.round(exact);
}
