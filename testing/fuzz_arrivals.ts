import { AssertionError } from "@std/assert";
import type { CallOptions } from "./call_expectations.ts";
import type { ScriptedAnswer } from "./scripted_llm.ts";
import { SeededRandom } from "./seeded_random.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** How often a test runs, and with what. */
export interface FuzzOptions {
  /** How many orders are tried. @default {50} */
  readonly runs?: number | undefined;
  /** What the orders are made of; another one each time by default. */
  readonly seed?: number | undefined;
  /** The longest that a service takes for anything, in milliseconds. @default {600} */
  readonly slowestMs?: number | undefined;
}

/** One order in which things arrive. */
export interface ArrivalFuzz {
  /** What this order is made of. */
  readonly seed: number;
  /** Further numbers for this order, such as when the caller interrupts. */
  readonly random: SeededRandom;
  /**
   * Options for a call in which every service takes as long as it likes, and
   * what is due at the same moment comes in any order.
   */
  call(options: CallOptions): CallOptions;
  /** One row of several: each keeps its own order, and they mix in any way. */
  mix<T>(...rows: readonly (readonly T[])[]): T[];
}

/**
 * Runs a test in many orders of arrival: with services that are slow or fast,
 * and with what comes at the same time in any order. A failure says which seed
 * repeats it.
 *
 * @example
 * ```ts
 * import { fuzzArrivals } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * await fuzzArrivals(({ mix }) => {
 *   const row = mix(["vad stops", "turn stops"], ["transcript"]);
 *   assertEquals(row.filter((event) => event !== "transcript"), ["vad stops", "turn stops"]);
 * });
 * ```
 * @throws {AssertionError} If the test fails in one of them.
 */
export async function fuzzArrivals(
  test: (fuzz: ArrivalFuzz) => void | Promise<void>,
  options: FuzzOptions = {},
): Promise<void> {
  const { runs = 50, seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 } = options;
  for (let run = 0; run < runs; run++) {
    const fuzz = new Order(seed + run, options.slowestMs ?? 600);
    try {
      await test(fuzz);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new AssertionError(
        `Cannot pass order ${run + 1} of ${runs}: ${why}\n` +
          `Repeat it with { seed: ${fuzz.seed}, runs: 1 }`,
        { cause },
      );
    }
  }
}

class Order implements ArrivalFuzz {
  readonly seed: number;
  readonly random: SeededRandom;
  readonly #slowestMs: number;

  constructor(seed: number, slowestMs: number) {
    this.seed = seed;
    this.random = new SeededRandom(seed);
    this.#slowestMs = slowestMs;
  }

  readonly call = (options: CallOptions): CallOptions => {
    const { answers = [], voice, hearing } = options;
    const delayed = (answer: string | ScriptedAnswer): ScriptedAnswer => ({
      ...typeof answer === "string" ? { text: answer } : answer,
      firstTokenMs: this.#ms(),
      tokenMs: this.#ms() / 10,
    });
    return {
      ...options,
      clock: new VirtualClock({ order: () => this.random.next() }),
      answers: typeof answers === "function"
        ? (request) => delayed(answers(request))
        : answers.map(delayed),
      voice: (request) => ({
        ...typeof voice === "function" ? voice(request) : voice,
        firstAudioMs: this.#ms(),
        pauseMs: this.#ms() / 10,
      }),
      hearing: (segment) => {
        const heard = hearing?.(segment) ?? segment.text;
        const transcript = typeof heard === "string" ? { text: heard || undefined } : heard;
        return { ...transcript, delayMs: this.#ms() };
      },
    };
  };

  readonly mix = <T>(...rows: readonly (readonly T[])[]): T[] => {
    const rest = rows.map((row) => [...row]);
    const mixed: T[] = [];
    for (;;) {
      // The longer a row still is, the more likely it is its turn: then every mix is as likely.
      const left = rest.flatMap((row, at) => row.map(() => at));
      if (left.length === 0) return mixed;
      mixed.push(...rest[this.random.pick(left)]?.splice(0, 1) ?? []);
    }
  };

  /** Nothing, as often as not; else anything up to the slowest. */
  #ms(): number {
    return this.random.chance(0.4) ? 0 : this.random.int(1, this.#slowestMs);
  }
}
