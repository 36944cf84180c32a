import { foldLetters, type WordToken } from "./_word_tokens.ts";

/** A place among the words of a text. */
export interface WordPlace {
  /** Index of the word that comes next, or is in the middle of being said. */
  readonly token: number;
  /** How many of its letters have been said. */
  readonly letters: number;
  /** How many spoken words it has taken in without a match. */
  readonly absorbed: number;
}

/** One way to lay the spoken words onto the text, and what it costs. */
interface Path extends WordPlace {
  readonly cost: number;
  readonly before: Path | undefined;
}

/** A step of a path, before the paths are compared. */
type Step = WordPlace & { readonly cost: number };

/** Costs of what can happen to a spoken word. An exact match is free. */
const COST = {
  /** A match that ends within a written word. */
  partial: 0.2,
  /** A written word was passed over: the first one, and each further. */
  skip: 0.65,
  skipMore: 0.35,
  /** A sign was passed over: most services do not say it. */
  skipSign: 0.1,
  /** A number was passed over: all of its words, or for each that is missing. */
  skipNumber: 0.9,
  skipUnit: 0.2,
  /** A spoken word stands for a written one: unlike it, like it, or one that is often said otherwise. */
  replace: 0.9,
  replaceAlike: 0.7,
  replaceExpandable: 0.6,
  /** A spoken word stands for nothing: anywhere, or where signs or more of a number are expected. */
  insert: 1,
  insertExpected: 0.7,
} as const;

/** How many written words a match may pass over. */
const MAX_SKIP = 24;
/** How many paths are kept, and how much dearer than the best one they may be. */
const MAX_PATHS = 32;
const MAX_EXCESS = 8;

const START: Path = { token: 0, letters: 0, absorbed: 0, cost: 0, before: undefined };

/**
 * Lays spoken words onto the words of a text, one by one, keeping the likeliest ways to do so.
 *
 * A beam search: where a spoken word fits in several ways, what follows decides.
 */
export class WordSearch {
  /** Words of the text. More may be added at the end. */
  readonly tokens: WordToken[] = [];
  #paths: Path[] = [START];

  /** Takes the next spoken word. */
  step(word: string): void {
    const letters = foldLetters(word);
    const best = new Map<number, Path>();
    for (const before of this.#paths) {
      for (const step of this.#steps(before, letters, word)) {
        const key = (step.token * 65_536 + step.letters) * 16 + step.absorbed;
        const rival = best.get(key);
        if (!rival || step.cost < rival.cost) best.set(key, { ...step, before });
      }
    }
    const paths = [...best.values()].sort((a, b) =>
      a.cost - b.cost || a.token - b.token || a.letters - b.letters || a.absorbed - b.absorbed
    );
    const limit = (paths[0]?.cost ?? 0) + MAX_EXCESS;
    this.#paths = paths.slice(0, MAX_PATHS).filter(({ cost }) => cost <= limit);
  }

  /** The places after each of the last `count` words, on the likeliest path. */
  places(count: number): WordPlace[] {
    const places: WordPlace[] = [];
    let path = this.#paths[0];
    for (let k = 0; k < count && path; k++, path = path.before) places.unshift(path);
    return places;
  }

