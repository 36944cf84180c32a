import { Deque } from "../../async/mod.ts";

/** What the ledger reads of a text that is spoken. */
export interface SpokenText {
  /** The utterance it is part of. */
  readonly contextId?: string | undefined;
  /** Where in the utterance's audio it has been said, in milliseconds; unknown when left out. */
  readonly endMs?: number | undefined;
}

/** Own audio of a context that lies in one piece on the line of all audio. */
interface Stretch {
  readonly at: number;
  readonly from: number;
  ms: number;
}

interface Entry<T> {
  readonly text: T;
  /** Where it ends in the audio of its context, once that is known. */
  endMs: number | undefined;
}

interface Context<T> {
  readonly stretches: Stretch[];
  readonly texts: Deque<Entry<T>>;
  ms: number;
  /** Whether text came before audio in it, so that its audio follows each text; unknown before either came. */
  textFirst: boolean | undefined;
  /** How much audio it had when its last text came. */
  msAtText: number;
  /** Whether no more audio of it comes. */
  ended: boolean;
  /** Whether audio of it was dropped: what lies behind can no longer be heard. */
  cut: boolean;
  /** Whether a text was given up: nothing after it counts, or what counts would have a hole. */
  broken: boolean;
}

/** What a text may end after its utterance's audio and still count once all of it was heard. */
const END_TOLERANCE_MS = 250;

/** How many utterances are remembered, for texts that come late. */
const REMEMBERED = 32;

/** What rounding can add up to, in milliseconds. */
const EPSILON_MS = 1e-3;

/**
 * Tells what of the bot's speech has been heard, from what was queued and how much was played.
 *
 * Audio is laid on one line in the order in which it is queued. A text with a known end counts once the audio of
 * its context has been played up to there. A text without one counts once all of the context's audio that came
 * before it has been played; where the context's text comes before its audio, once the audio up to the next such
 * text, or to the end of the utterance, has been played. Within a context what counts is always a prefix. Audio that
 * was dropped never counts, and neither does text that gets no audio.
 *
 * It knows no clock: the position comes from whoever knows how much was played, a playout clock or a peer that
 * acknowledges.
 *
 * @typeParam T The texts.
 *
 * @example Two words, interrupted in the second
 * ```ts
 * import { HeardLedger } from "@parley/sdk/transports/base";
 * import { assertEquals } from "@std/assert";
 *
 * const ledger = new HeardLedger<{ word: string; contextId: string; endMs: number }>();
 * ledger.append(900, "1");
 * ledger.add({ word: "Good ", contextId: "1", endMs: 400 });
 * ledger.add({ word: "morning.", contextId: "1", endMs: 900 });
 * assertEquals(ledger.advance(899).map(({ word }) => word), ["Good "]);
 * ledger.interrupt();
 * assertEquals(ledger.advance(900), []);
 * ```
 */
export class HeardLedger<T extends SpokenText> {
  readonly #contexts: Map<string, Context<T>> = new Map();
  #anonymous = 0;
  #appended = 0;
  #played = 0;

  /** How much audio has been queued in all, in milliseconds. */
  get appendedMs(): number {
    return this.#appended;
  }

  /** How much of it has been played or dropped, in milliseconds. */
  get playedMs(): number {
    return this.#played;
  }

  /** The position at which the next text will count, as far as that is known. */
  get nextMs(): number | undefined {
    let next: number | undefined;
    for (const context of this.#contexts.values()) {
      const first = context.texts.peek();
      const at = first && positionOf(context, first.endMs);
      if (at !== undefined && (next === undefined || at < next)) next = at;
    }
    return next;
  }

  /**
   * Says that audio was queued.
   *
   * @param ms How much, in milliseconds.
   * @param contextId The utterance it is part of; left out for audio that is no speech, which only takes its time.
   */
  append(ms: number, contextId?: string): void {
    const context = contextId === undefined ? undefined : this.#openForAudio(contextId);
    if (context) this.#lay(context, ms);
    this.#appended += ms;
  }

