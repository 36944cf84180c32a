import type { Clock } from "../../async/mod.ts";
import type { SeededRandom } from "../../testing/seeded_random.ts";
import type { Microphone } from "./_line.ts";
import type { Answer, Ask } from "./_records.ts";
import type { Vocabulary, Word } from "./_vocabulary.ts";

/** Milliseconds within which everything that a caller says is taken care of. */
export const BOUND_MS = 12_000;
/** Milliseconds without sound after which an answer has stopped in its middle. */
const SILENT_MS = 10_000;

/** What a caller knows of the conversation. */
export interface CallerView {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly vocabulary: Vocabulary;
  readonly microphone: Microphone;
  /** Notes what is said. */
  readonly asks: Ask[];
  /** Says how something was taken care of, if it was. */
  settle(ask: Ask): void;
  /** The answer that is being heard, or is to be heard. */
  answer(): Answer | undefined;
  /** Whether an answer is over, in whatever way. */
  isOver(answer: Answer): boolean;
  /** When anything was last heard. */
  lastSoundMs(): number;
  /** Resolves when anything has happened, or after so many milliseconds. */
  next(withinMs: number): Promise<void>;
  /** Notes that something is not as it has to be. */
  broken(what: string, how: string): void;
}

/** Somebody who calls: speaks, listens, interrupts, and is silent, by chance. */
export class Caller {
  readonly #view: CallerView;

  constructor(view: CallerView) {
    this.#view = view;
  }

  /** Talks until then, and hears the last answer to its end. */
  async talk(untilMs: number): Promise<void> {
    const { clock, random } = this.#view;
    await clock.sleep(random.int(200, 3_000));
    while (clock.now() < untilMs) {
      const ask = await this.#speak();
      if (random.chance(0.05)) {
        // Something comes to mind before there is an answer.
        await clock.sleep(random.int(200, 2_000));
        this.#view.settle(ask);
        ask.outcome ??= "overtaken";
        continue;
      }
      await this.#listen(ask);
      if (ask.outcome === "answered" && random.chance(0.3)) {
        // Interrupts, unless the answer is short.
        await clock.sleep(random.int(100, 4_000));
        continue;
      }
      await this.#hearOut();
      const silentMs = random.chance(0.15) ? random.int(5_000, 25_000) : random.int(300, 3_500);
      await clock.sleep(Math.min(silentMs, Math.max(0, untilMs - clock.now())));
    }
    await this.#listen(await this.#speak());
    await this.#hearOut();
  }

  async #speak(): Promise<Ask> {
    const { clock, random, vocabulary, microphone, asks } = this.#view;
    const words = vocabulary.take(random.int(2, 9));
    const pauses = words.map((_, i) => i > 0 && random.chance(0.08) ? random.int(100, 900) : 0);
    const fromMs = clock.now();
    const ms = microphone.speak(words, pauses);
    const ask: Ask = {
      words,
      fromMs,
      toMs: fromMs + ms,
      spokenAt: momentsOf(words, pauses, fromMs),
      outcome: undefined,
      gapMs: undefined,
    };
    asks.push(ask);
    await clock.sleep(ms);
    return ask;
  }

  /** Waits until what was said has been taken care of. */
  async #listen(ask: Ask): Promise<void> {
    const view = this.#view;
    const untilMs = ask.toMs + BOUND_MS;
    for (view.settle(ask); !ask.outcome; view.settle(ask)) {
      const left = untilMs - view.clock.now();
      if (left <= 0) return view.broken("no stuck turn", `nothing came of ${ask.words[0]?.text}…`);
      await view.next(left);
    }
  }

  /** Waits until the answer is over. */
  async #hearOut(): Promise<void> {
    const view = this.#view;
    for (let answer = view.answer(); answer && !view.isOver(answer); answer = view.answer()) {
      const left = Math.max(answer.askedAt, view.lastSoundMs()) + SILENT_MS - view.clock.now();
      if (left <= 0) {
        const heard = `${answer.heard.length} of ${answer.words.length} words were heard`;
        return view.broken("an answer comes to its end", heard);
      }
      await view.next(left);
    }
  }
}

function momentsOf(
  words: readonly Word[],
  pauses: readonly number[],
  fromMs: number,
): Map<Word, number> {
  const moments: Map<Word, number> = new Map();
  let at = fromMs;
  for (const [i, word] of words.entries()) {
    at += pauses[i] ?? 0;
    moments.set(word, at);
    at += word.ms;
  }
  return moments;
}