  /** Takes the likeliest path's past as settled, so that it need not be kept. */
  settle(): void {
    const cheapest = this.#paths[0]?.cost ?? 0;
    this.#paths = this.#paths.map((path) => ({
      ...path,
      cost: path.cost - cheapest,
      before: undefined,
    }));
  }

  /** Goes to a place, whatever was heard before. */
  moveTo(place: WordPlace): void {
    this.#paths = [{ ...place, cost: 0, before: this.#paths[0] }];
  }

  /** Replaces the words from `index` on: text was added that goes on with the last of them. */
  replaceFrom(index: number, tokens: readonly WordToken[]): void {
    const old = this.tokens[index]?.letters.length ?? 0;
    const isLonger = (tokens[0]?.letters.length ?? 0) > old;
    this.tokens.splice(index, Infinity, ...tokens);
    if (!isLonger || old === 0) return;
    // What was the end of the text may now be within its last word.
    this.#paths = this.#paths.map((path) =>
      path.token === index + 1 ? { ...path, token: index, letters: old } : path
    );
  }

  *#steps(from: Path, letters: string, word: string): Iterable<Step> {
    const token = this.tokens[from.token];
    if (letters === "") return yield this.#silent(from, token, word);
    const direct = this.#match(from, letters);
    if (direct) yield direct;
    yield* this.#skips(from, letters);
    if (token) yield replaced(from, token, letters);
    yield { ...from, cost: from.cost + this.#insertCost(from, token) };
  }

  /** A spoken mark leads nowhere, unless the same sign stands there as a word. */
  #silent(from: Path, token: WordToken | undefined, word: string): Step {
    const isSign = token?.letters === "" && token.sign === word.trim();
    return isSign ? { token: from.token + 1, letters: 0, absorbed: 0, cost: from.cost } : from;
  }

  /** The step that says `letters` exactly, from a place on. */
  #match({ token, letters: said, cost }: Step, letters: string): Step | undefined {
    let rest = letters;
    let at = token;
    let offset = said;
    while (rest !== "") {
      const written = this.tokens[at]?.letters.slice(offset);
      if (written === undefined) {
        // The rest belongs to text that has not been added yet.
        const overhang = rest.length < letters.length ? COST.partial : undefined;
        return overhang && { token: at, letters: 0, absorbed: 0, cost: cost + overhang };
      }
      if (rest.startsWith(written)) {
        rest = rest.slice(written.length);
        [at, offset] = [at + 1, 0];
      } else if (written.startsWith(rest)) {
        const place = { token: at, letters: offset + rest.length, absorbed: 0 };
        return { ...place, cost: cost + COST.partial };
      } else return undefined;
    }
    return { token: at, letters: 0, absorbed: 0, cost };
  }

  /** Matches further on: the words between were not reported. */
  *#skips(from: Path, letters: string): Iterable<Step> {
    let cost = from.cost;
    let isFirst = true;
    for (let k = 0; k < MAX_SKIP; k++) {
      const passed = this.tokens[from.token + k];
      if (!passed) return;
      const isSign = passed.letters === "";
      cost += skipCost(passed, k === 0 ? from.absorbed : 0, isFirst);
      isFirst &&= isSign;
      const next = this.tokens[from.token + k + 1];
      if (!next || next.letters.charAt(0) !== letters.charAt(0)) continue;
      const step = this.#match(
        { token: from.token + k + 1, letters: 0, absorbed: 0, cost },
        letters,
      );
      if (step && (step.letters === 0 || letters.length > 3)) yield step;
    }
  }

  #insertCost({ token, letters }: Path, current: WordToken | undefined): number {
    const last = this.tokens[token - 1];
    const isAfterNumber = letters === 0 && (last?.isExpandable || last?.hasSilentTail);
    // "example.com" is said with a "dot".
    const isWithin = letters > 0 && (current?.isExpandable ?? false);
    return isAfterNumber || isWithin ? COST.insertExpected : COST.insert;
  }
}

function skipCost(token: WordToken, absorbed: number, isFirst: boolean): number {
  if (token.letters === "") return COST.skipSign;
  if (!token.isExpandable) return isFirst ? COST.skip : COST.skipMore;
  if (absorbed > 0) return (token.units - absorbed) * COST.skipUnit;
  return token.units === 1 ? COST.skip : COST.skipNumber;
}

/** The step on which a written word takes in a spoken one that does not match it. */
function replaced(from: Path, token: WordToken, letters: string): Step {
  const absorbed = from.absorbed + 1;
  const isDone = absorbed >= token.units || !token.isExpandable;
  const place = isDone
    ? { token: from.token + 1, letters: 0, absorbed: 0 }
    : { token: from.token, letters: from.letters, absorbed };
  if (token.isExpandable) return { ...place, cost: from.cost + COST.replaceExpandable };
  const isAlike = from.letters === 0 && similarity(letters, token.letters) >= 0.6;
  return { ...place, cost: from.cost + (isAlike ? COST.replaceAlike : COST.replace) };
}

/** How alike two words are, from 0 to 1, by the letters they share at both ends. */
function similarity(a: string, b: string): number {
  const shortest = Math.min(a.length, b.length);
  let head = 0;
  while (head < shortest && a.charAt(head) === b.charAt(head)) head++;
  let tail = 0;
  while (tail < shortest - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  return (2 * (head + tail)) / (a.length + b.length);
}
