/** Segmenters by what they cut; made on first use, since loading their data costs milliseconds. */
const segmenters = new Map<"grapheme" | "word", Intl.Segmenter>();

function segmenter(granularity: "grapheme" | "word"): Intl.Segmenter {
  let found = segmenters.get(granularity);
  if (!found) {
    found = new Intl.Segmenter("und", { granularity });
    segmenters.set(granularity, found);
  }
  return found;
}

/** A piece of a text and where it starts. */
export interface Piece {
  readonly text: string;
  readonly start: number;
}

/** The characters of `text` as a reader counts them. */
export function graphemes(text: string): Piece[] {
  // ASCII has no clusters but CR LF, and is most of what is said.
  if (/^[ -~\n]*$/.test(text)) return Array.from(text, (c, start) => ({ text: c, start }));
  return Array.from(
    segmenter("grapheme").segment(text),
    ({ segment, index }) => ({ text: segment, start: index }),
  );
}

/** The words of `text` and what stands between them, for scripts that write no spaces. */
export function wordPieces(text: string): Piece[] {
  return Array.from(
    segmenter("word").segment(text),
    ({ segment, index }) => ({ text: segment, start: index }),
  );
}

/** The last place at or before `offset` that splits no character. */
export function graphemeFloor(text: string, offset: number): number {
  if (offset <= 0) return 0;
  if (offset >= text.length) return text.length;
  // Between two ASCII characters other than CR LF there is always a boundary.
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  if (before < 0x80 && after < 0x80 && before !== 13) return offset;
  return segmenter("grapheme").segment(text).containing(offset)?.index ?? offset;
}
