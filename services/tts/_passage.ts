import type { Clock } from "../../async/mod.ts";
import { estimateSpeechMs, type MappedText } from "../../text/mod.ts";
import { Speech } from "./_speech.ts";
import { type SpokenPiece, WordFollower } from "./_word_follower.ts";
import type { SpeechEvent, SpeechStream } from "./synthesis.ts";

/** A piece of text that is spoken as one. */
export interface Segment {
  readonly id: number;
  /** The text, for who shows it. */
  readonly text: string;
  /** What the model wrote for it. */
  readonly raw: string;
  /** What is said for it. */
  readonly spoken: MappedText;
  /** What the provider is sent for it, where that has tags of its own. */
  readonly sent?: string | undefined;
  readonly aggregatedBy: string;
  /** Whether it is shown only. */
  readonly silent: boolean;
  /** How much of what the model wrote was said before the connection broke. */
  readonly said?: number;
  /** Whether a context let it fall already: once is enough. */
  readonly asked?: boolean;
}

/** How a passage gets its audio. */
export interface PassageOptions {
  readonly clock: Clock;
  readonly sampleRate: number;
  readonly stallTimeoutMs: number;
  /** Aborted when nobody wants to hear it any more. */
  readonly signal: AbortSignal;
  /** Asks for the audio of one text. */
  readonly ask: (text: string, signal: AbortSignal) => AsyncIterable<SpeechEvent>;
  /** Opens a speech of many texts, where the service has such. */
  readonly stream: (() => SpeechStream) | undefined;
  /** Told of each text before it is sent. */
  readonly onText: (text: string, place: { readonly first: boolean }) => void;
  readonly onFirstAudio: () => void;
  /** Called once all of it has been read; not if it failed. */
  readonly onRead: () => void;
}

/** A word that is said, and the segment it is in. */
export interface SpokenPart extends SpokenPiece {
  readonly segment: Segment;
}

/**
 * Segments that come as one speech: one, where each text is a request, or as many
 * as there are, where texts are streamed.
 */
export class Passage {
  readonly segments: Segment[] = [];
  readonly #options: PassageOptions;
  readonly #waiting: Segment[] = [];
  #speech: Speech | undefined;
  #follower: WordFollower | undefined;
  #stream: SpeechStream | undefined;
  #ended = false;
  readonly #sent: Segment[] = [];
  /** Tokens without a letter before the first with one: alone they are nothing to say. */
  readonly #held: Segment[] = [];

  constructor(options: PassageOptions) {
    this.#options = options;
  }

