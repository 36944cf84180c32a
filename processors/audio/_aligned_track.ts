import { clampSample, gainFromDb, rms, StreamResampler } from "../../audio/mod.ts";

/** Mono audio, and when it began. */
export interface TrackPiece {
  readonly pcm: Int16Array;
  /** Its rate, in Hz. */
  readonly sampleRate: number;
  /** When its first sample was said or heard, in milliseconds since the track began. */
  readonly atMs: number;
  /** Whether that is when it arrived, give or take what a network takes. */
  readonly loose: boolean;
}

/** A stream of audio within a track. */
interface Source {
  readonly resampler: StreamResampler;
  /** Where its next sample goes. */
  at: number;
  /** Where its next piece is expected to begin: what the resampler holds back lies between. */
  next: number;
}

/** How far a piece may come early or late without anything having happened. */
const JITTER_MS = 60;

/** How late a piece may be before silence is put in even in the middle of speech. */
const GAP_MS = 200;

/** Below this level a piece may be left out, or silence put before it, and nobody hears that. */
const QUIET = 32_768 * gainFromDb(-46);

/** What rounding can add up to, in milliseconds. */
const EXACT_MS = 1;

/**
 * What one side of a conversation said, every sample at the time at which it was said, and silence between.
 *
 * Positions are in samples since the beginning. What several sources say at once is added up.
 */
export class AlignedTrack {
  readonly #rate: number;
  readonly #sources: Map<string, Source> = new Map();
  #samples = new Int16Array(0);
  #origin = 0;
  #length = 0;

  constructor(sampleRate: number) {
    this.#rate = sampleRate;
  }

  /** Position after the last sample that was written. */
  get end(): number {
    return this.#origin + this.#length;
  }

  /** Writes the next piece of a source, and gives what was written at the track's rate. */
  write(key: string, piece: TrackPiece): Int16Array {
    let source = this.#sources.get(key);
    // What a source said before the track began is not part of it.
    const pcm = source ? piece.pcm : sinceBeginning(piece);
    const at = Math.max(0, piece.atMs) * this.#rate / 1000;
    const lateMs = source ? (at - source.next) * 1000 / this.#rate : 0;
    if (leftOut(lateMs, piece)) return new Int16Array(0);
    if (!source || source.resampler.fromRate !== piece.sampleRate || jumps(lateMs, piece)) {
      source = this.#restart(key, { at, sampleRate: piece.sampleRate });
    }
    source.next += pcm.length * this.#rate / piece.sampleRate;
    const written = source.resampler.process(pcm);
    this.#put(source, written);
    return written;
  }

  /** Writes what resamplers hold back of sources that have said nothing since a position. */
  settle(position: number): void {
    for (const [key, source] of this.#sources) {
      if (source.at >= position) continue;
      this.#put(source, source.resampler.flush());
      source.at = source.next = Math.max(source.at, source.next);
      if (source.next < position) this.#sources.delete(key);
    }
  }

  /** Gives so many samples from the beginning, silence where there are none. */
  read(count: number): Int16Array {
    const taken = new Int16Array(count);
    taken.set(this.#samples.subarray(0, Math.min(count, this.#length)));
    return taken;
  }

  /** Gives so many samples from the beginning, and forgets them. */
  take(count: number): Int16Array {
    const taken = this.read(count);
    const rest = Math.max(0, this.#length - count);
    this.#samples.copyWithin(0, this.#length - rest, this.#length);
    this.#samples.fill(0, rest, this.#length);
    this.#origin += count;
    this.#length = rest;
    // What was large once need not stay large.
    if (rest * 4 < this.#samples.length) this.#samples = this.#samples.slice(0, rest);
    return taken;
  }

  /** Begins a source anew, never before the end of what it said so far. */
  #restart(key: string, { at, sampleRate }: { at: number; sampleRate: number }): Source {
    const before = this.#sources.get(key);
    if (before) this.#put(before, before.resampler.flush());
    const from = Math.max(Math.round(at), before?.at ?? 0);
    const resampler = new StreamResampler(sampleRate, this.#rate);
    const source = { resampler, at: from, next: from };
    this.#sources.set(key, source);
    return source;
  }

  /** What comes too late for its place, which has been taken, follows what was taken. */
  #put(source: Source, pcm: Int16Array): void {
    const late = Math.max(0, this.#origin - source.at);
    source.at += late;
    source.next += late;
    const from = source.at - this.#origin;
    const to = from + pcm.length;
    this.#reserve(to);
    for (let i = 0, o = from; i < pcm.length; i++, o++) {
      this.#samples[o] = clampSample((this.#samples[o] ?? 0) + (pcm[i] ?? 0));
    }
    source.at += pcm.length;
    if (pcm.length > 0) this.#length = Math.max(this.#length, to);
  }

  #reserve(length: number): void {
    if (length <= this.#samples.length) return;
    const larger = new Int16Array(Math.max(Math.ceil(length * 1.25), this.#rate));
    larger.set(this.#samples.subarray(0, this.#length));
    this.#samples = larger;
  }
}

/** Whether a source is so far ahead of the clock that a piece in which nobody speaks can make up for it. */
function leftOut(lateMs: number, { pcm, sampleRate, loose }: TrackPiece): boolean {
  const durationMs = pcm.length * 1000 / sampleRate;
  return loose && -lateMs > JITTER_MS + durationMs && rms(pcm) < QUIET;
}

function jumps(lateMs: number, { pcm, loose }: TrackPiece): boolean {
  if (!loose) return lateMs > EXACT_MS;
  return lateMs > GAP_MS || (lateMs > JITTER_MS && rms(pcm) < QUIET);
}

function sinceBeginning({ pcm, sampleRate, atMs }: TrackPiece): Int16Array {
  return pcm.subarray(Math.round(Math.max(0, -atMs) * sampleRate / 1000));
}
