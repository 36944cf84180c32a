// How many zero crossings of the sinc stand on either side of its middle. More makes a steeper filter, at a
// proportional cost and delay: 32 is 2 ms at 16 kHz.
const ZERO_CROSSINGS = 32;

// Kaiser's shape: about 100 dB of stop band, below what 16 bits can show.
const KAISER_BETA = 10;

// Where the pass band is 6 dB down, as a share of the lower Nyquist frequency. With the width that the two numbers
// above give, the pass band is flat to 0.83 of it and the stop band begins at 1.03.
const CUTOFF = 0.93;

// Rates without a common divisor have as many phases as hertz. Above this many the nearest of these serves, which
// costs an error of at most 1/8192 of a sample and bounds the table.
const MAX_PHASES = 4096;

// Tables are shared by all streams of one ratio. The bound keeps callers who choose the rates from growing it.
const MAX_CACHED_BANKS = 32;
const cache = new Map<string, FilterBank>();

/** The coefficients of a polyphase low-pass filter for one ratio of rates. */
export interface FilterBank {
  /** The ratio in lowest terms: `up` output samples for every `down` input samples. */
  readonly up: number;
  /** See `up`. */
  readonly down: number;
  /** Input samples under the filter for one output sample; a multiple of 4. */
  readonly taps: number;
  /** Steps between two input samples for which there are coefficients. */
  readonly phases: number;
  /** `phases + 1` rows of `taps` coefficients; the last row is one whole sample on. */
  readonly coefficients: Float64Array;
}

/** Gives the filter for a ratio of rates, made once. */
export function filterBank(fromRate: number, toRate: number): FilterBank {
  const divisor = greatestCommonDivisor(fromRate, toRate);
  const up = toRate / divisor;
  const down = fromRate / divisor;
  const key = `${up}/${down}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const bank = design(up, down);
  const oldest = cache.keys().next();
  if (cache.size >= MAX_CACHED_BANKS && !oldest.done) cache.delete(oldest.value);
  cache.set(key, bank);
  return bank;
}

function design(up: number, down: number): FilterBank {
  // Half the taps is even, so that the inner loop can take them four at a time.
  const half = 2 * Math.ceil(ZERO_CROSSINGS * Math.max(1, down / up) / 2);
  const taps = 2 * half;
  const phases = Math.min(up, MAX_PHASES);
  const coefficients = new Float64Array((phases + 1) * taps);
  const cutoff = CUTOFF * Math.min(1, up / down);
  for (let phase = 0; phase <= phases; phase++) {
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - half + 1 - phase / phases;
      coefficients[phase * taps + tap] = cutoff * sinc(cutoff * distance) * kaiser(distance / half);
    }
  }
  return { up, down, taps, phases, coefficients };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) > 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA);
}

// The modified Bessel function of the first kind and order zero, by its power series.
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-16; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
