// Whole numbers from 0 to 999 as English words: there, back, and as a grammar.

const ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const TEENS = [
  "ten",
  "eleven",
  "twelve",
  "thirteen",
  "fourteen",
  "fifteen",
  "sixteen",
  "seventeen",
  "eighteen",
  "nineteen",
];
const TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** Greatest number that has words. */
export const MAX_NUMBER = 999;

/** Every word of a number as it is spoken. */
export const NUMBER_WORDS: readonly string[] = [
  "zero",
  ...ONES,
  ...TEENS,
  ...TENS,
  "hundred",
  "and",
];

/** The rule `<number>` and those it needs, in JSGF. */
export const NUMBER_RULES: string = [
  `<ones> = ${ONES.join(" | ")};`,
  `<below_hundred> = <ones> | ${TEENS.join(" | ")} | (${TENS.join(" | ")}) [<ones>];`,
  "<number> = zero | <below_hundred> | <ones> hundred [[and] <below_hundred>];",
].join("\n");

/** The words of a whole number from 0 to 999, as in `"three hundred twelve"`. */
export function numberToWords(number: number): string[] {
  if (number >= 100) {
    const rest = number % 100;
    const hundreds = [ONES[Math.floor(number / 100) - 1] ?? "", "hundred"];
    return rest === 0 ? hundreds : [...hundreds, ...numberToWords(rest)];
  }
  if (number >= 20) {
    const ten = TENS[Math.floor(number / 10) - 2] ?? "";
    return number % 10 === 0 ? [ten] : [ten, ONES[(number % 10) - 1] ?? ""];
  }
  return [number === 0 ? "zero" : TEENS[number - 10] ?? ONES[number - 1] ?? ""];
}

/** A number that stands in a text. */
export interface FoundNumber {
  /** The number. */
  readonly value: number;
  /** Index of the first word behind it. */
  readonly end: number;
}

/** All numbers that begin at a word, the longest first; a word may be digits. */
export function numbersAt(words: readonly string[], at: number): FoundNumber[] {
  const word = words[at] ?? "";
  if (/^\d/.test(word)) return [{ value: Number(word), end: at + 1 }];
  if (word === "zero") return [{ value: 0, end: at + 1 }];
  const hundreds = word === "a" ? 1 : ONES.indexOf(word) + 1;
  if (hundreds === 0 || words[at + 1] !== "hundred") return belowHundred(words, at);
  const afterAnd = words[at + 2] === "and" ? belowHundred(words, at + 3) : [];
  const more = [...afterAnd, ...belowHundred(words, at + 2)].map(({ value, end }) => ({
    value: hundreds * 100 + value,
    end,
  }));
  const shorter = word === "a" ? [] : belowHundred(words, at);
  return [...more, { value: hundreds * 100, end: at + 2 }, ...shorter];
}

function belowHundred(words: readonly string[], at: number): FoundNumber[] {
  const word = words[at] ?? "";
  const one = ONES.indexOf(word) + 1;
  if (one > 0) return [{ value: one, end: at + 1 }];
  const teen = TEENS.indexOf(word);
  if (teen >= 0) return [{ value: teen + 10, end: at + 1 }];
  const ten = TENS.indexOf(word);
  if (ten < 0) return [];
  const value = (ten + 2) * 10;
  const next = ONES.indexOf(words[at + 1] ?? "") + 1;
  const alone = { value, end: at + 1 };
  return next > 0 ? [{ value: value + next, end: at + 2 }, alone] : [alone];
}
