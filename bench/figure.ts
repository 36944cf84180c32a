/** One figure of the bench, beside what it is held against. */
export interface Figure {
  /** Its name in the JSON. */
  readonly key: string;
  /** What is measured. */
  readonly what: string;
  /** What came out. */
  readonly value: number;
  /** What the value is in: `ms`, `KB`, `%`, or `×` for a ratio. */
  readonly unit: string;
  /** What the value may be at most. */
  readonly budget: number;
  /** What it stands beside, measured in the same run. */
  readonly baseline: string;
  /** Numbers of the same run that explain the value, by their names in the JSON. */
  readonly details: Readonly<Record<string, number>>;
}

/** Whether a figure keeps to its budget. */
export function isKept({ value, budget }: Figure): boolean {
  return value <= budget;
}

/**
 * Gives figures to the process that asked for them, on standard output.
 *
 * @throws {Error} If one of them is no number: then nothing was measured.
 */
export function deliver(...figures: readonly Figure[]): void {
  for (const { key, value, details } of figures) {
    for (const [name, number] of Object.entries({ [key]: value, ...details })) {
      if (!Number.isFinite(number)) {
        throw new Error(`Cannot measure "${name}": it came out ${number}`);
      }
    }
  }
  console.log(JSON.stringify(figures));
}
