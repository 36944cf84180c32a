/** Numbers, words and signs that are read out. */
const PART = /\d+(?:,\d{3})*|[\p{L}\p{M}\p{N}]+|[$€£¥₹%&+@#=°/:.]/gu;
const CURRENCY = /[$€£¥₹]/;
/** Writing in which one character is about one syllable. */
const SYLLABIC = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const VOWELS = /[aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿāēīōūıаеёиоуыэюяєіїαεηιουωάέήίόύώ]+/gu;

/** How many words a piece of writing without spaces is when it is read out. */
export function countSpokenWords(written: string): number {
  const chunk = written.replace(/[^\p{L}\p{M}\p{N}%°$€£¥₹+&@#=]+$/u, "");
  if (/^\p{L}(?:\.\p{L})+$/u.test(chunk)) return chunk.split(".").length;
  const hasCurrency = CURRENCY.test(chunk);
  let [count, afterPoint, hasCents] = [0, false, false];
  for (const [part] of chunk.matchAll(PART)) {
    const digits = part.replaceAll(",", "");
    if (/^\d+$/.test(digits)) {
      hasCents ||= afterPoint && hasCurrency;
      count += afterPoint && !hasCurrency ? digits.length : countNumberWords(digits);
    } else if (part === ".") count += hasCurrency ? 0 : 1;
    else if (part !== ":") count++;
    afterPoint = part === ".";
  }
  // "… and fifty cents"
  return Math.max(1, hasCents ? count + 2 : count);
}

/** How many words a whole number is. One of four digits counts as a year: "twenty twenty six". */
export function countNumberWords(digits: string): number {
  if (digits.length > 12 || /^0\d/.test(digits)) return digits.length;
  if (Number(digits) === 0) return 1;
  if (digits.length === 4) {
    return countBelowHundred(Number(digits.slice(0, 2))) +
      Math.max(1, countBelowHundred(Number(digits.slice(2))));
  }
  let count = 0;
  for (let end = digits.length, isLast = true; end > 0; end -= 3, isLast = false) {
    const group = Number(digits.slice(Math.max(0, end - 3), end));
    if (group === 0) continue;
    count += (group >= 100 ? 2 : 0) + countBelowHundred(group % 100) + (isLast ? 0 : 1);
  }
  return count;
}

function countBelowHundred(value: number): number {
  if (value === 0) return 0;
  return value < 20 || value % 10 === 0 ? 1 : 2;
}

/** About how many syllables a piece of writing without spaces is when it is read out. */
export function countSyllables(chunk: string): number {
  if (/\p{N}|[$€£¥₹%&+=°]/u.test(chunk)) return countSpokenWords(chunk) * 1.5;
  let count = 0;
  for (const [word] of chunk.toLowerCase().matchAll(/[\p{L}\p{M}]+/gu)) {
    const characters = Array.from(word).filter((c) => SYLLABIC.test(c)).length;
    const vowels = word.match(VOWELS)?.length ?? 0;
    const bare = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u.test(word);
    const letters = Array.from(word).filter((c) => /\p{L}/u.test(c)).length;
    count += characters > 0 ? characters : Math.max(1, bare ? vowels : letters / 2);
  }
  return count;
}

/** About how many syllables long the pause is that comes after a piece of writing. */
export function countPause(after: string): number {
  if (/[\n.!?…]|\p{Sentence_Terminal}/u.test(after)) return 2;
  return /[,;:、，–—]/.test(after) ? 0.8 : 0;
}
