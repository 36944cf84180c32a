import type { SoakResult } from "./_soak.ts";

/** How much more heap may be in use afterwards than before. */
const HEAP_RATIO = 1.1;
/** Bytes that are too few to tell a leak from what the engine compiled meanwhile. */
const HEAP_NOISE = 4 * 1024 * 1024;
/** The share of words that may be lost, for each share of connections that is. */
const LOST_SHARE = 0.4;
/** Words that are too few to tell a share from chance. */
const LOST_NOISE = 20;

/** What was not as it has to be in a soak, what was left behind and what is out of proportion included. */
export function checkSoak(result: SoakResult): string[] {
  const { violations, heap, files, counts, options } = result;
  const found = [...violations];
  if (heap.after > heap.before * HEAP_RATIO + HEAP_NOISE) {
    found.push(`${heap.after - heap.before} bytes of heap are left, of ${heap.before} before`);
  }
  if (files.after > files.before) found.push(`${files.after - files.before} files are left open`);
  if (counts.conversations !== options.conversations) found.push("conversations are missing");
  const lostShare = LOST_SHARE * options.dropRate;
  if (counts.wordsLost > LOST_NOISE + counts.wordsSaid * lostShare) {
    found.push(`${counts.wordsLost} of ${counts.wordsSaid} words were lost with connections`);
  }
  return found;
}
