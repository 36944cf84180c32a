import { abbreviationKind, isInitials, writesOrdinalPeriod } from "./abbreviations.ts";

/** A stretch of a text, `end` excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How {@linkcode scanSentence} looks at a text. */
export interface ScanOptions {
  /** Where to look from: what lies before is known to hold no end. */
  readonly from?: number;
  /** Whether the text ends here, rather than goes on unseen. */
  readonly complete?: boolean;
  /** Stretches in which no sentence ends, in order. */
  readonly protectedSpans?: readonly Span[];
  /** Language of the text (BCP 47), for rules that depend on it. */
  readonly language?: string | undefined;
}

/** What {@linkcode scanSentence} found. */
export interface ScanResult {
  /** Where the first sentence ends; 0 when no end is sure. */
  readonly end: number;
  /** Where to look from when more text has come. */
  readonly from: number;
}

/** What a place in the text is: an end, none (look on from there), or unknown without more text. */
type Verdict = { readonly end: number } | { readonly next: number } | "wait";

/** Marks that end a sentence whatever follows. Lao U+0ECC and the like are not among them. */
const ALWAYS = /[\u037e؛།༎；]|(?![.!?])\p{Sentence_Terminal}/u;
const CANDIDATE =
  /(?<=[\p{Script=Thai}\p{Script=Lao}]) |[.!?…\n;\u037e՜՞؛།༎；]|\p{Sentence_Terminal}/gu;
