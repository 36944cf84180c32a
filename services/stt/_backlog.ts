import { Deque } from "../../async/mod.ts";
import { concatAudio } from "../../audio/mod.ts";

/** What goes to a provider, in the order in which it happened. */
export type Outgoing =
  | { readonly type: "audio"; readonly audio: Int16Array }
  | { readonly type: "finalize" }
  /** Nothing before it is wanted any more. */
  | { readonly type: "forget" };

/**
 * What is to be sent and is not: while there is no connection, or the provider is
 * slow. It holds so much audio; of more than that the oldest goes.
 */
export class Backlog {
  #items: Deque<Outgoing> = new Deque();
  #chunk: Int16Array[] = [];
  #chunkSamples = 0;
  #samples = 0;

  /** How many items wait. */
  get length(): number {
    return this.#items.length;
  }

  /** How often what is not transcribed yet is going to be asked for. */
  get asks(): number {
    return [...this.#items].filter(({ type }) => type === "finalize").length;
  }

  /** Adds audio, in pieces of at least so many samples. */
  pushAudio(audio: Int16Array, minSamples: number): void {
    if (audio.length === 0) return;
    if (minSamples <= audio.length && this.#chunk.length === 0) return this.#push(audio);
    this.#chunk.push(audio);
    this.#chunkSamples += audio.length;
    if (this.#chunkSamples >= minSamples) this.#cut();
  }

  /** Adds the wish for what is not transcribed yet, behind all audio. */
  pushFinalize(): void {
    this.#cut();
    this.#items.push({ type: "finalize" });
  }

  /** Drops everything, and has what was sent before go the same way if it comes back. */
  forget(): void {
    this.clear();
    this.#items.push({ type: "forget" });
  }

  /** Has audio that is too little for a piece count as one. */
  flush(): void {
    this.#cut();
  }

  /** Takes the next item. */
  shift(): Outgoing | undefined {
    const item = this.#items.shift();
    if (item?.type === "audio") this.#samples -= item.audio.length;
    return item;
  }

  /**
   * Puts items back before all others, in order, as far as they are still wanted
   * by a connection that has heard nothing: what comes before all audio asks for
   * what only the one before it heard.
   */
  restore(items: readonly Outgoing[]): void {
    const all = [...items, ...this.#items];
    const news = all.slice(all.findLastIndex(({ type }) => type === "forget") + 1);
    const first = news.findIndex(({ type }) => type === "audio");
    const wanted = first < 0 ? [] : news.slice(first);
    this.#items = new Deque();
    this.#samples = 0;
    for (const item of wanted) {
      this.#items.push(item);
      if (item.type === "audio") this.#samples += item.audio.length;
    }
  }

  /** Drops the oldest audio, and what asks for it, until no more than so many samples wait; says how many went. */
  trim(maxSamples: number): number {
    const before = this.#samples;
    while (this.#samples > maxSamples) {
      const item = this.#items.remove(({ type }) => type !== "forget");
      if (!item) break;
      if (item.type === "audio") this.#samples -= item.audio.length;
    }
    return before - this.#samples;
  }

  /** Drops everything. */
  clear(): void {
    this.#items.clear();
    this.#chunk = [];
    this.#chunkSamples = this.#samples = 0;
  }

  #cut(): void {
    const chunk = concatAudio(this.#chunk);
    this.#chunk = [];
    this.#chunkSamples = 0;
    if (chunk.length > 0) this.#push(chunk);
  }

  #push(audio: Int16Array): void {
    this.#items.push({ type: "audio", audio });
    this.#samples += audio.length;
  }
}
