import type { Clock } from "../../async/mod.ts";
import type { AudioChunk } from "../../transports/base/mod.ts";

/** Samples of one speech that were written in one piece. */
interface Run {
  readonly number: number;
  readonly fromMs: number;
  readonly writtenAt: number;
  ms: number;
}

/** What a client was sent, and plays in time. */
export class Wire {
  readonly #clock: Clock;
  readonly #runs: Run[] = [];
  /** When each speech was last written. */
  readonly lastWritten: Map<number, number> = new Map();
  /** Whether somebody is there to hear it. */
  attended = true;
  /** Until when what is written does not get through. */
  stalledUntil = 0;
  /** Whether a write ever did not get through at once. */
  hasStalled = false;
  writes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a chunk; gives the numbers of the speeches in it. */
  write(pcm: Int16Array, { atMs, sampleRate }: AudioChunk): Set<number> {
    this.writes++;
    const numbers: Set<number> = new Set();
    const writtenAt = this.#clock.now();
    for (let from = 0; from < pcm.length;) {
      const number = pcm[from] ?? 0;
      const to = endOf(pcm, from);
      if (number !== 0) {
        const [fromMs, ms] = [atMs + from * 1000 / sampleRate, (to - from) * 1000 / sampleRate];
        this.#runs.push({ number, fromMs, ms, writtenAt });
        this.lastWritten.set(number, writtenAt);
        numbers.add(number);
      }
      from = to;
    }
    return numbers;
  }

  /** Drops what has not been played; gives how many milliseconds of it there were. */
  recall(): number {
    const now = this.#clock.now();
    let unplayed = 0;
    for (const run of this.#runs) {
      const played = playedOf(run, now);
      unplayed += run.ms - played;
      run.ms = played;
    }
    return unplayed;
  }

  /** How much of a speech was played up to a moment. */
  playedMs(number: number, at: number): number {
    let ms = 0;
    for (const run of this.#runs) if (run.number === number) ms += playedOf(run, at);
    return ms;
  }
}

function playedOf({ fromMs, ms }: Run, at: number): number {
  return Math.max(0, Math.min(ms, at - fromMs));
}

/** Where the samples that are the same come to their end. */
function endOf(pcm: Int16Array, from: number): number {
  const number = pcm[from];
  let to = from;
  while (to < pcm.length && pcm[to] === number) to++;
  return to;
}
