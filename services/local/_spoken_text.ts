/** A written word and what is said for it. */
export interface SpokenToken {
  /** Where it begins in the text, in UTF-16 code units. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** What is said for it; empty for a bullet, an emoji and the like. */
  readonly spoken: string;
}

const UNSPACED_SCRIPT =
  String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}` +
  String.raw`\p{Script=Khmer}\p{Script=Myanmar}`;
/** Scripts that write words without spaces between them. */
const UNSPACED = new RegExp(`[${UNSPACED_SCRIPT}]`, "u");
const ALL_UNSPACED = new RegExp(`[${UNSPACED_SCRIPT}]+`, "gu");
/** Languages of espeak-ng that read one of them; all others say "Chinese letter" for each. */
const READS_UNSPACED = /^(cmn|hak|ja|km|lo|my|nan|th|yue)\b/;

/** Pictures, which espeak-ng would call by their names ("party popper"), and what joins them. */
const EMOJI =
  /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u200d\ufe0f\u20e3]/gu;

/** Marks that it would call by their names ("asterisk"), or take for markup or for phonemes. */
const UNSPOKEN = /[*`~|^\\_[\]{}<>«»“”„•·]|[\p{So}\p{Sk}]/gu;

/** A dash that stands for a pause. */
const DASH = /\s*(?:[—–]|-{2,}|\.{3,}|…)\s*/g;

/** Sums of money: the name of one, of many, and of hundredths. */
const MONEY: Readonly<Record<string, readonly [one: string, many: string, hundredths: string]>> = {
  "$": ["dollar", "dollars", "cents"],
  "£": ["pound", "pounds", "pence"],
  "€": ["euro", "euros", "cents"],
};
const SUM = /([$£€])(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d\d))?(?!\d|[.,]\d)/g;

/** A tag of HTML that was left in the text. */
const TAG = /<\/?[a-z][^<>]*>/gi;

/** What is said at all: letters, digits and signs that have a name. */
const SAYABLE = /[\p{L}\p{N}+=%@/&×÷±\p{Sc}]/u;

/** Cuts a text into its written words, and says what is said for each by a voice such as "en-us+f2". */
export function spokenTokens(text: string, voice: string): SpokenToken[] {
  const tokens: SpokenToken[] = [];
  for (const { 0: chunk, index } of text.matchAll(/\S+/g)) {
    let start = index;
    for (const piece of UNSPACED.test(chunk) ? splitUnspaced(chunk) : [chunk]) {
      const end = start + piece.length;
      tokens.push({ start, end, spoken: spokenForm(piece, voice) });
      start = end;
    }
  }
  return tokens;
}

/** Words that have no space between them, each with the marks that follow it. */
function splitUnspaced(chunk: string): string[] {
  const pieces: string[] = [];
  let opening = "";
  const words = new Intl.Segmenter(undefined, { granularity: "word" });
  for (const { segment, isWordLike } of words.segment(chunk)) {
    const last = pieces.length - 1;
    if (isWordLike) {
      pieces.push(opening + segment);
      opening = "";
    } else if (last < 0 || /^\p{Ps}/u.test(segment)) opening += segment;
    else pieces[last] += segment;
  }
  return opening === "" ? pieces : [...pieces, opening];
}

/** What espeak-ng is given for a written word. */
function spokenForm(word: string, voice: string): string {
  const plain = word.replace(TAG, "").replace(EMOJI, "").replace(UNSPOKEN, " ").trim();
  const readable = READS_UNSPACED.test(voice) ? plain : plain.replace(ALL_UNSPACED, " ").trim();
  // A hyphen alone is a bullet, any other dash alone is a pause.
  if (!SAYABLE.test(readable)) return /[—–…]|-{2,}|\.{3,}/.test(readable) ? "," : "";
  return (voice.startsWith("en") ? inEnglish(readable) : readable.replaceAll("&", "&amp;"))
    .replace(/^#+(?=\D)/, "")
    .replace(DASH, ", ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Writes out what espeak-ng reads badly: "$12.50" is "dollar twelve point five zero" to it. */
function inEnglish(word: string): string {
  return word
    .replace(SUM, (_, sign: string, whole: string, part: string | undefined) => {
      const [one = "", many = "", hundredths = ""] = MONEY[sign] ?? [];
      const sum = `${whole} ${whole === "1" ? one : many}`;
      return part === undefined || part === "00" ? sum : `${sum} and ${Number(part)} ${hundredths}`;
    })
    .replace(/&/g, " and ")
    .replace(/#(?=\d)/g, "number ")
    .replace(/^[-−](?=\d)/, "minus ")
    .replace(/(?<=\d)–(?=\d)/g, " to ");
}
