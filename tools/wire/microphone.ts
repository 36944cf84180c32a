/** Gives the audio of the recordings, when there was some. */
import { InputAudioRawFrame } from "../../frames/mod.ts";
import type { VirtualClock } from "../../testing/mod.ts";
import { membersOf, type RecordedLine } from "./recording.ts";

/** Milliseconds in a piece of audio. */
const PIECE_MS = 20;

/** Pauses that are no more than a late piece, in milliseconds. */
const GAP_MS = 150;

type Span = readonly [fromMs: number, untilMs: number];

/** Gives the user's audio in pieces of 20 ms, as it came. */
export class Microphone {
  readonly #clock: VirtualClock;
  readonly #sampleRate: number;
  readonly #push: (frame: InputAudioRawFrame) => void;
  #sample = 0;
  #closed = false;

  constructor(clock: VirtualClock, options: {
    readonly lines: readonly RecordedLine[];
    readonly sampleRate: number;
    readonly push: (frame: InputAudioRawFrame) => void;
  }) {
    this.#clock = clock;
    this.#sampleRate = options.sampleRate;
    this.#push = options.push;
    for (const [from, until] of spansOfAudio(options.lines)) {
      clock.timer(from, () => this.#next(until));
    }
  }

  /** Ends it. */
  close(): void {
    this.#closed = true;
  }

  #next(until: number): void {
    if (this.#closed || this.#clock.now() > until) return;
    const rate = this.#sampleRate;
    const samples = new Int16Array(rate * PIECE_MS / 1000).map((_, k) =>
      Math.trunc(8000 * Math.sin(2 * Math.PI * 440 * (this.#sample + k) / rate))
    );
    this.#sample += samples.length;
    this.#push(new InputAudioRawFrame(samples, { sampleRate: rate }));
    this.#clock.timer(PIECE_MS, () => this.#next(until));
  }
}

/** When audio came in, in milliseconds: while some was sent, and while the VAD heard the user. */
function spansOfAudio(lines: readonly RecordedLine[]): Span[] {
  const sent = sentSpans(lines);
  const spans = [...sent, ...heardSpans(lines, { alone: sent.length === 0 })]
    .sort(([a], [b]) => a - b);
  const joined: Span[] = [];
  for (const [from, until] of spans) {
    const last = joined.at(-1);
    if (last && from <= last[1] + GAP_MS) {
      joined[joined.length - 1] = [last[0], Math.max(last[1], until)];
    } else joined.push([Math.max(0, from), until]);
  }
  return joined;
}

function sentSpans(lines: readonly RecordedLine[]): Span[] {
  return lines.flatMap(({ from, t, end = t, fields }): Span[] => {
    const sent = from === "client" && ("audio" in fields || "frame" in fields);
    // Silence is sent to keep a connection, and not because it was heard.
    if (!sent || t === undefined || membersOf(fields["audio"])["silence"] === true) return [];
    return [[t * 1000 - 10, (end ?? t) * 1000]];
  });
}

/**
 * While the VAD heard the user: a service that hears segments sends nothing meanwhile, and one that
 * is muted or has no connection neither.
 */
function heardSpans(
  lines: readonly RecordedLine[],
  { alone }: { readonly alone: boolean },
): Span[] {
  // He had been speaking for 0.2 s by then, and audio went on as long behind it.
  const [before, after] = alone ? [210, 200] : [0, 0];
  const ends = lines.filter(({ fields }) => fields["frame"] === "VADUserStoppedSpeakingFrame");
  return lines.flatMap(({ from, t, fields }): Span[] => {
    const began = from === "input" && fields["frame"] === "VADUserStartedSpeakingFrame";
    if (!began || t === undefined) return [];
    const stopped = ends.find(({ t: at = 0 }) => at > t)?.t;
    return stopped === undefined ? [] : [[t * 1000 - before, stopped * 1000 + after]];
  });
}
