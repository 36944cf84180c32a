/** How two lists are compared. */
export interface Comparison<E, A> {
  /** Whether an entry is as expected. */
  readonly matches: (expected: E, actual: A) => boolean;
  /** What was expected, as a line. */
  readonly expected: (entry: E) => string;
  /** What is there, as a line. */
  readonly actual: (entry: A) => string;
}

/**
 * Two lists side by side, as lines: what is in both, only in what was expected (`-`), only in what is there (`+`).
 * Nothing where they are the same.
 */
export function sideBySide<E, A>(
  expected: readonly E[],
  actual: readonly A[],
  comparison: Comparison<E, A>,
): string | undefined {
  const isSame = (i: number, k: number): boolean => {
    const [wanted, found] = [expected.at(i), actual.at(k)];
    return wanted !== undefined && found !== undefined && comparison.matches(wanted, found);
  };
  const common = commonLengths([expected.length, actual.length], isSame);
  const lines: string[] = [];
  let [i, k, differ] = [0, 0, false];
  while (i < expected.length || k < actual.length) {
    const [wanted, found] = [expected[i], actual[k]];
    const both = i < expected.length && k < actual.length;
    const missing = i < expected.length &&
      (!both || (common[i + 1]?.[k] ?? 0) >= (common[i]?.[k + 1] ?? 0));
    if (both && found !== undefined && isSame(i, k)) {
      lines.push(`    ${comparison.actual(found)}`);
      i++;
      k++;
      continue;
    }
    differ = true;
    if (missing && wanted !== undefined) {
      lines.push(`  - ${comparison.expected(wanted)}`);
      i++;
    } else if (found !== undefined) {
      lines.push(`  + ${comparison.actual(found)}`);
      k++;
    }
  }
  return differ ? lines.join("\n") : undefined;
}

/** How much the rests of two lists have in common, from each place on. */
function commonLengths(
  [rows, columns]: readonly [number, number],
  isSame: (i: number, k: number) => boolean,
): number[][] {
  const common = Array.from({ length: rows + 1 }, () => new Array<number>(columns + 1).fill(0));
  for (let i = rows - 1; i >= 0; i--) {
    for (let k = columns - 1; k >= 0; k--) {
      const row = common[i] ?? [];
      const below = common[i + 1] ?? [];
      row[k] = isSame(i, k) ? (below[k + 1] ?? 0) + 1 : Math.max(below[k] ?? 0, row[k + 1] ?? 0);
    }
  }
  return common;
}
