/** When a VAD takes sound for speech, and for how long it waits before it says so. */
export interface VADParams {
  /** How sure the model must be that it hears a voice, from 0 to 1. @default {0.7} */
  readonly confidence: number;
  /** How long speech must last before the user counts as speaking, in seconds. @default {0.2} */
  readonly startSecs: number;
  /** How long silence must last before the user counts as quiet, in seconds. @default {0.2} */
  readonly stopSecs: number;
  /** How loud it must be, from 0 to 1; 0 turns this off. See `calculateAudioVolume`. @default {0.6} */
  readonly minVolume: number;
}

/** The parameters of a VAD that was told nothing. */
export const DEFAULT_VAD_PARAMS: VADParams = {
  confidence: 0.7,
  startSecs: 0.2,
  stopSecs: 0.2,
  minVolume: 0.6,
};

/**
 * Fills up and checks VAD parameters.
 *
 * @example Only one is given
 * ```ts
 * import { vadParams } from "@parley/sdk/audio/vad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(vadParams({ stopSecs: 0.8 }).stopSecs, 0.8);
 * assertEquals(vadParams({ stopSecs: 0.8 }).confidence, 0.7);
 * ```
 *
 * @param changes The parameters to set.
 * @param base What the others are.
 * @returns All four.
 * @throws {RangeError} If one is out of its range.
 * @throws {TypeError} If a name is not one of the four.
 */
export function vadParams(
  changes: Partial<VADParams>,
  base: VADParams = DEFAULT_VAD_PARAMS,
): VADParams {
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in DEFAULT_VAD_PARAMS)) {
      const known = Object.keys(DEFAULT_VAD_PARAMS).map((key) => `"${key}"`).join(", ");
      throw new TypeError(`Cannot set the VAD parameter "${name}": it is none of ${known}`);
    }
    const most = name.endsWith("Secs") ? Infinity : 1;
    if (typeof value !== "number" || !(value >= 0 && value <= most)) {
      const range = most === 1 ? "between 0 and 1" : "0 or more";
      throw new RangeError(
        `Cannot set the VAD parameter "${name}" to ${value}: pass a number ${range}`,
      );
    }
  }
  return { ...base, ...changes };
}
