import { estimateSpeechMs, splitSentences } from "../../text/mod.ts";
import type { SpokenToken } from "./_spoken_text.ts";

/** Words that are spoken in one call, and the pause behind them. */
export interface SpokenSegment {
  /** The written words. */
  readonly tokens: readonly SpokenToken[];
  /** Milliseconds of silence between the last sound and what follows, at usual speed. */
  readonly pauseMs: number;
}

/** About the most speech of one call, during which nothing else runs: 5 ms for each second of it. */
const MAX_MS = 4000;

/** What espeak-ng itself leaves between sentences and between clauses. */
const SENTENCE_PAUSE_MS = 350;
const CLAUSE_PAUSE_MS = 175;

/** Before these a long clause is cut best. */
const JOINTS = new Set(
  ("after and as at because before but by for from if in into like of on or so than that then through " +
    "to until when where which while who with without").split(" "),
);

/** Cuts a text into what is spoken at a time: sentences, clauses of long ones, parts of long clauses. */
export function spokenSegments(text: string, tokens: readonly SpokenToken[]): SpokenSegment[] {
  const segments: SpokenSegment[] = [];
  let from = 0;
  let offset = 0;
  for (const sentence of splitSentences(text)) {
    offset += sentence.length;
    const next = tokens.findIndex(({ start }, k) => k >= from && start >= offset);
    const end = next < 0 ? tokens.length : next;
    segments.push(...pack(tokens.slice(from, end)));
    from = end;
  }
  return segments;
}

/** Puts the clauses of a sentence together, as far as they fit into one call. */
function pack(sentence: readonly SpokenToken[]): SpokenSegment[] {
  const segments: SpokenSegment[] = [];
  let open: SpokenToken[] = [];
  for (const part of clausesOf(sentence).flatMap(shorten)) {
    if (open.length > 0 && msOf(open) + msOf(part) > MAX_MS) {
      segments.push({ tokens: open, pauseMs: endsClause(open.at(-1)) ? CLAUSE_PAUSE_MS : 0 });
      open = [];
    }
    open.push(...part);
  }
  return open.length > 0 ? [...segments, { tokens: open, pauseMs: SENTENCE_PAUSE_MS }] : segments;
}

function clausesOf(sentence: readonly SpokenToken[]): SpokenToken[][] {
  const clauses: SpokenToken[][] = [[]];
  for (const token of sentence) {
    clauses.at(-1)?.push(token);
    if (endsClause(token)) clauses.push([]);
  }
  return clauses.filter((clause) => clause.length > 0);
}

/** Halves a clause that is too long until its parts are not. */
function shorten(clause: SpokenToken[]): SpokenToken[][] {
  if (msOf(clause) <= MAX_MS || clause.length < 2) return [clause];
  const middle = clause.length / 2;
  let cut = Math.round(middle);
  for (let k = 1; k < clause.length; k++) {
    const isJoint = JOINTS.has(clause[k]?.spoken.toLowerCase() ?? "");
    const wasJoint = JOINTS.has(clause[cut]?.spoken.toLowerCase() ?? "");
    const isNearer = Math.abs(k - middle) < Math.abs(cut - middle);
    if (Math.abs(k - middle) <= middle / 2 && isJoint && (!wasJoint || isNearer)) cut = k;
  }
  return [...shorten(clause.slice(0, cut)), ...shorten(clause.slice(cut))];
}

function endsClause(token: SpokenToken | undefined): boolean {
  return /[,;:，；：、]["'’”)]*$/.test(token?.spoken ?? "");
}

function msOf(tokens: readonly SpokenToken[]): number {
  return tokens.reduce((sum, { spoken }) => sum + estimateSpeechMs(spoken), 0);
}
