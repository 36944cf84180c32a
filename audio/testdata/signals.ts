// Signals that tests make, and what they measure in them.

/** A sine that starts at phase 0. */
export function sine(hz: number, shape: { rate: number; samples: number; amplitude?: number }): Int16Array {
  const { rate, samples, amplitude = 8000 } = shape;
  const turn = 2 * Math.PI * hz / rate;
  return Int16Array.from({ length: samples }, (_, i) => Math.round(amplitude * Math.sin(turn * i)));
}

/** White noise, the same every time. */
export function noise(samples: number, amplitude: number): Int16Array {
  let seed = 1;
  return Int16Array.from({ length: samples }, () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return Math.round((seed / 0x7fffffff * 2 - 1) * amplitude);
  });
}

/** The sine of a known frequency in a signal: its amplitude, its phase, and how far the rest lies below it. */
export function findSine(pcm: Int16Array, hz: number, rate: number): { amplitude: number; phase: number; snrDb: number } {
  const turn = 2 * Math.PI * hz / rate;
  let ss = 0, cc = 0, sc = 0, xs = 0, xc = 0;
  pcm.forEach((x, i) => {
    const s = Math.sin(turn * i), c = Math.cos(turn * i);
    ss += s * s, cc += c * c, sc += s * c, xs += x * s, xc += x * c;
  });
  const a = (xs * cc - xc * sc) / (ss * cc - sc * sc);
  const b = (xc * ss - xs * sc) / (ss * cc - sc * sc);
  let signal = 0, rest = 0;
  pcm.forEach((x, i) => {
    const y = a * Math.sin(turn * i) + b * Math.cos(turn * i);
    signal += y * y, rest += (x - y) ** 2;
  });
  return { amplitude: Math.hypot(a, b), phase: Math.atan2(b, a), snrDb: 10 * Math.log10(signal / rest) };
}

/** Cuts samples into pieces of one size, the last one shorter. */
export function cut(pcm: Int16Array, size: number): Int16Array[] {
  return Array.from({ length: Math.ceil(pcm.length / size) }, (_, i) => pcm.subarray(i * size, (i + 1) * size));
}

/** Reads a file beside this one. */
export async function readFixture(name: string): Promise<Uint8Array> {
  return await Deno.readFile(new URL(name, import.meta.url));
}
