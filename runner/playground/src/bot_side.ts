/**
 * The bot's side of the conversation: its text, how far it has been spoken,
 * and where it was cut.
 *
 * @module
 */
import { hasUnheard, isHeard } from "./bot_text.ts";
import type { Cancel, Later } from "./browser_time.ts";
import type { BotItem, ItemList, Segment } from "./items.ts";
import type { WordTiming } from "./server_messages.ts";

/** The members of RTVI's `bot-output` which the page reads. */
export interface BotOutput {
  /** The part's whole text. */
  readonly text: string;
  /** The part's number. */
  readonly segment_id?: number;
  /** Whether it is meant to be heard. */
  readonly will_be_spoken?: boolean;
  /** How far it is. */
  readonly spoken_status?: string;
  /** What of it has been spoken. */
  readonly spoken_progress?: { readonly accumulated_text: string };
  /** Only servers before protocol 2: whether this is the second, spoken copy. */
  readonly spoken?: boolean;
}

/** How long after the bot fell silent its line is taken as finished. */
export const CLOSE_AFTER_MS = 2500;
/** How long a late word may follow a cut without taking the cut back. */
export const LATE_WORD_MS = 700;

/** Keeps the bot's lines. */
export class BotSide {
  readonly #list: ItemList;
  readonly #later: Later;
  readonly #bySegment = new Map<number, { item: BotItem; segment: Segment }>();
  readonly #unsettled = new Set<BotItem>();
  #open: BotItem | undefined;
  #closing: Cancel = () => {};
  #lateWords: Cancel = () => {};
  #cutIsFresh = false;
  #speaking = false;
  #cutPending = false;
  #progressSeen = false;
  #timing: WordTiming = "begun";

  /** Writes its lines into the given list. */
  constructor(list: ItemList, later: Later) {
    this.#list = list;
    this.#later = later;
  }

  /** Says when the server counts a word as spoken. */
  setTiming(timing: WordTiming): void {
    this.#timing = timing;
  }

  /** Takes one `bot-output` message. */
  output(data: BotOutput): void {
    if (isProgress(data)) return this.#advance(data);
    const isRepeat = data.spoken === true && this.#find(data.segment_id) !== undefined;
    if (!isRepeat) this.#add(data);
    if (data.spoken === true) this.#advance({ text: data.text, spoken_status: "completed" });
  }

  /** The bot began to be heard. */
  started(): void {
    this.#speaking = true;
    this.#cutPending = false;
    this.#closing();
    for (const item of this.#unsettled) this.#point(item);
  }

  /** The bot fell silent. */
  stopped(): void {
    this.#speaking = false;
    if (this.#cutPending) return this.#settleAll();
    for (const item of this.#unsettled) this.#point(item);
    this.#closeSoon();
  }

  /** The user spoke or typed: what has not been heard may never be. */
  interrupted(): void {
    if (this.#speaking) this.#cutPending = true;
    else this.#settleAll();
  }

  /** The model begins an answer: if the user had cut in, the old one is over. */
  answering(): void {
    if (this.#cutPending) this.#settleAll();
  }

  /** The server says that this line was cut. */
  cut(item: BotItem): void {
    if (item.outcome !== "cut") this.#settle(item, "cut");
  }

  /** Another line follows: what comes next begins a new one. */
  close(): void {
    if (!this.#cutPending) this.#open = undefined;
  }

  /** The session is over. */
  end(): void {
    this.#speaking = false;
    this.#settleAll("lost");
    this.#lateWords();
    this.#bySegment.clear();
    this.#timing = "begun";
  }

  #add(data: BotOutput): void {
    const segment: Segment = {
      id: data.segment_id,
      text: data.text,
      audible: data.will_be_spoken !== false,
      spokenChars: 0,
      done: false,
    };
    const item = this.#openItem();
    item.segments.push(segment);
    if (segment.id !== undefined) {
      this.#bySegment.set(segment.id, { item, segment });
    }
    this.#closing();
    this.#point(item);
  }

  #openItem(): BotItem {
    if (this.#open !== undefined) return this.#open;
    const item = this.#list.append({
      kind: "bot",
      timing: this.#timing,
      segments: [],
      current: undefined,
      outcome: "open",
    });
    this.#open = item;
    this.#unsettled.add(item);
    return item;
  }

  #advance(data: BotOutput): void {
    const found = this.#find(data.segment_id);
    if (found === undefined) return;
    const { item, segment } = found;
    this.#progressSeen = true;
    const done = data.spoken_status === "completed";
    const reached = data.spoken_progress?.accumulated_text.length ??
      (done ? segment.text.length : segment.spokenChars);
    segment.spokenChars = Math.min(reached, segment.text.length);
    segment.done = done;
    this.#finishEarlier(item, segment);
    if (this.#speaking && !this.#cutIsFresh) this.#reopen(item);
    this.#point(item, segment);
  }

  /** Points at the part being spoken, and has it drawn. */
  #point(item: BotItem, told: Segment | undefined = item.current): void {
    item.current = this.#currentOf(item, told);
    this.#list.changed(item);
  }

  #currentOf(item: BotItem, told: Segment | undefined): Segment | undefined {
    if (item.outcome !== "open") return undefined;
    if (item.timing === "begun") return told?.done ? undefined : told;
    return this.#speaking ? item.segments.find((part) => !isHeard(part)) : undefined;
  }

  /** The bot speaks on in a line that was taken as finished. */
  #reopen(item: BotItem): void {
    if (item.outcome === "open") return;
    item.outcome = "open";
    this.#unsettled.add(item);
  }

  /** A later part being spoken means that the earlier ones have been. */
  #finishEarlier(item: BotItem, segment: Segment): void {
    for (const earlier of item.segments) {
      if (earlier === segment) return;
      if (earlier.audible && !earlier.done) hearAll(earlier);
    }
  }

  #find(
    id: number | undefined,
  ): { item: BotItem; segment: Segment } | undefined {
    const known = id === undefined ? undefined : this.#bySegment.get(id);
    if (known !== undefined) return known;
    for (const item of this.#unsettled) {
      const segment = item.segments.find((part) => !isHeard(part));
      if (segment !== undefined) return { item, segment };
    }
    return undefined;
  }

  #closeSoon(): void {
    this.#closing();
    this.#closing = this.#later(CLOSE_AFTER_MS, () => {
      for (const item of this.#unsettled) this.#settle(item, "whole");
    });
  }

  #settleAll(unheard: "cut" | "lost" = "cut"): void {
    for (const item of this.#unsettled) {
      this.#settle(item, hasUnheard(item) ? unheard : "whole");
    }
  }

  #settle(item: BotItem, outcome: "whole" | "cut" | "lost"): void {
    this.#closing();
    this.#cutPending = false;
    this.#unsettled.delete(item);
    if (this.#open === item) this.#open = undefined;
    item.outcome = outcome;
    item.current = undefined;
    if (outcome === "cut") this.#afterCut(item);
    this.#list.changed(item);
  }

  #afterCut(item: BotItem): void {
    // A server that tells no progress can't say how much was heard.
    if (!this.#progressSeen) item.segments.forEach(hearAll);
    this.#cutIsFresh = true;
    this.#lateWords();
    this.#lateWords = this.#later(LATE_WORD_MS, () => {
      this.#cutIsFresh = false;
    });
  }
}

function hearAll(segment: Segment): void {
  segment.spokenChars = segment.text.length;
  segment.done = true;
}

function isProgress(data: BotOutput): boolean {
  return data.spoken_status === "in-progress" ||
    data.spoken_status === "completed";
}