  /** Whether another segment can be part of it. */
  get open(): boolean {
    if (!this.#options.stream) return this.segments.length === 0;
    return !this.#ended && !this.#speech?.over;
  }

  /** Whether it was said that no further segment comes. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether all of its audio is there. */
  get complete(): boolean {
    return this.#speech?.complete ?? false;
  }

  /** Whether the connection broke before all of it was there. */
  get broken(): boolean {
    return this.#speech?.broken ?? false;
  }

  /** Milliseconds of audio given out. */
  get givenMs(): number {
    return this.#speech?.givenMs ?? 0;
  }

  /** Adds a segment behind those it has. */
  add(segment: Segment): void {
    this.segments.push(segment);
    if (this.#follower) this.#send(segment);
    else this.#waiting.push(segment);
  }

  /** Says that no further segment comes. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stream?.end();
  }

  /** Asks for its audio, now or before. */
  start(): Speech {
    if (this.#speech) return this.#speech;
    const { stream, stallTimeoutMs } = this.#options;
    const sayable = this.#waiting.some((segment) => this.#isSayable(segment));
    let ask: ((signal: AbortSignal) => AsyncIterable<SpeechEvent>) | undefined;
    if (stream && (sayable || !this.#ended)) {
      const opened = this.#stream = stream();
      ask = () => opened.events;
    } else if (sayable) {
      const [segment] = this.#waiting;
      ask = (signal) => this.#options.ask(textOf(segment), signal);
    }
    const speech = this.#speech = new Speech({
      ...this.#options,
      stallTimeoutMs: stream ? undefined : stallTimeoutMs,
      ask,
      owes: () => this.#sent.length > 0,
    });
    this.#follower = new WordFollower(speech);
    for (const segment of this.#waiting.splice(0)) this.#send(segment);
    if (this.#ended) this.#stream?.end();
    return speech;
  }

  /** What is said up to a moment of its audio, and was not told of before. */
  until(ms: number): SpokenPart[] {
    return this.#parts(this.#follower?.until(ms) ?? []);
  }

  /** What has not been told of, all of its audio being out: up to a segment, if one is given. */
  rest(until?: Segment): SpokenPart[] {
    const texts = until ? this.segments.findIndex(({ id }) => id === until.id) : undefined;
    return this.#parts(this.#follower?.rest(texts) ?? []);
  }

  /**
   * The segments that have not been said to their ends, as far as they have not:
   * those for which no audio came, if the connection broke.
   */
  remainder(): Segment[] {
    return this.segments.flatMap((segment, k) => {
      const left = this.#follower?.remainder(k);
      return left ? [{ ...segment, sent: undefined, spoken: left.spoken, said: left.said }] : [];
    });
  }

  /**
   * The last segments of which the provider said no word, though it knows when it
   * says which, nor gave audio for: those that came too late for a context that
   * had expired.
   */
  unsaid(): Segment[] {
    const { words, readMs } = this.#speech ?? { words: [], readMs: 0 };
    if (!this.#options.stream || words.length === 0) return [];
    const rest = this.remainder();
    const isReported = (id: number) =>
      this.#follower?.isReported(this.segments.findIndex((segment) => segment.id === id));
    const isUnsaid = ({ said = 0, asked, id }: Segment) =>
      said === 0 && !asked && this.#sent.some((sent) => sent.id === id) && !isReported(id);
    const from = rest.findLastIndex((segment) => !isUnsaid(segment)) + 1;
    const unsaid = rest.slice(from).map((segment) => ({ ...segment, asked: true }));
    // White space and marks alone are nothing to hear.
    if (!unsaid.some((segment) => hasWords(textOf(segment)))) return [];
    const saidMs = words.reduce((ms, { startMs = 0, endMs = startMs }) => Math.max(ms, endMs), 0);
    const wantedMs = estimateSpeechMs(unsaid.map(textOf).join(" "));
    // Times that lie behind all of the audio prove nothing.
    const isThere = saidMs > readMs + 1_000 || readMs - saidMs >= wantedMs / 3;
    return isThere ? [] : unsaid;
  }

  #send(segment: Segment): void {
    const { stream } = this.#options;
    const sayable = this.#isSayable(segment);
    const said = segment.said ?? 0;
    // Of what is not spoken nothing is to be looked for among the words.
    const { spoken } = segment;
    const heard = sayable ? spoken : spoken.edit([{ start: 0, end: spoken.text.length }]);
    this.#follower?.add(stream ? heard : spoken, {
      said,
      continues: segment.aggregatedBy === "token" && this.segments.indexOf(segment) > 0,
    });
    if (!sayable) return;
    this.#held.push(segment);
    if (this.#sent.length === 0 && !hasWords(spoken.text)) return;
    for (const held of this.#held.splice(0)) this.#sendNow(held);
  }

  /** Whether there is something to say. Of tokens that are sent one by one, marks matter as well. */
  #isSayable({ silent, spoken, aggregatedBy }: Segment): boolean {
    const isToken = this.#options.stream && aggregatedBy === "token";
    return !silent && (isToken ? spoken.text !== "" : hasWords(spoken.text));
  }

  #sendNow(segment: Segment): void {
    this.#sent.push(segment);
    const text = textOf(segment);
    this.#options.onText(text, { first: this.#sent.length === 1 });
    this.#stream?.send(text);
  }

  #parts(pieces: readonly SpokenPiece[]): SpokenPart[] {
    return pieces.flatMap((piece) => {
      const segment = this.segments[piece.text];
      return segment ? [{ ...piece, segment }] : [];
    });
  }
}

/** The text that is sent: a token as it is, for it may be a part of a word. */
function textOf(segment: Segment | undefined): string {
  if (segment?.sent !== undefined) return segment.sent;
  const text = segment?.spoken.text ?? "";
  return segment?.aggregatedBy === "token" ? text : text.trim();
}

/** Whether anybody would hear it. */
function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
