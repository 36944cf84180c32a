import {
  AggregatedTextFrame,
  type Frame,
  LLMTextFrame,
  TextFrame,
  TTSSpeakFrame,
} from "../frames/mod.ts";

/** A piece that a voice has announced, as the model wrote it, and how far it was spoken. */
export interface Announced {
  readonly raw: string;
  readonly segmentId: number | undefined;
  said: number;
}

/** Something a voice was given to speak, and how much of it was spoken. */
interface Unit {
  readonly frame: TextFrame | TTSSpeakFrame;
  readonly text: string;
  said: number;
}

/**
 * What a voice was given and has not spoken, in order, as frames for another:
 * texts of the model, and the text it was in the midst of speaking on its own.
 */
export function restOf(
  frames: readonly Frame[],
  about: { readonly announced: readonly Announced[]; readonly current: Frame | undefined },
): Frame[] {
  const units = frames.filter((frame) =>
    frame instanceof TextFrame || frame instanceof TTSSpeakFrame
  )
    .map((frame): Unit => ({ frame, text: textOf(frame), said: 0 }));
  const model = units.filter(({ frame }) => frame instanceof TextFrame);
  const speaks = units.filter(({ frame }) => frame instanceof TTSSpeakFrame);
  // A piece that was passed over because of an earlier error is not spoken late.
  const last = about.announced.findLastIndex(({ said }) => said > 0);
  for (const [i, piece] of about.announced.slice(0, last + 1).entries()) {
    mark(piece, { model, speaks, whole: i < last });
  }
  return framesOf(
    units.filter(({ frame }) => frame instanceof TextFrame || frame === about.current),
  );
}

/** Marks as spoken what a piece holds, and what stands before it. */
function mark(
  { raw, said }: Announced,
  among: {
    readonly model: readonly Unit[];
    readonly speaks: readonly Unit[];
    readonly whole: boolean;
  },
): void {
  const { model, speaks, whole } = among;
  const trimmed = raw.trim();
  const length = whole ? trimmed.length : said - (raw.length - raw.trimStart().length);
  const text = model.map((unit) => unit.text).join("");
  const from = model.reduce((sum, unit) => sum + unit.said, 0);
  const lead = text.length - text.slice(from).trimStart().length;
  const speak = speaks.find((unit) => unit.text.slice(unit.said).trimStart().startsWith(trimmed));
  const at = text.startsWith(trimmed, lead) ? lead : speak ? -1 : text.indexOf(trimmed, from);
  if (at >= 0) advance(model, at + Math.max(0, length));
  else if (speak) {
    const start = speak.text.length - speak.text.slice(speak.said).trimStart().length;
    speak.said = start + Math.max(0, length);
  }
}

/** Marks the first so many characters of several units as spoken. */
function advance(units: readonly Unit[], to: number): void {
  let left = to;
  for (const unit of units) {
    unit.said = Math.min(unit.text.length, Math.max(0, left));
    left -= unit.text.length;
  }
}

/** What is left of each unit; the model's tokens are put together. */
function framesOf(units: readonly Unit[]): Frame[] {
  const frames: Frame[] = [];
  let tokens: Unit[] = [];
  const flush = () => {
    const text = tokens.map((unit) => unit.text.slice(unit.said)).join("");
    const [first] = tokens;
    tokens = [];
    if (!first || text.trim() === "") return;
    const { appendToContext } = first.frame;
    frames.push(new LLMTextFrame(text, { appendToContext }));
  };
  for (const unit of units) {
    const { frame } = unit;
    if (frame instanceof TextFrame && !(frame instanceof AggregatedTextFrame)) {
      tokens.push(unit);
      continue;
    }
    flush();
    const rest = restOfWhole(unit);
    if (rest) frames.push(rest);
  }
  flush();
  return frames;
}

function restOfWhole({ frame, text, said }: Unit): Frame | undefined {
  const rest = text.slice(said);
  if (said === 0) return frame;
  if (rest.trim() === "") return undefined;
  const { appendToContext } = frame;
  if (frame instanceof TTSSpeakFrame) return new TTSSpeakFrame(rest, { appendToContext });
  const aggregatedBy = frame instanceof AggregatedTextFrame ? frame.aggregatedBy : undefined;
  return new AggregatedTextFrame(rest, { aggregatedBy, appendToContext });
}

/** The text of a frame as a voice takes it: with the space that stands before the next one. */
function textOf(frame: TextFrame | TTSSpeakFrame): string {
  if (frame instanceof AggregatedTextFrame) return frame.rawText;
  if (frame instanceof TTSSpeakFrame || frame.includesInterFrameSpaces) return frame.text;
  return `${frame.text} `;
}
