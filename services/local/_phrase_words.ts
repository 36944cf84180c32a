import { MAX_NUMBER, numberToWords } from "./_numbers.ts";

/** What is short for two words and has no rule of its own below. */
const CONTRACTIONS: Readonly<Record<string, readonly string[]>> = {
  "cannot": ["can", "not"],
  "can't": ["can", "not"],
  "cant": ["can", "not"],
  "dont": ["do", "not"],
  "im": ["i", "am"],
  "let's": ["let", "us"],
  "lets": ["let", "us"],
  "shan't": ["shall", "not"],
  "thats": ["that", "is"],
  "whats": ["what", "is"],
  "won't": ["will", "not"],
};

/** Endings that are short for a word. */
const ENDINGS: readonly (readonly [ending: string, word: string])[] = [
  ["n't", "not"],
  ["'re", "are"],
  ["'ll", "will"],
  ["'ve", "have"],
  ["'m", "am"],
];

/** Words after which `'s` is "is", and not whose something is. */
const BEFORE_IS = new Set(
  "he here how it she that there this today tomorrow what when where who why".split(" "),
);

/** What is said for a sign between two numbers. */
const OPERATORS: Readonly<Record<string, string>> = {
  "+": "plus",
  "-": "minus",
  "−": "minus",
  "–": "minus",
  "*": "times",
  "x": "times",
  "×": "times",
  "/": "divided by",
  "÷": "divided by",
};

/**
 * The words of a text as they are written in a dictionary: lower case, without marks, digits of
 * whole numbers up to 999 written out, other numbers as digits.
 */
export function writtenWords(text: string): string[] {
  const plain = text.normalize("NFKC").toLowerCase()
    .replace(/[‘’ʼ]/g, "'")
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, "")
    .replace(/(?<=\d\s*)[-+−–*x×/÷](?=\s*\d)/g, (sign) => ` ${OPERATORS[sign] ?? sign} `);
  const words = plain.match(/\d+(?:\.\d+)?|\p{L}[\p{L}\p{M}]*(?:'[\p{L}\p{M}]+)*/gu) ?? [];
  return words.flatMap((word) => isWrittenOut(word) ? numberToWords(Number(word)) : [word]);
}

/** The words that a written word is short for: those of "what's" are "what" and "is". */
export function fullWords(word: string): readonly string[] {
  const known = CONTRACTIONS[word];
  if (known) return known;
  for (const [ending, meaning] of ENDINGS) {
    if (word.endsWith(ending) && word.length > ending.length) {
      return [word.slice(0, -ending.length), meaning];
    }
  }
  const before = word.endsWith("'s") ? word.slice(0, -2) : "";
  return BEFORE_IS.has(before) ? [before, "is"] : [word];
}

function isWrittenOut(word: string): boolean {
  return /^\d+$/.test(word) && Number(word) <= MAX_NUMBER;
}
