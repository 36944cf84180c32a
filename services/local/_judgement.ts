import { isDecoy, isSpoken, type ScoredSegment } from "./_recognition_model.ts";

/** From where on something counts as heard, in natural logarithms per second of speech. */
export interface Thresholds {
  /** How far below any sounds in any order the whole phrase may lie. */
  readonly phrase: number;
  /** How far below them each of its words and pauses may lie. */
  readonly word: number;
}

/** What the two decoders make of an utterance. */
export interface Judgement {
  /** Whether it was a phrase, speech of another kind, or none. */
  readonly verdict: "heard" | "refused" | "nothing";
  /** The words of the phrase, without pauses; those it would be, if it was refused. */
  readonly words: readonly ScoredSegment[];
  /** From 0 to 1: 0.5 is where refusing begins. */
  readonly confidence: number;
}

/** What is shorter than this is too short to fit badly. */
const MIN_SEGMENT_SECS = 0.15;

/** How fast confidence rises above a threshold, per second of speech. */
const PHRASE_SLOPE = 40;
const WORD_SLOPE = 60;

/** Speech has at least so many sounds, and so many of them each second: fewer are noise or a tone. */
const MIN_SOUNDS = 2;
const MIN_SOUNDS_PER_SEC = 3;

/**
 * Decides whether an utterance was one of the phrases.
 *
 * A grammar hears a phrase in anything. What tells a phrase that was said from one that was not is
 * how well it fits against the best row of bare sounds: as a whole, in each word, and in each pause
 * where others may have said something else.
 */
export function judge(
  phrase: readonly ScoredSegment[],
  loop: readonly ScoredSegment[],
  thresholds: Thresholds,
): Judgement {
  const words = phrase.filter(isSpoken);
  const sounds = loop.filter(isSpoken);
  const length = lengthOf(sounds);
  const isSpeech = sounds.length >= MIN_SOUNDS && sounds.length >= length * MIN_SOUNDS_PER_SEC;
  if (!isSpeech) return { verdict: "nothing", words, confidence: 0 };
  if (words.length === 0) return { verdict: "refused", words, confidence: 0 };
  const whole = (scoreOf(phrase) - scoreOf(loop)) / Math.max(length, lengthOf(words));
  const confidence = confidenceOf({ whole, worst: worstFit(phrase, loop) }, thresholds);
  const isHeard = confidence >= 0.5 && !words.some(isDecoy);
  return { verdict: isHeard ? "heard" : "refused", words, confidence };
}

function confidenceOf(
  { whole, worst }: { readonly whole: number; readonly worst: number },
  thresholds: Thresholds,
): number {
  const margin = Math.min(
    (whole - thresholds.phrase) / PHRASE_SLOPE,
    (worst - thresholds.word) / WORD_SLOPE,
  );
  return 1 / (1 + Math.exp(-margin));
}

/** How the word or pause fits that fits worst. */
function worstFit(phrase: readonly ScoredSegment[], loop: readonly ScoredSegment[]): number {
  const curve = scoreCurve(loop);
  return Math.min(...phrase.map(({ start, end, score }) => {
    const bySounds = scoreAt(curve, end) - scoreAt(curve, start);
    return (score - bySounds) / Math.max(end - start, MIN_SEGMENT_SECS);
  }));
}

function lengthOf(segments: readonly ScoredSegment[]): number {
  return segments.reduce((sum, { start, end }) => sum + end - start, 0);
}

function scoreOf(segments: readonly ScoredSegment[]): number {
  return segments.reduce((sum, { score }) => sum + score, 0);
}

/** A point of the sum of scores over time. */
interface CurvePoint {
  readonly time: number;
  readonly sum: number;
}

function scoreCurve(segments: readonly ScoredSegment[]): CurvePoint[] {
  let sum = 0;
  return [
    { time: 0, sum },
    ...segments.map(({ end, score }) => ({ time: end, sum: sum += score })),
  ];
}

/** The sum of scores at a moment, in a straight line between the ends of two segments. */
function scoreAt(curve: readonly CurvePoint[], time: number): number {
  const next = curve.findIndex((point) => point.time >= time);
  const [before, after] = [curve[next - 1], curve[next < 0 ? curve.length - 1 : next]];
  if (!after || next <= 0 || !before || after.time === before.time) return after?.sum ?? 0;
  const part = (time - before.time) / (after.time - before.time);
  return before.sum + part * (after.sum - before.sum);
}
