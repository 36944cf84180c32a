/** A repeatable source of choices. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  (): number;
  /** A whole number below `limit`. */
  below(limit: number): number;
  /** One of `choices`. */
  pick<T>(choices: readonly T[]): T;
}

/** Makes choices that are the same for the same seed. */
export function random(seed: number): Random {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = <T>(choices: readonly T[]): T => {
    const choice = choices[below(choices.length)];
    if (choice === undefined) throw new RangeError("Cannot pick: there is nothing to choose from");
    return choice;
  };
  return Object.assign(next, { below, pick });
}
