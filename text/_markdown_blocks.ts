import { inlineEdits } from "./_markdown_inline.ts";
import type { TextEdit } from "./mapped_text.ts";

/** What is left out besides the markup. */
export interface BlockOptions {
  readonly filterCode: boolean;
  readonly filterTables: boolean;
}

/** A line of `source`; `next` is where the one after it begins. */
interface Line {
  readonly source: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})[^`]*$/;
const HEADING = /^ {0,3}#{1,6}(?:[ \t]+|$)/;
const CLOSING_HASHES = /[ \t]+#+[ \t]*$/;
const RULE = /^ {0,3}(?:([-_*])(?:[ \t]*\1){2,}|={3,})[ \t]*$/;
const UNDERLINE = /^ {0,3}(?:-{2,}|=+)[ \t]*$/;
const REFERENCE = /^ {0,3}\[[^\]]+\]:[ \t]+\S+(?:[ \t]+"[^"]*")?[ \t]*$/;
const QUOTE = /^(?: {0,3}>[ \t]?)+/;
const BULLET = /^[ \t]*[-*+•][ \t]+(?:\[[ xX]\][ \t]+)?/;
const ROW = /^[ \t]*\|.*\|[ \t]*$/;
const SEPARATOR = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** Takes Markdown out of a text that may come in pieces. */
export class MarkdownBlocks {
  /** The fence that is open. */
  #fence = "";
  #inTable = false;
  /** Whether the next piece starts a line. */
  #atLineStart = true;
  /** Whether the next piece may go on with the name of a language. */
  #expectsInfo = false;

  /** Forgets what was begun. */
  reset(): void {
    this.#fence = "";
    this.#inTable = false;
    this.#atLineStart = true;
    this.#expectsInfo = false;
  }

  /** The edits that make `text` plain. */
  edits(text: string, options: BlockOptions): TextEdit[] {
    const edits: TextEdit[] = [];
    const lines = linesOf(text);
    lines.forEach((line, k) => {
      const isLineStart = k > 0 || this.#atLineStart;
      if (k === 0 && this.#isInfo(line)) skip(line, edits);
      else if (this.#fence) this.#fencedLine(line, options, edits);
      else if (isLineStart && FENCE.test(line.text)) {
        this.#fence = FENCE.exec(line.text)?.[1] ?? "";
        skip(line, edits);
      } else if (isLineStart && this.#isTableLine(lines, k)) tableLine(line, options, edits);
      else if (isLineStart) blockLine(line, lines[k - 1], edits);
      else edits.push(...inlineEdits(text, line.start, line.end));
    });
    if (text === "") return edits;
    this.#atLineStart = /(?:\n|[.!?:。！？।])[ \t]*$/.test(text);
    this.#expectsInfo = this.#fence !== "" && FENCE.test(lines.at(-1)?.text ?? "");
    return edits;
  }

  #isInfo(line: Line): boolean {
    return this.#expectsInfo && /^[\w+#-]+$/.test(line.text) && line.next > line.end;
  }

  #fencedLine(line: Line, options: BlockOptions, edits: TextEdit[]): void {
    const closes = line.text.trim().startsWith(this.#fence) && FENCE.test(line.text);
    if (closes) this.#fence = "";
    if (closes || options.filterCode) skip(line, edits);
  }

  /** The edits that take out the lines of tables, and nothing else. */
  tableEdits(text: string): TextEdit[] {
    const edits: TextEdit[] = [];
    const lines = linesOf(text);
    lines.forEach((line, k) => this.#isTableLine(lines, k) && skip(line, edits));
    return edits;
  }

  #isTableLine(lines: readonly Line[], k: number): boolean {
    const text = lines[k]?.text ?? "";
    const next = lines[k + 1]?.text ?? "";
    const isHeader = text.includes("|") && next.includes("|") && SEPARATOR.test(next);
    this.#inTable = ROW.test(text) || isHeader || (this.#inTable && text.includes("|"));
    return this.#inTable;
  }
}

function linesOf(source: string): Line[] {
  let start = 0;
  return source.split("\n").map((text) => {
    const end = start + text.length;
    const line = { source, text, start, end, next: Math.min(end + 1, source.length) };
    start = line.next;
    return line;
  });
}

function tableLine(line: Line, { filterTables }: BlockOptions, edits: TextEdit[]): void {
  if (filterTables || SEPARATOR.test(line.text)) return skip(line, edits);
  for (
    const { 0: part, index } of line.text.matchAll(
      /(?:[ \t]*(?<!\\)\|)+[ \t]*|(?:\\\||[^|])+?(?=[ \t]*(?<!\\)\||$)/g,
    )
  ) {
    const start = line.start + index;
    const end = start + part.length;
    if (!/^[ \t]*\|/.test(part)) edits.push(...inlineEdits(line.source, start, end));
    else if (start === line.start) edits.push({ start, end });
    else if (end === line.end) edits.push({ start, end, sticksTo: "before" });
    else edits.push({ start, end, text: ", " });
  }
}

function blockLine(line: Line, previous: Line | undefined, edits: TextEdit[]): void {
  const isUnderlined = previous !== undefined && previous.text.trim() !== "" &&
    UNDERLINE.test(line.text);
  if (isUnderlined || RULE.test(line.text) || REFERENCE.test(line.text)) return skip(line, edits);
  const quote = QUOTE.exec(line.text)?.[0].length ?? 0;
  const inner = line.text.slice(quote);
  const heading = HEADING.exec(inner)?.[0].length ?? 0;
  const marker = quote + (heading || (BULLET.exec(inner)?.[0].length ?? 0));
  const hashes = heading ? CLOSING_HASHES.exec(line.text.slice(marker))?.[0].length ?? 0 : 0;
  const [start, end] = [line.start + marker, line.end - hashes];
  if (marker > 0) edits.push({ start: line.start, end: start });
  edits.push(...inlineEdits(line.source, start, end));
  if (hashes > 0) edits.push({ start: end, end: line.end, sticksTo: "before" });
}

/** Leaves out a line with its line break, or with the one before it when it has none. */
function skip(line: Line, edits: TextEdit[]): void {
  const isOpen = line.next === line.end && line.start > 0;
  const hasBreakBefore = isOpen && (edits.at(-1)?.end ?? 0) < line.start;
  const start = hasBreakBefore ? line.start - 1 : line.start;
  if (start < line.next) edits.push({ start, end: line.next, sticksTo: "before" });
}