  /** Says that speech was queued whose utterance has no name. */
  appendUnnamed(ms: number): void {
    this.append(ms, this.#key(undefined));
  }

  /**
   * Says what is spoken. It may come before its audio, with it, or after it was heard: then the next
   * {@linkcode HeardLedger.advance} gives it.
   */
  add(text: T): void {
    const context = this.#open(this.#key(text.contextId));
    if (context.cut && text.endMs === undefined) context.broken = true;
    if (context.broken) return;
    const endMs = text.endMs ?? this.#endOfUntimed(context);
    context.msAtText = context.ms;
    context.texts.push({ text, endMs });
    if (context.ended) this.#settle(context);
  }

  /** Says that an utterance begins; one of the same name that was there before goes on, unless it was cut. */
  begin(contextId: string | undefined): void {
    const key = this.#key(contextId);
    const known = this.#contexts.get(key);
    if (known?.cut) this.#contexts.delete(key);
    else if (known) reopen(known);
  }

  /** Says that an utterance has all its audio. Text that lies far behind it will never be heard. */
  end(contextId: string | undefined): void {
    const context = this.#contexts.get(this.#key(contextId));
    if (contextId === undefined) this.#anonymous++;
    if (!context) return;
    context.ended = true;
    this.#settle(context);
  }

  /**
   * Says how much has been played, and gives the texts that this adds to what was heard, in order.
   *
   * @param playedMs The position on the line of all audio; it never goes back.
   */
  advance(playedMs: number): T[] {
    const heard: T[] = [];
    for (let text = this.take(playedMs); text; text = this.take(playedMs)) heard.push(text);
    return heard;
  }

  /** Does what {@linkcode HeardLedger.advance} does, and gives the first of the texts; the others stay. */
  take(playedMs: number): T | undefined {
    this.#played = Math.min(Math.max(this.#played, playedMs), this.#appended);
    for (const context of this.#contexts.values()) {
      const first = context.texts.peek();
      const at = first && positionOf(context, first.endMs);
      if (at === undefined || at > this.#played + EPSILON_MS) continue;
      return context.texts.shift()?.text;
    }
    return undefined;
  }

  /** The texts that will have been heard at a position if nothing is dropped, each with the position of its own. */
  until(playedMs: number): { readonly text: T; readonly atMs: number }[] {
    const list: { readonly text: T; readonly atMs: number }[] = [];
    for (const context of this.#contexts.values()) {
      for (const { text, endMs } of context.texts) {
        const atMs = positionOf(context, endMs);
        if (atMs === undefined || atMs > playedMs + EPSILON_MS) break;
        list.push({ text, atMs });
      }
    }
    return list;
  }

  /**
   * Says that the audio up to a position was dropped. What it was part of no longer counts; what comes after does.
   *
   * @param toMs The position on the line of all audio.
   */
  lose(toMs: number): void {
    for (const context of this.#contexts.values()) {
      const first = context.stretches.find(({ at, ms }) => at + ms > this.#played + EPSILON_MS);
      if (!first || first.at >= toMs - EPSILON_MS) continue;
      this.#cut(context);
      context.broken = true;
    }
    this.#played = Math.min(Math.max(this.#played, toMs), this.#appended);
  }

  /** Says that everything which was not played yet was dropped. */
  interrupt(): void {
    for (const context of this.#contexts.values()) {
      const last = context.stretches.at(-1);
      const whole = last !== undefined && last.at + last.ms <= this.#played + EPSILON_MS;
      if (context.ended && whole && !context.cut) continue;
      this.#cut(context);
      context.ended = true;
    }
    this.#played = this.#appended;
  }

  #key(contextId: string | undefined): string {
    return contextId ?? `\0${this.#anonymous}`;
  }

  #open(key: string): Context<T> {
    const known = this.#contexts.get(key);
    if (known) return known;
    const context: Context<T> = {
      stretches: [],
      texts: new Deque(),
      ms: 0,
      textFirst: undefined,
      msAtText: 0,
      ended: false,
      cut: false,
      broken: false,
    };
    this.#forget();
    this.#contexts.set(key, context);
    return context;
  }

  /** The context for more audio: one that was cut begins anew, once what it was cut from has ended. */
  #openForAudio(key: string): Context<T> | undefined {
    const known = this.#contexts.get(key);
    if (known?.cut && !known.ended) return undefined;
    if (known?.cut) this.#contexts.delete(key);
    const context = this.#open(key);
    if (context.ended) reopen(context);
    return context;
  }

  #lay(context: Context<T>, ms: number): void {
    const last = context.stretches.at(-1);
    context.textFirst ??= false;
    const joins = last && Math.abs(last.at + last.ms - this.#appended) < EPSILON_MS;
    if (joins) last.ms += ms;
    else context.stretches.push({ at: this.#appended, from: context.ms, ms });
    context.ms += ms;
  }

  /** Where a text ends that came without saying so, or `undefined` while its audio is still to come. */
  #endOfUntimed(context: Context<T>): number | undefined {
    context.textFirst ??= true;
    if (!context.textFirst) return context.ms;
    if (context.ms > context.msAtText) this.#resolve(context);
    return undefined;
  }

  /** The audio so far belongs to the texts that waited for it. */
  #resolve(context: Context<T>): void {
    for (const entry of context.texts) entry.endMs ??= context.ms;
  }

  /** All audio is known: every text has an end in it, or is given up. */
  #settle(context: Context<T>): void {
    if (context.ms > 0 && !context.cut) this.#resolve(context);
    const tolerance = context.cut || context.ms === 0 ? 0 : END_TOLERANCE_MS;
    let keep = true;
    context.texts.retain((entry) => {
      const { endMs } = entry;
      keep &&= endMs !== undefined && context.ms > 0 &&
        endMs <= context.ms + tolerance + EPSILON_MS;
      if (keep && endMs !== undefined) entry.endMs = Math.min(endMs, context.ms);
      return keep;
    });
    context.broken ||= !keep;
  }

  /** What was not played of it is gone. */
  #cut(context: Context<T>): void {
    const { stretches } = context;
    for (let last = stretches.at(-1); last; last = stretches.at(-1)) {
      last.ms = Math.min(last.ms, Math.max(0, this.#played - last.at));
      if (last.ms > 0) break;
      stretches.pop();
    }
    const last = stretches.at(-1);
    context.ms = last ? last.from + last.ms : 0;
    context.cut = true;
    if (context.texts.length > 0) context.broken = true;
    context.texts.clear();
  }

  /** Forgets the oldest contexts that have nothing left to be played. */
  #forget(): void {
    for (const [key, { stretches }] of this.#contexts) {
      if (this.#contexts.size < REMEMBERED) break;
      const last = stretches.at(-1);
      const played = !last || last.at + last.ms <= this.#played + EPSILON_MS;
      if (played) this.#contexts.delete(key);
    }
  }
}

function reopen<T>(context: Context<T>): void {
  context.ended = false;
  context.broken = false;
  context.textFirst = undefined;
  context.msAtText = context.ms;
}

/** Where on the line of all audio a place in a context's own audio lies, if that audio is there. */
function positionOf<T>(context: Context<T>, endMs: number | undefined): number | undefined {
  if (endMs === undefined) return undefined;
  // A text that ends where its audio begins needs some of it, too.
  const own = Math.max(endMs, 1);
  const stretch = context.stretches.find(({ from, ms }) => own <= from + ms + EPSILON_MS);
  return stretch && stretch.at + own - stretch.from;
}
