import type { TextEdit } from "./mapped_text.ts";

/** A run of `*`, `_` or `~`. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly mark: string;
  readonly canOpen: boolean;
  readonly canClose: boolean;
  /** Stands between two digits: a multiplication. */
  readonly isOperator: boolean;
}

const INLINE = new RegExp(
  [
    "(?<escape>\\\\[!-/:-@[-`{-~])",
    "(?<code>(?<!`)(?<ticks>`+)(?!`)[^]*?(?<!`)\\k<ticks>(?!`))",
    "(?<comment><!--[^]*?-->)",
    "(?<autolink><(?:https?:\\/\\/|mailto:)[^\\s<>]+>)",
    "(?<tag><\\/?[a-zA-Z][^<>]*>)",
    "(?<image>!\\[[^\\]]*\\]\\([^()]*\\))",
    "(?<footnote>\\[\\^[^\\]]+\\])",
    '(?<link>\\[[^\\[\\]]+\\]\\((?:[^()\\s]|\\([^()]*\\))*(?:\\s+"[^"]*")?\\))',
    "(?<url>https?:\\/\\/[^\\s<>*]+)",
    "(?<entity>&(?:#\\d{1,7}|#[xX][\\da-fA-F]{1,6}|[a-zA-Z]{2,8});)",
    "(?<run>\\*+|_+|~~+)",
  ].join("|"),
  "gu",
);

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", " "],
  ["hellip", "…"],
  ["mdash", "—"],
  ["ndash", "–"],
  ["lsquo", "‘"],
  ["rsquo", "’"],
  ["ldquo", "“"],
  ["rdquo", "”"],
  ["laquo", "«"],
  ["raquo", "»"],
  ["bull", "•"],
  ["middot", "·"],
  ["times", "×"],
  ["divide", "÷"],
  ["deg", "°"],
  ["plusmn", "±"],
  ["copy", "©"],
  ["reg", "®"],
  ["trade", "™"],
  ["euro", "€"],
  ["pound", "£"],
  ["yen", "¥"],
  ["cent", "¢"],
  ["sect", "§"],
]);

/** The edits that take the markup out of one line, `[start, end)` of `text`. */
export function inlineEdits(text: string, start: number, end: number): TextEdit[] {
  const line = text.slice(start, end);
  const edits: TextEdit[] = [];
  const runs: Run[] = [];
  for (const match of line.matchAll(INLINE)) {
    const at = match.index;
    const groups = match.groups ?? {};
    if (groups.run) runs.push(runOf(line, at, match[0]));
    else if (groups.link) edits.push(...linkEdits(match[0], at));
    else edits.push(...simpleEdits(line, at, match));
  }
  edits.push(...emphasisEdits(runs, line));
  return edits.map((edit) => ({ ...edit, start: edit.start + start, end: edit.end + start }))
    .sort((a, b) => a.start - b.start);
}

/** The edits of an element with nothing inside that is looked at again. */
function simpleEdits(line: string, at: number, match: RegExpMatchArray): TextEdit[] {
  const [whole] = match;
  const groups = match.groups ?? {};
  const end = at + whole.length;
  if (groups.escape) return [{ start: at, end: isTightStar(line, at, whole) ? end : at + 1 }];
  if (groups.code) {
    const ticks = groups.ticks?.length ?? 1;
    return [{ start: at, end: at + ticks }, { start: end - ticks, end, sticksTo: "before" }];
  }
  if (groups.autolink) {
    const address = whole.search(/[:/]+/) + (/[:/]+/.exec(whole)?.[0].length ?? 0);
    return [{ start: at, end: at + address }, { start: end - 1, end, sticksTo: "before" }];
  }
  if (groups.url) return [{ start: at, end: at + whole.indexOf("//") + 2 }];
  if (groups.entity) {
    const char = decode(whole.slice(1, -1));
    return char === undefined ? [] : [{ start: at, end, text: char }];
  }
  if (/^<br\b/i.test(whole)) return [{ start: at, end, text: "\n" }];
  return [{ start: at, end, sticksTo: /^(?:<\/|\[)/.test(whole) ? "before" : "after" }];
}

/** An escaped star that touches a word would be read out as "asterisk". */
function isTightStar(line: string, at: number, whole: string): boolean {
  return whole === "\\*" && !(isBlank(line.charAt(at - 1)) && isBlank(line.charAt(at + 2)));
}

function linkEdits(whole: string, at: number): TextEdit[] {
  const label = whole.indexOf("](");
  return [
    { start: at, end: at + 1 },
    ...inlineEdits(whole, 1, label).map((edit) => ({
      ...edit,
      start: edit.start + at,
      end: edit.end + at,
    })),
    { start: at + label, end: at + whole.length, sticksTo: "before" },
  ];
}

function decode(name: string): string | undefined {
  if (!name.startsWith("#")) return ENTITIES.get(name.toLowerCase());
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  const isScalar = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isScalar ? String.fromCodePoint(code) : undefined;
}

function runOf(line: string, start: number, whole: string): Run {
  const end = start + whole.length;
  const before = Array.from(line.slice(Math.max(0, start - 2), start)).at(-1) ?? "";
  const after = String.fromCodePoint(line.codePointAt(end) ?? 0x20);
  const canOpen = !isBlank(after) && (!isMark(after) || isBlank(before) || isMark(before));
  const canClose = !isBlank(before) && (!isMark(before) || isBlank(after) || isMark(after));
  const isOperator = /\d/.test(before) && /\d/.test(after);
  const mark = whole.charAt(0);
  if (mark !== "_") return { start, end, mark, canOpen, canClose, isOperator };
  // Within a word an underscore is part of a name.
  const opens = canOpen && (!canClose || isMark(before));
  const closes = canClose && (!canOpen || isMark(after));
  return { start, end, mark, canOpen: opens, canClose: closes, isOperator };
}

function isBlank(char: string): boolean {
  return char === "" || /\s/u.test(char);
}

function isMark(char: string): boolean {
  return /[\p{P}\p{S}]/u.test(char);
}

/**
 * Stars go also when the partner is missing: it may be in another piece of the text. Underscores and
 * tildes go in pairs.
 */
function emphasisEdits(runs: readonly Run[], line: string): TextEdit[] {
  const edits: TextEdit[] = [];
  const open: Run[] = [];
  runs.forEach((run, k) => {
    const { start, end, mark, canOpen, canClose, isOperator } = run;
    if (line.trim() === "*".repeat(end - start) && end - start > 1) edits.push({ start, end });
    if (isOperator) return;
    const isPartner = (other: Run) => other.mark === mark && length(other) === length(run);
    const opener = canClose ? open.findLastIndex(isPartner) : -1;
    if (opener >= 0) {
      const [{ start: first, end: firstEnd } = run] = open.splice(opener);
      edits.push({ start: first, end: firstEnd }, { start, end, sticksTo: "before" });
    } else if (canOpen && runs.slice(k + 1).some((other) => isPartner(other) && other.canClose)) {
      open.push(run);
    } else if (mark === "*" && canOpen !== canClose) {
      edits.push({ start, end, sticksTo: canOpen ? "after" : "before" });
    }
  });
  return [...edits, ...open.filter(({ mark }) => mark === "*")];
}

function length(run: Run): number {
  return run.end - run.start;
}
