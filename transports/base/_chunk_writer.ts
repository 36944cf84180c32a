import type { BaseAudioMixer } from "../../audio/mod.ts";
import { type Clock, TimeoutError, type Timer } from "../../async/mod.ts";
import { AudioQueue } from "./_audio_queue.ts";
import type { AudioFormat } from "./_converter.ts";
import { mixInto } from "./_mixers.ts";
import type { Span } from "./_timeline.ts";

/** How a {@linkcode ChunkWriter} works. */
export interface ChunkWriterOptions {
  readonly clock: Clock;
  readonly format: AudioFormat;
  /** How long a chunk is. */
  readonly chunkMs: number;
  /** How much may be written that is not heard yet. */
  readonly sendAheadMs: number;
  /** Mixes something into every chunk. */
  readonly mixer?: BaseAudioMixer | undefined;
  /** Whether silence is written while there is nothing to say. */
  readonly continuous: boolean;
  /** Whether there is anybody to write to. */
  ready(): boolean;
  /** Gives a chunk to the wire. */
  write(span: Span): void | Promise<void>;
  /** Told of every chunk that was written, or dropped because nobody took it. */
  done(span: Span): void;
  /** Told when a write that took its time is over, and more can be written. */
  wake(): void;
  /** Told what could not be done. */
  problem(doing: string, error: unknown): void;
}

/** How long a write may take before nobody is thought to take it. */
const WRITE_TIMEOUT_MS = 2_000;

/** How late a timer may be without the audio counting as late. */
const TIMER_SLACK_MS = 10;

/** What rounding can add up to, in milliseconds. */
const EPSILON_MS = 1e-6;

/**
 * Cuts audio into chunks and writes each in time, on absolute deadlines.
 *
 * A chunk is written when what is written and not heard stays within the send-ahead. One that is not full waits for
 * more until it would have to be heard, or, while nothing is heard, for as long as a chunk; the end of an utterance
 * ends the wait. When nobody takes a chunk, it and those after it are dropped at the pace of their playing.
 */
export class ChunkWriter {
  readonly #options: ChunkWriterOptions;
  readonly #queue: AudioQueue = new AudioQueue();
  readonly #chunk: number;
  readonly #leadMs: number;
  #written = 0;
  /** When the next chunk is to be heard, if it follows the one before. */
  #nextAt = -Infinity;
  /** When what waits began to wait. */
  #since = 0;
  #ended = false;
  #silence = 0;
  #silentUntil = -Infinity;
  #continuous: boolean;
  #busy: Span | undefined;
  #patience: Timer | undefined;
  #stalled = false;
  #failing = false;
  #hoarse = false;
  #generation = 0;

  constructor(options: ChunkWriterOptions) {
    const { format, chunkMs, sendAheadMs } = options;
    this.#options = options;
    this.#chunk = Math.round(format.sampleRate * chunkMs / 1000) * format.numChannels;
    this.#leadMs = Math.max(sendAheadMs, chunkMs) - chunkMs;
    this.#continuous = options.continuous;
  }

  /** Position after the last sample that was taken from the queue. */
  get written(): number {
    return this.#written;
  }

  /** How much waits, in milliseconds. */
  get waitingMs(): number {
    const { sampleRate, numChannels } = this.#options.format;
    return this.#queue.samples / numChannels / sampleRate * 1000;
  }

