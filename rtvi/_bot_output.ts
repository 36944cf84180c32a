import type { AggregatedTextFrame, HeardTextFrame } from "../frames/mod.ts";
import type { RTVIObserverParams } from "./params.ts";

/** Segments that may be on their way to be heard. */
const REMEMBERED = 256;

/** A piece of the bot's output that the client is told of as one. */
interface Segment {
  readonly id: number;
  /** What the model wrote. */
  readonly original: string;
  /** What the client is told. */
  readonly text: string;
  readonly aggregatedBy: string;
  /** Whether the client is told nothing of it. */
  readonly hidden: boolean;
  /** How much of `text` the client knows to have been heard. */
  heard: number;
}

export interface BotOutputOptions {
  readonly params: RTVIObserverParams;
  readonly send: (type: "bot-output" | "bot-tts-text", data?: unknown) => void;
}

/** Tells a client what the bot says, and what of it has been heard. */
export class BotOutput {
  readonly #params: RTVIObserverParams;
  readonly #send: BotOutputOptions["send"];
  readonly #segments: Map<string, Segment> = new Map();
  /** What is told once the bot is heard, or is not going to be. */
  #held: (() => void)[] = [];
  #last = 0;
  #speaking = false;

  constructor(options: BotOutputOptions) {
    this.#params = options.params;
    this.#send = options.send;
  }

  /** Whether the bot is heard. */
  get speaking(): boolean {
    return this.#speaking;
  }

  /** The bot begins to be heard. */
  started(): void {
    this.#speaking = true;
    this.settle();
  }

  /** The bot falls silent. */
  stopped(): void {
    this.#speaking = false;
  }

  /** Tells what waited for audio that does not come. */
  settle(): void {
    for (const tell of this.#held.splice(0)) tell();
  }

  /** Forgets what nobody has heard. */
  interrupted(): void {
    this.#held = [];
  }

  /** A segment has its turn: what was before it has been heard. */
  segment(frame: AggregatedTextFrame): void {
    const { text, aggregatedBy, willBeSpoken } = frame;
    if (!willBeSpoken) return this.unspoken(text, aggregatedBy);
    const segment = this.#open(text, aggregatedBy);
    if (frame.segmentId !== undefined) this.#remember(keyOf(frame, frame.segmentId), segment);
    this.#announce(segment, { hold: !this.#speaking });
  }

  /** A text that nobody speaks has its turn. */
  unspoken(text: string, aggregatedBy: string): void {
    const segment = this.#open(text, aggregatedBy);
    const data = { ...about(segment), spoken: false, will_be_spoken: false };
    this.#tell(segment, data, { hold: this.#held.length > 0 });
  }

  /** A piece of a segment has been heard. */
  heard(frame: HeardTextFrame): void {
    const { span, aggregatedBy } = frame;
    this.settle();
    if (!span) return this.#heardWhole(frame);
    const segment = this.#segments.get(keyOf(frame, span.id)) ?? this.#unannounced(frame, span);
    this.#word(segment, frame.text, aggregatedBy);
    const whole = span.text.trim();
    const before = span.text.length - span.text.trimStart().length;
    const heard = whole.slice(0, Math.max(0, span.end - before)).trimEnd();
    this.#progress(segment, this.#accumulated(segment, heard, whole));
  }

  /** A text that no segment announced, heard as a whole. */
  #heardWhole(frame: HeardTextFrame): void {
    const segment = this.#open(frame.text, frame.aggregatedBy);
    this.#announce(segment, { hold: false });
    this.#word(segment, frame.text, frame.aggregatedBy);
    this.#progress(segment, segment.text);
  }

  #unannounced(frame: HeardTextFrame, { id, text }: { id: number; text: string }): Segment {
    const segment = this.#open(text, "sentence");
    this.#remember(keyOf(frame, id), segment);
    this.#announce(segment, { hold: false });
    return segment;
  }

  #word(segment: Segment, text: string, aggregatedBy: string): void {
    const word = text.trim();
    const hidden = segment.hidden || this.#skips(aggregatedBy);
    if (word === "" || hidden || this.#params.botTtsEnabled === false) return;
    this.#send("bot-tts-text", { text: this.#transformed(word, aggregatedBy) });
  }

  #announce(segment: Segment, options: { readonly hold: boolean }): void {
    this.#tell(segment, {
      ...about(segment),
      spoken: false,
      will_be_spoken: true,
      spoken_status: "new",
      spoken_progress: { accumulated_text: "", remaining_text: segment.text },
    }, options);
  }

  #progress(segment: Segment, accumulated: string): void {
    if (accumulated.length <= segment.heard) return;
    segment.heard = accumulated.length;
    const remaining = segment.text.slice(accumulated.length);
    this.#tell(segment, {
      ...about(segment),
      will_be_spoken: true,
      spoken_status: remaining === "" ? "completed" : "in-progress",
      spoken_progress: { accumulated_text: accumulated, remaining_text: remaining },
    }, { hold: false });
  }

  #tell(segment: Segment, data: unknown, { hold }: { readonly hold: boolean }): void {
    const hidden = segment.hidden || segment.text.trim() === "";
    if (hidden || this.#params.botOutputEnabled === false) return;
    const tell = () => this.#send("bot-output", data);
    if (hold) this.#held.push(tell);
    else tell();
  }

  #open(text: string, aggregatedBy: string): Segment {
    const original = text.trim();
    return {
      id: ++this.#last,
      original,
      text: this.#transformed(original, aggregatedBy),
      aggregatedBy,
      hidden: this.#skips(aggregatedBy),
      heard: 0,
    };
  }

  #remember(key: string, segment: Segment): void {
    this.#segments.set(key, segment);
    const [oldest] = this.#segments.keys();
    if (this.#segments.size > REMEMBERED && oldest !== undefined) this.#segments.delete(oldest);
  }

  #skips(aggregatedBy: string): boolean {
    return this.#params.skipAggregatorTypes?.includes(aggregatedBy) ?? false;
  }

  #transformed(text: string, aggregatedBy: string): string {
    return (this.#params.botOutputTransforms ?? [])
      .filter(([kind]) => kind === "*" || kind === aggregatedBy)
      .reduce((changed, [, transform]) => transform(changed, aggregatedBy), text);
  }

  /** The beginning of what the client was told that stands for what has been heard. */
  #accumulated(segment: Segment, heard: string, whole: string): string {
    const { text, original, aggregatedBy } = segment;
    if (heard.length === whole.length) return text;
    if (whole === original) {
      const own = this.#transformed(heard, aggregatedBy);
      if (own.length < text.length && text.startsWith(own)) return own;
    }
    return wholeWords(text, Math.floor(text.length * heard.length / whole.length));
  }
}

/** The beginning of a text up to a place, without the word that goes on there. */
function wholeWords(text: string, end: number): string {
  const start = text.slice(0, end);
  return (/^\s/.test(text.slice(end)) ? start : start.replace(/\S+$/, "")).trimEnd();
}

/** Segments are numbered by the voice that speaks them, and there may be several. */
function keyOf({ contextId }: AggregatedTextFrame, segmentId: number): string {
  return `${contextId ?? ""}/${segmentId}`;
}

function about({ text, aggregatedBy, id }: Segment): Record<string, unknown> {
  return { text, aggregated_by: aggregatedBy, segment_id: id };
}