const STOP = /[.!?…\u037e؛།༎；]|\p{Sentence_Terminal}/u;
const CLOSER =
  /["'”’“»«›‹)\]}」』】）〉》〕*_~`\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u200d\ufe0f]/u;
const OPENER = /["'“‘«‹»›([{¿¡*_~`„‚「『【（〈《〔]/u;
/** Scripts whose sentences follow each other without a space. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const THAI = /[\p{Script=Thai}\p{Script=Lao}]/u;
/** Length from which a space ends a piece of Thai. */
const ENOUGH_THAI = 24;
/** What may start a block after a line break: an empty line, a list item, a heading, a fence. */
const BLOCK = /\n[ \t]*(?:\n|[-*+•][ \t]|\d{1,3}[.)][ \t]|#{1,6}[ \t]|```)/y;
const PARTIAL_BLOCK = /^\n[ \t]*(?:[-*+•]|\d{1,3}[.)]?|#{1,6}|`{1,2})?$/;

/** Finds the end of the first sentence of `text`. */
export function scanSentence(whole: string, options: ScanOptions = {}): ScanResult {
  // Half a character says nothing yet.
  const text = !options.complete && /[\ud800-\udbff]$/.test(whole) ? whole.slice(0, -1) : whole;
  const candidate = new RegExp(CANDIDATE);
  candidate.lastIndex = options.from ?? 0;
  for (let match = candidate.exec(text); match; match = candidate.exec(text)) {
    const guarded = options.protectedSpans?.find(({ start, end }) =>
      start <= match.index && match.index < end
    );
    const verdict = guarded ? { next: guarded.end } : judge(text, match.index, options);
    if (verdict === "wait") return { end: 0, from: match.index };
    if ("end" in verdict) return { end: verdict.end, from: verdict.end };
    candidate.lastIndex = verdict.next;
  }
  return { end: 0, from: text.length };
}

function judge(text: string, at: number, options: ScanOptions): Verdict {
  const char = text.charAt(at);
  if (char === "\n") return judgeLineBreak(text, at, options);
  if (char === " ") return judgeSpace(text, at, options);
  if (char === ";" && !/[\p{Script=Greek}]/u.test(text.charAt(at - 1))) return { next: at + 1 };
  const run = stopRun(text, at, options);
  if (run === undefined) return "wait";
  const end = closersEnd(text, run);
  if (end === text.length) return options.complete ? { end } : "wait";
  const stops = text.slice(at, run);
  if (/[՜՞]/.test(stops)) return judgeArmenianMark(text, end, options);
  if (char === ";" || ALWAYS.test(stops)) return judgeAlways(text, { start: at, end }, options);
  const follows = followingOf(text, end);
  if (follows === undefined) return options.complete ? judgeLast(text, end) : "wait";
  if (!follows.spaced) return judgeUnspaced(text, { start: at, end });
  return judgeSpaced(text, { start: at, end, stops, ...follows }, options);
}

/** A list item, heading or paragraph ends where the next one begins, with or without a mark. */
function judgeLineBreak(text: string, at: number, { complete }: ScanOptions): Verdict {
  const isLeading = text.slice(0, at).trim() === "";
  BLOCK.lastIndex = at;
  if (!isLeading && BLOCK.test(text)) return { end: at };
  if (!isLeading && !complete && PARTIAL_BLOCK.test(text.slice(at))) return "wait";
  return { next: at + 1 };
}

/** Thai and Lao end sentences with a space, as they do clauses: it counts once there is enough. */
function judgeSpace(text: string, at: number, { complete }: ScanOptions): Verdict {
  const next = firstSignificant(text, at);
  if (text.slice(0, at).trim().length < ENOUGH_THAI) return { next: at + 1 };
  if (next === "") return complete ? { next: text.length } : "wait";
  return THAI.test(next) ? { end: at } : { next: at + 1 };
}

/** Where a run of marks ("?!", "...", "? !") ends; nothing while that is unknown. */
function stopRun(text: string, at: number, { complete }: ScanOptions): number | undefined {
  let end = at;
  while (end < text.length) {
    if (STOP.test(text.charAt(end)) || end === at) {
      end++;
      continue;
    }
    const gap = /^[ \u00a0\u202f]+/.exec(text.slice(end))?.[0].length ?? 0;
    const next = text.charAt(end + gap);
    if (gap === 0 || !/[.!?]/.test(next)) break;
    if (next === "." && /[\p{L}\p{N}]/u.test(text.charAt(end + gap + 1))) break;
    if (next === "." && end + gap + 1 === text.length && !complete) return undefined;
    end += gap;
  }
  return end;
}

/** Where the quotes, brackets and emoji end that close right after `at`; French "! »" counts. */
function closersEnd(text: string, at: number): number {
  let end = /^[ \u00a0\u202f]»(?![\p{L}\p{N}])/u.test(text.slice(at, at + 3)) ? at + 2 : at;
  while (end < text.length) {
    const char = String.fromCodePoint(text.codePointAt(end) ?? 0);
    if (!CLOSER.test(char) || opensQuote(text, end, char)) break;
    end += char.length;
  }
  return end;
}

/** German closes with the marks that others open with: they close what „ or » opened before. */
function opensQuote(text: string, at: number, char: string): boolean {
  const opener = char === "“" ? "„" : char === "«" ? "»" : char === "‹" ? "›" : undefined;
  if (opener === undefined) return false;
  return at === 0 || text.lastIndexOf(opener, at - 1) <= text.lastIndexOf(char, at - 1);
}

function judgeAlways(text: string, { start, end }: Span, { complete }: ScanOptions): Verdict {
  if (!complete && text.slice(end).trim() === "") return "wait";
  const isDecimal = text.charAt(start) === "．" && /\p{N}/u.test(text.charAt(start - 1)) &&
    /\p{N}/u.test(text.charAt(end));
  // 「はい。」と: what was said is part of the sentence that says so.
  const isQuoted = /[」』]/.test(text.charAt(end - 1)) && /^(?:と|って)/.test(text.slice(end));
  return isDecimal || isQuoted ? { next: end } : { end };
}

/** The question mark of Armenian stands on a stressed vowel: a capital has to follow. */
function judgeArmenianMark(text: string, end: number, { complete }: ScanOptions): Verdict {
  const next = firstSignificant(text, end);
  if (next === "") return complete ? { end } : "wait";
  return /\s/.test(text.charAt(end)) && /\p{Lu}/u.test(next) ? { end } : { next: end };
}

interface Following {
  readonly spaced: boolean;
  readonly newline: boolean;
  /** The first character that says what begins there. */
  readonly next: string;
}

/** What follows the marks, as far as it decides; nothing while it has not been seen. */
function followingOf(text: string, end: number): Following | undefined {
  const gap = /^\s*/.exec(text.slice(end))?.[0] ?? "";
  const next = firstSignificant(text, end);
  return next === "" ? undefined : { spaced: gap !== "", newline: gap.includes("\n"), next };
}

function firstSignificant(text: string, at: number): string {
  for (let i = at; i < text.length;) {
    const char = String.fromCodePoint(text.codePointAt(i) ?? 0);
    if (!/\s/.test(char) && !OPENER.test(char)) return char;
    i += char.length;
  }
  return "";
}

/** Only quotes and white space follow, and then nothing. */
function judgeLast(text: string, end: number): Verdict {
  return text.slice(end).trim() === "" ? { end } : { next: end };
}

function judgeUnspaced(text: string, { start, end }: Span): Verdict {
  const word = wordBefore(text, start);
  const next = text.charAt(end);
  const stops = text.slice(start, end);
  const isNumbering = /^\.$/.test(stops) && isListMarker(text, start, word);
  if (UNSPACED.test(next) && !isEllipsis(stops) && !isNumbering) {
    return { end };
  }
  // "Hi!How" but not "example.com/?Q=1".
  const isPlain = /\p{L}$/u.test(word) && !/[./=&@:]/.test(word);
  return /[!?]/.test(stops) && isPlain && /\p{Lu}/u.test(next) ? { end } : { next: end };
}

interface SpacedStop extends Span, Following {
  readonly stops: string;
}

function judgeSpaced(text: string, stop: SpacedStop, options: ScanOptions): Verdict {
  const { start, end, stops, next } = stop;
  const none: Verdict = { next: end };
  const isSmall = /\p{Ll}/u.test(next);
  if (/[!?]/.test(stops)) {
    const isClosed = end > start + stops.trimEnd().length;
    return isSmall && isClosed ? none : { end };
  }
  if (isEllipsis(stops)) return stop.newline ? { end } : none;
  const word = wordBefore(text, start);
  if (isListMarker(text, start, word) || endsNoSentence(text, start, { word, next, options })) {
    return none;
  }
  return isSmall && !isPlainWordEnd(word) ? none : { end };
}

function isEllipsis(stops: string): boolean {
  return /…|\..*\./.test(stops);
}

/** What stands before the period, back to a space, quote or bracket. */
function wordBefore(text: string, at: number): string {
  return /[^\s"'“”‘’«»‹›([{¿¡*_~`„‚「」『』【】（）\u3000-\u303f]*$/u.exec(
    text.slice(Math.max(0, at - 80), at),
  )?.[0] ?? "";
}

/** "1." at the start of a line numbers an item. */
function isListMarker(text: string, at: number, word: string): boolean {
  if (!/^\d{1,3}$/.test(word)) return false;
  return /(?:^|\n)[\s>*_#-]*$/.test(text.slice(0, at - word.length));
}

interface PeriodContext {
  readonly word: string;
  readonly next: string;
  readonly options: ScanOptions;
}

/** Whether the period belongs to an abbreviation, an initial or an ordinal. */
function endsNoSentence(text: string, at: number, { word, next, options }: PeriodContext): boolean {
  const before = text.slice(Math.max(0, at - word.length - 8), at - word.length);
  // "Green, Sr. It is" but "El Sr. García".
  const kind = word === "Sr" && !/,\s+$/.test(before) ? "leading" : abbreviationKind(word);
  if (kind === "leading") return true;
  if (kind === "numbered") return /\p{N}/u.test(next);
  if (kind === "trailing") return /\p{Ll}/u.test(next);
  if (isInitials(word) && /[\p{L}\p{N}]/u.test(next)) return !isWordByItself(word, before);
  return /^\d{1,2}$/.test(word) && options.language !== undefined &&
    writesOrdinalPeriod(options.language);
}

/** "Neither do I. What …", "à 8 h. Demain …" */
function isWordByItself(letter: string, before: string): boolean {
  return (letter === "I" && /\p{Ll}\s+$/u.test(before)) ||
    (/^\p{Ll}$/u.test(letter) && /\p{N}\s*$/u.test(before));
}

/** Before a small letter only a word that is no abbreviation ends a sentence: "there. how". */
function isPlainWordEnd(word: string): boolean {
  return /^\p{Ll}{2,}$/u.test(word) || /^\p{L}{5,}$/u.test(word);
}
