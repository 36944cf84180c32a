import { Deque } from "../../async/mod.ts";
import type { Frame, TTSTextFrame } from "../../frames/mod.ts";
import { HeardLedger } from "./ledger.ts";

/** Who is told of what passes. */
export interface PassageSink {
  /** Takes a frame whose place has been reached. */
  pass(frame: Frame): void;
  /** Takes a text that has been heard. */
  heard(text: TTSTextFrame): void;
}

/** An utterance, which need not have a name. */
export interface Utterance {
  readonly id: string | undefined;
}

interface Marker {
  readonly position: number;
  readonly frame: Frame;
}

/** What rounding can add up to, in samples. */
const EPSILON = 1e-3;

/**
 * What waits for the audio before it to be heard: frames, at their places among the audio, and texts, by the ledger.
 *
 * Positions are in samples of one channel.
 */
export class Passage {
  readonly #rate: number;
  readonly #sink: PassageSink;
  readonly #markers: Deque<Marker> = new Deque();
  readonly #ledger: HeardLedger<TTSTextFrame> = new HeardLedger();
  #queued = 0;

  constructor(sampleRate: number, sink: PassageSink) {
    this.#rate = sampleRate;
    this.#sink = sink;
  }

  /** Position after all audio that was queued. */
  get queued(): number {
    return this.#queued;
  }

  /** Whether no frame waits. */
  get empty(): boolean {
    return this.#markers.length === 0;
  }

  /** The position at which something passes next, as far as it is known. */
  get next(): number | undefined {
    const marker = this.#markers.peek()?.position;
    const ms = this.#ledger.nextMs;
    const text = ms === undefined ? undefined : ms * this.#rate / 1000;
    if (marker === undefined || text === undefined) return marker ?? text;
    return Math.min(marker, text);
  }

  /** Says that audio was queued, of an utterance or of none. */
  append(samples: number, utterance: Utterance | undefined): void {
    this.#queued += samples;
    const ms = this.#msOf(samples);
    if (!utterance) this.#ledger.append(ms);
    else if (utterance.id === undefined) this.#ledger.appendUnnamed(ms);
    else this.#ledger.append(ms, utterance.id);
  }

  begin(contextId: string | undefined): void {
    this.#ledger.begin(contextId);
  }

  end(contextId: string | undefined): void {
    this.#ledger.end(contextId);
  }

  text(frame: TTSTextFrame): void {
    this.#ledger.add(frame);
  }

  mark(frame: Frame): void {
    this.#markers.push({ position: this.#queued, frame });
  }

  /** Lets by what lies before a position: what was heard before each frame first. */
  to(position: number): void {
    for (let next = this.#markers.peek(); next; next = this.#markers.peek()) {
      if (next.position > position + EPSILON) break;
      this.hear(next.position);
      this.#markers.shift();
      this.#sink.pass(next.frame);
    }
    this.hear(position);
  }

  /** Tells what was heard up to a position; one at a time, since who hears of one may interrupt. */
  hear(position: number): void {
    const ms = this.#msOf(position);
    for (let text = this.#ledger.take(ms); text; text = this.#ledger.take(ms)) {
      this.#sink.heard(text);
    }
  }

  /** Says that the audio up to a position was dropped. */
  lose(position: number): void {
    this.#ledger.lose(this.#msOf(position));
  }

  /** The texts that would be heard up to a position, with the positions of each. */
  until(position: number): { readonly text: TTSTextFrame; readonly position: number }[] {
    return this.#ledger.until(this.#msOf(position))
      .map(({ text, atMs }) => ({ text, position: atMs * this.#rate / 1000 }));
  }

  /** Says that the audio which was not reached was dropped. */
  silence(): void {
    this.#ledger.interrupt();
  }

  /** Drops the frames that wait, down to those that may not be dropped. */
  interrupt(): void {
    this.#markers.retain(({ frame }) => frame.uninterruptible);
  }

  #msOf(position: number): number {
    return position * 1000 / this.#rate;
  }
}
