import type { TextEdit } from "./mapped_text.ts";

/** A word, a run of white space or a single other character. */
interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** What it is compared by; empty when it can't anchor anything. */
  readonly key: string;
}

/** A stretch of the original and the stretch of the changed text that stands for it. */
interface Gap {
  readonly before: readonly Token[];
  readonly after: readonly Token[];
  /** Where both stretches begin, for when one of them is empty. */
  readonly start: number;
}

/** Words of scripts without spaces are compared character by character. */
const TOKEN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*|[\p{L}\p{N}\p{M}]+|\s+|[^]/gu;

/** Most cells the comparison fills; beyond, the differing middle counts as one replacement. */
const MAX_CELLS = 4_000_000;

/** The edits that lead from `original` to `changed`, as fine as the words they share allow. */
export function diffEdits(original: string, changed: string): TextEdit[] {
  if (original === changed) return [];
  const before = tokenize(original);
  const after = tokenize(changed);
  const edits: TextEdit[] = [];
  for (const gap of gaps(before, after, original.length)) {
    edits.push(...gapEdits(trimGap(gap), original));
  }
  return edits;
}

function tokenize(text: string): Token[] {
  return Array.from(text.matchAll(TOKEN), (match) => {
    const key = /[\p{L}\p{N}]/u.test(match[0]) ? match[0] : "";
    return { text: match[0], start: match.index, end: match.index + match[0].length, key };
  });
}

/** What lies between the words both texts have in the same order. */
function* gaps(before: Token[], after: Token[], length: number): Iterable<Gap> {
  let [i, j] = [0, 0];
  for (const [a, b] of commonWords(before, after)) {
    const start = before[i]?.start ?? length;
    yield { before: before.slice(i, a), after: after.slice(j, b), start };
    [i, j] = [a + 1, b + 1];
  }
  yield { before: before.slice(i), after: after.slice(j), start: before[i]?.start ?? length };
}

/** Pairs of indices of a longest common subsequence of words, longer words counting more. */
function commonWords(before: Token[], after: Token[]): [number, number][] {
  const a = indexWords(before);
  const b = indexWords(after);
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head]?.key === b[head]?.key) head++;
  const pairs: [number, number][] = [];
  for (let k = 0; k < head; k++) pairs.push([a[k]?.at ?? 0, b[k]?.at ?? 0]);
  const restA = a.slice(head);
  const restB = b.slice(head);
  if (restA.length * restB.length > MAX_CELLS) return pairs;
  return [...pairs, ...heaviestPairs(restA, restB)];
}

interface IndexedWord {
  readonly key: string;
  readonly at: number;
}

function indexWords(tokens: Token[]): IndexedWord[] {
  return tokens.flatMap(({ key }, at) => key ? [{ key, at }] : []);
}

function heaviestPairs(a: IndexedWord[], b: IndexedWord[]): [number, number][] {
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  const cell = (i: number, j: number) => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const key = a[i]?.key;
      const matched = key === b[j]?.key ? cell(i + 1, j + 1) + weight(key) : 0;
      best[i * width + j] = Math.max(matched, cell(i + 1, j), cell(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < a.length && j < b.length;) {
    const [x, y] = [a[i], b[j]];
    if (x && y && x.key === y.key && cell(i, j) === cell(i + 1, j + 1) + weight(x.key)) {
      pairs.push([x.at, y.at]);
      [i, j] = [i + 1, j + 1];
    } else if (cell(i + 1, j) >= cell(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

function weight(key: string | undefined): number {
  return 4 + (key?.length ?? 0);
}

/** Takes what both sides share at their ends (spaces, punctuation) out of the gap. */
function trimGap({ before, after, start }: Gap): Gap {
  let head = 0;
  const shortest = Math.min(before.length, after.length);
  while (head < shortest && before[head]?.text === after[head]?.text) head++;
  let tail = 0;
  while (tail < shortest - head && before.at(-1 - tail)?.text === after.at(-1 - tail)?.text) tail++;
  const trimmed = before.slice(head, before.length - tail);
  return {
    before: trimmed,
    after: after.slice(head, after.length - tail),
    start: before[head]?.start ?? before.at(-1)?.end ?? start,
  };
}

function gapEdits(gap: Gap, original: string): TextEdit[] {
  const { before, after, start } = gap;
  if (before.length === 0 && after.length === 0) return [];
  const end = before.at(-1)?.end ?? start;
  if (after.length === 0) return [{ start, end, sticksTo: sideOf(original, start, end) }];
  const from = chunk(before);
  const to = chunk(after);
  if (from.length === 0) return [{ start, end, text: after.map((t) => t.text).join("") }];
  return shareOut(from, to);
}

/** A deletion before white space or the end closes something; any other opens what follows. */
function sideOf(original: string, start: number, end: number): "before" | "after" {
  if (/^\s/.test(original.slice(start, end))) return "after";
  return end === original.length || /\s/.test(original.charAt(end)) ? "before" : "after";
}

/** Joins tokens into what white space separates; the space goes with what precedes it. */
function chunk(tokens: readonly Token[]): Token[] {
  const chunks: Token[] = [];
  for (const token of tokens) {
    const last = chunks.at(-1);
    const opensNext = last !== undefined && /\s$/.test(last.text) && !/^\s/.test(token.text);
    if (last === undefined || opensNext) chunks.push(token);
    else chunks[chunks.length - 1] = { ...last, text: last.text + token.text, end: token.end };
  }
  return chunks;
}

/** Gives each chunk of the original its share, by order, of what it was changed to. */
function shareOut(from: Token[], to: Token[]): TextEdit[] {
  let taken = 0;
  return from.map((chunk, k) => {
    const until = Math.ceil(((k + 1) * to.length) / from.length);
    const text = to.slice(taken, until).map((t) => t.text).join("");
    taken = until;
    const space = sharedSpace(chunk.text, text);
    return { start: chunk.start, end: chunk.end - space, text: text.slice(0, text.length - space) };
  });
}

/** How many characters of white space both texts end with. */
function sharedSpace(a: string, b: string): number {
  let count = 0;
  while (/^\s$/.test(a.at(-1 - count) ?? "") && a.at(-1 - count) === b.at(-1 - count)) count++;
  return count;
}
