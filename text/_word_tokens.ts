import { abbreviationKind } from "./abbreviations.ts";
import { graphemes, wordPieces } from "./_graphemes.ts";
import { countSpokenWords } from "./_spoken_size.ts";

/** A word of a text, as a TTS service may say it. */
export interface WordToken {
  /** Where it begins, leading quotes and brackets included. */
  readonly start: number;
  /** Where it ends, with the marks that close it. */
  readonly end: number;
  /** Letters and digits it is compared by, folded; empty for a sign such as "&". */
  readonly letters: string;
  /** The sign, where it is one and has no letters. */
  readonly sign: string;
  /** For each letter, where in the text the character ends that it is from. */
  readonly ends: readonly number[];
  /** How many spoken words it may become. */
  readonly units: number;
  /** Whether it may well be said with other letters than it is written: numbers, abbreviations. */
  readonly isExpandable: boolean;
  /** Whether an emoji or sign follows that some services say and others do not. */
  readonly hasSilentTail: boolean;
}

const MARKUP = /<\/?[a-zA-Z][^<>]*>/g;
/** Scripts that write words without spaces between them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const SIGN = /^[&+%=@#$€£¥₹°<>/*\p{Sm}]+$/u;
/** Marks that close what stands before them. */
const CLOSING = /^[\p{Pe}\p{Pf}.,!?;:…"'’”*_~`\p{Sentence_Terminal}、，؛،]+$/u;
const EMOJI = /[\p{Extended_Pictographic}\p{Regional_Indicator}]/u;

const LIGATURES: ReadonlyMap<string, string> = new Map([
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["ø", "o"],
  ["ł", "l"],
  ["đ", "d"],
  ["ı", "i"],
]);

/** Letters and digits without case and accents: what two ways to write a word have in common. */
export function foldLetters(text: string): string {
  const plain = text.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
  return plain.replace(/[ßæœøłđı]/g, (letter) => LIGATURES.get(letter) ?? letter);
}

/** The words of `text`, whose first character stands at `base`. */
export function tokenizeWords(text: string, base = 0): WordToken[] {
  const masked = text.replace(MARKUP, (tag) => "\ue000".repeat(tag.length));
  const tokens: WordToken[] = [];
  for (const { 0: chunk, index } of masked.matchAll(/\S+/g)) {
    let at = index;
    for (const piece of UNSPACED.test(chunk) ? splitUnspaced(chunk) : [chunk]) {
      const token = tokenOf(piece, at);
      at += piece.length;
      if (token) tokens.push(token);
      else closeLast(tokens, piece, at);
    }
  }
  const last = tokens.at(-1);
  if (last) tokens[tokens.length - 1] = { ...last, end: text.length };
  return base === 0 ? tokens : tokens.map((token) => shift(token, base));
}

/** Words with the marks that close them; marks that open go with the word after. */
function splitUnspaced(chunk: string): string[] {
  const pieces: string[] = [];
  let opening = "";
  for (const { text } of wordPieces(chunk)) {
    const last = pieces.length - 1;
    if (/[\p{L}\p{N}]/u.test(text)) {
      pieces.push(opening + text);
      opening = "";
    } else if (opening === "" && last >= 0 && CLOSING.test(text)) pieces[last] += text;
    else opening += text;
  }
  return opening === "" ? pieces : [...pieces, opening];
}

function tokenOf(chunk: string, start: number): WordToken | undefined {
  const letters: string[] = [];
  const ends: number[] = [];
  for (const { text, start: at } of graphemes(chunk)) {
    // By code unit, so that an index of a letter is an index of its string.
    for (const letter of foldLetters(text.replaceAll("\ue000", "")).split("")) {
      letters.push(letter);
      ends.push(start + at + text.length);
    }
  }
  const bare = chunk.replaceAll("\ue000", "");
  if (letters.length === 0 && !SIGN.test(bare)) return undefined;
  return {
    start,
    end: start + chunk.length,
    letters: letters.join(""),
    sign: letters.length === 0 ? bare : "",
    ends,
    units: Math.min(MAX_UNITS, countSpokenWords(bare)),
    isExpandable: letters.length === 0 || isExpandable(bare),
    hasSilentTail: EMOJI.test(chunk),
  };
}

/** Most spoken words one written word is expected to become. */
const MAX_UNITS = 15;

function isExpandable(bare: string): boolean {
  const word = bare.replace(/[^\p{L}\p{N}%°]+$/u, "");
  const isAbbreviation = bare.startsWith(`${word}.`) && abbreviationKind(word) !== undefined;
  return isAbbreviation || /\p{N}|[$€£¥₹%&+@#=°/]/u.test(word) ||
    /\p{L}\.\p{L}/u.test(word) || /^\p{Lu}{2,5}$/u.test(word);
}

/** Gives marks that stand alone to the word before them, unless they open the one after. */
function closeLast(tokens: WordToken[], text: string, end: number): void {
  const last = tokens.at(-1);
  const isEmoji = EMOJI.test(text);
  if (!last || !(isEmoji || CLOSING.test(text))) return;
  tokens[tokens.length - 1] = { ...last, end, hasSilentTail: last.hasSilentTail || isEmoji };
}

function shift(token: WordToken, base: number): WordToken {
  return {
    ...token,
    start: token.start + base,
    end: token.end + base,
    ends: token.ends.map((end) => end + base),
  };
}
