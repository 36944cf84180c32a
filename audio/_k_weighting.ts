// The two filters of ITU-R BS.1770-4 in front of a loudness measurement: a shelf for the head's effect and a high
// pass. The recommendation prints coefficients for 48 kHz; these are the analogue filters behind them (De Man,
// "Evaluation of implementations of the EBU R128 loudness measurement", 2018), put to any rate.
const SHELF = { hz: 1681.974450955533, gainDb: 3.999843853973347, q: 0.7071752369554196 };
const SHELF_SLOPE = 0.4996667741545416;
const HIGH_PASS = { hz: 38.13547087602444, q: 0.5003270373238773 };

// What has rung out this far is nothing; without this, silence after sound would end in denormal numbers, which
// are slow to compute with.
const RUNG_OUT = 1e-25;

/** Weighs a stream of samples as the ear does. */
export class KWeighting {
  readonly #shelf: Float64Array;
  readonly #highPass: Float64Array;
  readonly #memory = new Float64Array(4);

  /** Makes the filters for a sample rate in Hz. */
  constructor(sampleRate: number) {
    this.#shelf = shelf(sampleRate);
    this.#highPass = highPass(sampleRate);
  }

  /** Writes the squares of the weighted samples, where full scale is 1, into `squares`. */
  squares(pcm: Int16Array, squares: Float64Array): void {
    const [b0 = 0, b1 = 0, b2 = 0, a1 = 0, a2 = 0] = this.#shelf;
    const [, , , c1 = 0, c2 = 0] = this.#highPass;
    let [s1 = 0, s2 = 0, h1 = 0, h2 = 0] = this.#memory;
    for (let i = 0; i < pcm.length; i++) {
      const x = (pcm[i] ?? 0) / 32768;
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      const z = y + h1;
      h1 = -2 * y - c1 * z + h2;
      h2 = y - c2 * z;
      squares[i] = z * z;
    }
    this.#memory.set([s1, s2, h1, h2]);
    if (this.#memory.every((value) => Math.abs(value) < RUNG_OUT)) this.#memory.fill(0);
  }
}

// Coefficients are b0, b1, b2, a1, a2 of a second-order section with a0 = 1.
function shelf(sampleRate: number): Float64Array {
  const k = Math.tan(Math.PI * SHELF.hz / sampleRate);
  const high = 10 ** (SHELF.gainDb / 20);
  const band = high ** SHELF_SLOPE;
  const a0 = 1 + k / SHELF.q + k * k;
  return Float64Array.of(
    (high + band * k / SHELF.q + k * k) / a0,
    2 * (k * k - high) / a0,
    (high - band * k / SHELF.q + k * k) / a0,
    2 * (k * k - 1) / a0,
    (1 - k / SHELF.q + k * k) / a0,
  );
}

function highPass(sampleRate: number): Float64Array {
  const k = Math.tan(Math.PI * HIGH_PASS.hz / sampleRate);
  const a0 = 1 + k / HIGH_PASS.q + k * k;
  return Float64Array.of(1, -2, 1, 2 * (k * k - 1) / a0, (1 - k / HIGH_PASS.q + k * k) / a0);
}
