import { diffEdits } from "./_text_diff.ts";

/** One change to a text: `[start, end)` becomes `text`. */
export interface TextEdit {
  /** Where the changed part begins, in UTF-16 code units. */
  readonly start: number;
  /** Where the changed part ends, in UTF-16 code units. */
  readonly end: number;
  /** What stands there instead. @default {""} */
  readonly text?: string;
  /**
   * Which neighbour a deleted part goes with: a closing mark with what stands before it, an opening
   * mark with what follows.
   *
   * @default {"after"}
   */
  readonly sticksTo?: "before" | "after";
}

/** An edit with its place in both texts. */
interface PlacedEdit {
  readonly start: number;
  readonly end: number;
  readonly sourceEnd: number;
  readonly sourceStart: number;
  readonly sticksTo: "before" | "after";
}

/**
 * A text made from another by edits, which knows for each of its offsets where that is in the other.
 *
 * Edits on edits compose, so that the words of what a TTS service was sent can be followed back to
 * what the model wrote.
 *
 * @example
 * ```ts
 * import { MappedText } from "@parley/sdk/text";
 * const plain = new MappedText("It is **very** late").edit([
 *   { start: 6, end: 8 },
 *   { start: 12, end: 14, sticksTo: "before" },
 * ]);
 * console.log(plain.text); // "It is very late"
 * console.log(plain.original.slice(0, plain.map(10))); // "It is **very**"
 * ```
 */
export class MappedText {
  /** The text as it is now. */
  readonly text: string;
  #edits: readonly PlacedEdit[];
  #source: MappedText | string;

  /**
   * Makes the text that `edits` lead to from `source`.
   *
   * @param edits Edits in order, none overlapping another.
   * @throws {RangeError} If an edit lies outside the text, or begins before the end of another.
   */
  constructor(source: MappedText | string, edits: readonly TextEdit[] = []) {
    const before = typeof source === "string" ? source : source.text;
    const placed: PlacedEdit[] = [];
    let text = "";
    let at = 0;
    for (const { start, end, text: replacement = "", sticksTo = "after" } of edits) {
      checkEdit({ start, end, from: at, to: before.length });
      const kept = text + before.slice(at, start);
      text = kept + replacement;
      const span = { start: kept.length, end: text.length, sourceStart: start, sourceEnd: end };
      placed.push({ ...span, sticksTo });
      at = end;
    }
    this.text = text + before.slice(at);
    this.#edits = placed;
    this.#source = source;
  }

  /**
   * What `changed` is to `original`, found by comparing them: for changes whose edits nobody kept.
   *
   * What both share maps exactly. What was replaced counts by whole words, and not before the last
   * word of the replacement.
   */
  static between(original: string, changed: string): MappedText {
    return new MappedText(original).changedTo(changed);
  }

  /** The text all of it was made from. */
  get original(): string {
    return typeof this.#source === "string" ? this.#source : this.#source.original;
  }

  /** This text with further edits, as {@linkcode MappedText.constructor} takes them. */
  edit(edits: readonly TextEdit[]): MappedText {
    return edits.length === 0 ? this : new MappedText(this, edits);
  }

  /** This text changed by something that keeps no edits: they are found by comparing. */
  changedTo(changed: string): MappedText {
    return this.edit(diffEdits(this.text, changed));
  }

  /**
   * Where `offset` of {@linkcode MappedText.text} is in {@linkcode MappedText.original}: the prefix
   * that has been said when `text.slice(0, offset)` has been.
   *
   * It never falls back as `offset` grows. The end of the text is the end of the original; within a
   * replaced part it is that part's beginning.
   */
  map(offset: number): number {
    if (offset <= 0) return 0;
    if (offset >= this.text.length) return this.original.length;
    const source = this.#mapToSource(offset);
    return typeof this.#source === "string" ? source : this.#source.map(source);
  }

  #mapToSource(offset: number): number {
    let [low, high] = [0, this.#edits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const edit = this.#edits[middle];
      if (edit && isPassed(edit, offset)) low = middle + 1;
      else high = middle;
    }
    const inside = this.#edits[low];
    if (inside && inside.start < offset) return inside.sourceStart;
    const passed = this.#edits[low - 1];
    return passed ? passed.sourceEnd + offset - passed.end : offset;
  }
}

function checkEdit(
  { start, end, from, to }: Record<"start" | "end" | "from" | "to", number>,
): void {
  if (start >= from && end >= start && end <= to) return;
  throw new RangeError(
    `Cannot edit a text from ${start} to ${end}: edits come in order, within ${from} to ${to}`,
  );
}

/** Whether all of an edit lies before `offset`. */
function isPassed(edit: PlacedEdit, offset: number): boolean {
  if (edit.end !== offset) return edit.end < offset;
  return edit.start < edit.end || edit.sticksTo === "before";
}
