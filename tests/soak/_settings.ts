/** What the environment says of a soak; otherwise as issue and documentation have it. */
export interface SoakSettings {
  readonly seed: number;
  readonly conversations: number;
  readonly dropRate: number;
}

/** Reads what is wanted: `SOAK_SEED`, `SOAK_CONVERSATIONS`, `SOAK_DROPS`. */
export function soakSettings(): SoakSettings {
  return {
    seed: numberOf("SOAK_SEED", crypto.getRandomValues(new Uint16Array(1))[0] ?? 1),
    conversations: numberOf("SOAK_CONVERSATIONS", 50),
    dropRate: numberOf("SOAK_DROPS", 0.02),
  };
}

/** A number of the environment. */
export function numberOf(name: string, usual: number): number {
  const text = Deno.env.get(name);
  if (text === undefined) return usual;
  const number = Number(text);
  if (!Number.isFinite(number)) {
    throw new RangeError(`Cannot soak: ${name} is "${text}"; set a number`);
  }
  return number;
}