  /** Whether speech waits or is being written, and will be heard. */
  get speech(): boolean {
    if (this.#stalled || !this.#options.ready()) return false;
    return this.#queue.speech || (this.#busy?.speech ?? false);
  }

  /** When the silence that was asked for has been heard; `undefined` while some of it waits. */
  get silentUntil(): number | undefined {
    return this.#silence > 0 || this.#busy ? undefined : this.#silentUntil;
  }

  /** Queues samples of the output's format. */
  push(pcm: Int16Array, speech: boolean): void {
    if (this.#queue.samples === 0) this.#since = this.#options.clock.now();
    this.#queue.push(pcm, speech);
    this.#ended = false;
  }

  /** Says that nothing follows soon that would fill the last chunk. */
  end(): void {
    this.#ended = true;
  }

  /** Queues silence, after which there is no more. */
  finish(silenceMs: number): void {
    const { sampleRate, numChannels } = this.#options.format;
    this.#silence = Math.round(silenceMs * sampleRate / 1000) * numChannels;
    this.#continuous = false;
  }

  /** Drops what is queued; what was written was taken back, or will be heard still. */
  interrupt(takenBack: boolean): void {
    const { numChannels } = this.#options.format;
    this.#written += this.#queue.samples / numChannels;
    this.#queue.clear();
    this.#generation++;
    if (takenBack) this.#nextAt = this.#silentUntil = this.#options.clock.now();
  }

  /** Waits for nothing any more. */
  close(): void {
    this.#patience?.cancel();
  }

  /** When the next chunk is to be written, as far as there is one. */
  dueAt(): number | undefined {
    if (this.#busy && !this.#stalled) return undefined;
    const waiting = this.#queue.samples;
    const early = this.#nextAt - this.#leadMs;
    if (waiting >= this.#chunk || (waiting > 0 && this.#ended) || this.#silence > 0) return early;
    const { chunkMs } = this.#options;
    if (waiting > 0) return Math.max(this.#nextAt, this.#since + chunkMs);
    if (!this.#continuous || !this.#options.ready()) return undefined;
    return this.#nextAt - Math.min(this.#leadMs, chunkMs / 2);
  }

  /** Writes what is due, and says whether anything was. */
  writeDue(now: number): boolean {
    let wrote = false;
    for (let due = this.dueAt(); due !== undefined && due <= now + EPSILON_MS; due = this.dueAt()) {
      this.#writeNext(now);
      wrote = true;
    }
    return wrote;
  }

  #writeNext(now: number): void {
    const at = this.#startAt(now);
    const { pcm, samples, speech } = this.#queue.take(this.#chunk);
    const from = this.#written;
    this.#written += samples / this.#options.format.numChannels;
    this.#nextAt = at + this.#options.chunkMs;
    this.#since = now;
    if (samples === 0 && this.#silence > 0) {
      this.#silence = Math.max(0, this.#silence - this.#chunk);
    }
    if (this.#silence === 0) this.#silentUntil = this.#nextAt;
    const span: Span = { at, from, to: this.#written, speech, lost: false, pcm };
    if (this.#stalled || !this.#options.ready()) this.#drop(span);
    else this.#mix(span);
  }

  /** When a chunk that is written now begins to be heard. */
  #startAt(now: number): number {
    const late = now - this.#nextAt;
    const onTime = this.#queue.samples > 0 && this.#since < this.#nextAt;
    return late <= 0 || (late <= TIMER_SLACK_MS && onTime) ? this.#nextAt : now;
  }

  #mix(span: Span): void {
    const { mixer, format, clock } = this.#options;
    if (!mixer) return this.#give(span);
    try {
      const mixed = mixInto(mixer, span.pcm, format.numChannels);
      if (mixed instanceof Int16Array) return this.#give({ ...span, pcm: mixed });
      this.#watch(span, async () => {
        const given = { ...span, pcm: await this.#mixed(clock.hold(mixed), span) };
        await this.#options.write(given);
        return given;
      });
    } catch (error) {
      this.#give({ ...span, pcm: this.#unmixed(span, error) });
    }
  }

  async #mixed(mixed: Promise<Int16Array>, span: Span): Promise<Int16Array> {
    try {
      return await mixed;
    } catch (error) {
      return this.#unmixed(span, error);
    }
  }

  /** The first failure of a mixer is reported; what it leaves unmixed is heard as it is. */
  #unmixed(span: Span, error: unknown): Int16Array {
    if (!this.#hoarse) this.#options.problem("mix audio", error);
    this.#hoarse = true;
    return span.pcm;
  }

  #give(span: Span): void {
    try {
      const result = this.#options.write(span);
      if (result) this.#watch(span, () => result.then(() => span));
      else this.#succeeded(span);
    } catch (error) {
      this.#failed(span, error);
    }
  }

  /** Waits for a write, but not for ever. */
  #watch(span: Span, write: () => Promise<Span>): void {
    const { clock, wake } = this.#options;
    const generation = this.#generation;
    this.#busy = span;
    const timer = this.#patience = clock.timer(WRITE_TIMEOUT_MS, () => {
      this.#stalled = true;
      if (generation === this.#generation) {
        this.#failed(span, new TimeoutError(`Cannot go on: not done after ${WRITE_TIMEOUT_MS} ms`));
      }
      wake();
    });
    const settle = (finish: () => void) => {
      timer.cancel();
      // What came too late has been dropped already, and so has what was interrupted.
      const counts = !this.#stalled && generation === this.#generation;
      this.#busy = undefined;
      this.#stalled = false;
      if (counts) finish();
      wake();
    };
    write().then(
      (written) => settle(() => this.#succeeded(written)),
      (error) => settle(() => this.#failed(span, error)),
    );
  }

  #succeeded(span: Span): void {
    this.#failing = false;
    this.#options.done(span);
  }

  /** The first of a row of failures is reported. */
  #failed(span: Span, error: unknown): void {
    if (!this.#failing) this.#options.problem("write audio", error);
    this.#failing = true;
    this.#drop(span);
  }

  #drop(span: Span): void {
    this.#options.done({ ...span, speech: false, lost: true });
  }
}
