/** How steep the filter of a resampler is: from quick with the shortest delay to very high. */
export type ResamplerQuality = "QQ" | "LQ" | "MQ" | "HQ" | "VHQ";

interface FilterShape {
  // How many zero crossings of the sinc stand on either side of its middle. More makes a steeper filter, at a
  // proportional cost and delay: 32 is 2 ms at 16 kHz.
  readonly crossings: number;
  // Kaiser's shape: 10 gives about 100 dB of stop band, below what 16 bits can show.
  readonly beta: number;
  // Where the pass band is 6 dB down, as a share of the lower Nyquist frequency. With the width that the two numbers
  // above give, that of "HQ" is flat to 0.83 of it and its stop band begins at 1.03.
  readonly cutoff: number;
}

const SHAPES: Readonly<Record<ResamplerQuality, FilterShape>> = {
  QQ: { crossings: 8, beta: 5, cutoff: 0.86 },
  LQ: { crossings: 12, beta: 6, cutoff: 0.88 },
  MQ: { crossings: 16, beta: 8, cutoff: 0.9 },
  HQ: { crossings: 32, beta: 10, cutoff: 0.93 },
  VHQ: { crossings: 64, beta: 10, cutoff: 0.965 },
};

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

/** Whether a word names a quality. */
export function isResamplerQuality(word: string): word is ResamplerQuality {
  return Object.hasOwn(SHAPES, word);
}

/** Gives the filter for a ratio of rates, made once. */
export function filterBank(
  fromRate: number,
  toRate: number,
  quality: ResamplerQuality = "HQ",
): FilterBank {
  const divisor = greatestCommonDivisor(fromRate, toRate);
  const up = toRate / divisor;
  const down = fromRate / divisor;
  const key = `${up}/${down} ${quality}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const bank = design(up, down, SHAPES[quality]);
  const oldest = cache.keys().next();
  if (cache.size >= MAX_CACHED_BANKS && !oldest.done) cache.delete(oldest.value);
  cache.set(key, bank);
  return bank;
}

function design(up: number, down: number, shape: FilterShape): FilterBank {
  // Half the taps is even, so that the inner loop can take them four at a time.
  const half = 2 * Math.ceil(shape.crossings * Math.max(1, down / up) / 2);
  const taps = 2 * half;
  const phases = Math.min(up, MAX_PHASES);
  const coefficients = new Float64Array((phases + 1) * taps);
  const cutoff = shape.cutoff * Math.min(1, up / down);
  for (let phase = 0; phase <= phases; phase++) {
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - half + 1 - phase / phases;
      const window = kaiser(distance / half, shape.beta);
      coefficients[phase * taps + tap] = cutoff * sinc(cutoff * distance) * window;
    }
  }
  return { up, down, taps, phases, coefficients };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number, beta: number): number {
  return Math.abs(x) > 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta);
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
