import { numbersAt } from "./_numbers.ts";
import { fullWords, writtenWords } from "./_phrase_words.ts";

/** What a slot was filled with: a number, or the words of the alternative that was said. */
export type SlotValue = string | number;

/** A part of a phrase. */
export type PatternNode =
  | { readonly kind: "word"; readonly word: string; readonly full: readonly string[] }
  | { readonly kind: "number" }
  | { readonly kind: "sequence"; readonly nodes: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly nodes: readonly PatternNode[] }
  | { readonly kind: "slot"; readonly name: string; readonly node: PatternNode };

/** What bare names in braces stand for. */
export type SlotKinds = ReadonlyMap<string, PatternNode>;

/** The sequence of nothing: what is left of an option that is not taken. */
const NOTHING: PatternNode = { kind: "sequence", nodes: [] };

/** Reads a phrase: words, `(one|other)`, `[optional]`, `{slot}`, `{name: kind}`, `{name: one|other}`. */
export function parsePattern(pattern: string, kinds: SlotKinds): PatternNode {
  return new PatternParser(pattern, kinds).parse();
}

class PatternParser {
  readonly #pattern: string;
  readonly #kinds: SlotKinds;
  readonly #tokens: readonly string[];
  readonly #names = new Set<string>();
  #at = 0;

  constructor(pattern: string, kinds: SlotKinds) {
    this.#pattern = pattern;
    this.#kinds = kinds;
    this.#tokens = pattern.match(/[()[\]{}|:]|[^()[\]{}|:\s]+/g) ?? [];
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#tokens.length) {
      throw this.#error(`"${this.#tokens[this.#at]}" is unpaired`);
    }
    if (canBeEmpty(node)) throw this.#error("it can be silence: at least one word must be needed");
    return node;
  }

  #choice(): PatternNode {
    const nodes = [this.#sequence()];
    while (this.#take("|")) nodes.push(this.#sequence());
    return nodes.length === 1 ? nodes[0] ?? NOTHING : { kind: "choice", nodes };
  }

  #sequence(): PatternNode {
    const nodes: PatternNode[] = [];
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      if (")]}|".includes(token)) break;
      this.#at++;
      if (token === "(") nodes.push(this.#closed(")"));
      else if (token === "[") nodes.push({ kind: "choice", nodes: [this.#closed("]"), NOTHING] });
      else if (token === "{") nodes.push(this.#slot());
      else nodes.push(...wordsOf(token));
    }
    return nodes.length === 1 ? nodes[0] ?? NOTHING : { kind: "sequence", nodes };
  }

  #closed(bracket: string): PatternNode {
    const node = this.#choice();
    if (!this.#take(bracket)) throw this.#error(`a "${bracket}" is missing`);
    return node;
  }

  #slot(): PatternNode {
    const given = this.#peek() ?? "";
    if (!/^[a-z]\w*$/i.test(given)) throw this.#error("a slot has a name, as in {number}");
    this.#at++;
    const node = this.#take(":") ? this.#slotContent() : this.#kind(given);
    if (!this.#take("}")) throw this.#error('a "}" is missing');
    let name = given;
    for (let count = 2; this.#names.has(name); count++) name = `${given}${count}`;
    this.#names.add(name);
    return { kind: "slot", name, node };
  }

  #slotContent(): PatternNode {
    const kind = this.#kinds.get(this.#peek() ?? "");
    if (!kind || this.#tokens[this.#at + 1] !== "}") return this.#choice();
    this.#at++;
    return kind;
  }

  #kind(name: string): PatternNode {
    const kind = this.#kinds.get(name);
    if (kind) return kind;
    const known = [...this.#kinds.keys()].join('", "');
    throw this.#error(
      `no slot "${name}" is defined: use "${known}", or give its values in "slots"`,
    );
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #error(state: string): SyntaxError {
    return new SyntaxError(`Cannot define the phrase "${this.#pattern}": ${state}`);
  }
}

/** The nodes of plain words, of which a token can hold several ("twenty-one") or none ("–"). */
export function wordsOf(text: string): PatternNode[] {
  return writtenWords(text).map((word) => ({ kind: "word", word, full: fullWords(word) }));
}

/** Whether saying nothing would fit. */
function canBeEmpty(node: PatternNode): boolean {
  switch (node.kind) {
    case "word":
    case "number":
      return false;
    case "sequence":
      return node.nodes.every(canBeEmpty);
    case "choice":
      return node.nodes.some(canBeEmpty);
    case "slot":
      return canBeEmpty(node.node);
  }
}

/** A way to read the beginning of a text. */
interface Reading {
  /** Index of the first word behind what was read. */
  readonly end: number;
  /** Slots filled on the way. */
  readonly slots: Readonly<Record<string, SlotValue>>;
  /** What a slot around it holds. */
  readonly value: SlotValue | undefined;
}

/** The slots of a text that a phrase fits from its first word to its last; nothing when it does not fit. */
export function matchPattern(
  node: PatternNode,
  words: readonly string[],
): Readonly<Record<string, SlotValue>> | undefined {
  for (const reading of read(node, words, 0)) {
    if (reading.end === words.length) return reading.slots;
  }
  return undefined;
}

function* read(node: PatternNode, words: readonly string[], at: number): Generator<Reading> {
  switch (node.kind) {
    case "word": {
      const end = at + node.full.length;
      if (node.full.every((word, k) => words[at + k] === word)) yield done(end, node.word);
      return;
    }
    case "number":
      for (const { value, end } of numbersAt(words, at)) yield done(end, value);
      return;
    case "choice":
      for (const option of node.nodes) yield* read(option, words, at);
      return;
    case "sequence":
      yield* readSequence(node.nodes, words, at);
      return;
    case "slot":
      for (const { end, slots, value } of read(node.node, words, at)) {
        yield { end, slots: value === undefined ? slots : { ...slots, [node.name]: value }, value };
      }
  }
}

function* readSequence(
  [first, ...rest]: readonly PatternNode[],
  words: readonly string[],
  at: number,
): Generator<Reading> {
  if (!first) return yield done(at, undefined);
  for (const head of read(first, words, at)) {
    if (rest.length === 0) yield head;
    else for (const tail of readSequence(rest, words, head.end)) yield join(head, tail);
  }
}

function done(end: number, value: SlotValue | undefined): Reading {
  return { end, slots: {}, value };
}

function join(head: Reading, tail: Reading): Reading {
  const values = [head.value, tail.value].filter((value) => value !== undefined);
  const value = values.length > 1 ? values.join(" ") : values[0];
  return { end: tail.end, slots: { ...head.slots, ...tail.slots }, value };
}
