/**
 * The lines of a conversation, and the list that holds them.
 *
 * @module
 */
import type { TurnMessage, WordTiming } from "./server_messages.ts";

/** What the user said or typed in one turn. */
export interface UserItem {
  /** Tells the items apart. */
  readonly kind: "user";
  /** Spoken or typed. */
  readonly source: "speech" | "text";
  /** What is certain. */
  text: string;
  /** What the recogniser believes so far. */
  interim: string;
  /** Whether more may come. */
  open: boolean;
}

/** One part of what the bot says. */
export interface Segment {
  /** The server's number for it. */
  readonly id: number | undefined;
  /** The whole text. */
  readonly text: string;
  /** Whether it is meant to be heard at all. */
  readonly audible: boolean;
  /** How many characters have been spoken. */
  spokenChars: number;
  /** Whether the last word has been spoken. */
  done: boolean;
}

/** What the bot says in one go. */
export interface BotItem {
  /** Tells the items apart. */
  readonly kind: "bot";
  /** When its words count as spoken. */
  readonly timing: WordTiming;
  /** Its parts, in order. */
  readonly segments: Segment[];
  /** The part being spoken now. */
  current: Segment | undefined;
  /**
   * `whole`: all of it was heard. `cut`: the user cut in, and the rest was
   * never heard. `lost`: the session ended in the middle.
   */
  outcome: "open" | "whole" | "cut" | "lost";
}

/** One call of a tool. */
export interface ToolItem {
  /** Tells the items apart. */
  readonly kind: "tool";
  /** The model's name for the call. */
  callId: string | undefined;
  /** The tool. */
  name: string;
  /** What it was called with. */
  args: unknown;
  /** What it gave back. */
  result: unknown;
  /** How far it is. */
  state: "running" | "done" | "cancelled";
}

/** The latency of one turn. */
export interface TurnItem {
  /** Tells the items apart. */
  readonly kind: "turn";
  /** What is known of it. */
  turn: TurnMessage;
}

/** A remark of the page itself. */
export interface NoteItem {
  /** Tells the items apart. */
  readonly kind: "note";
  /** What it says. */
  readonly text: string;
}

/** Any line of the conversation. */
export type Item = UserItem | BotItem | ToolItem | TurnItem | NoteItem;

/** What happened to the list. */
export type Change =
  | { readonly kind: "added"; readonly item: Item; readonly before?: Item }
  | { readonly kind: "changed"; readonly item: Item }
  | { readonly kind: "removed"; readonly item: Item };

/** The lines in order; tells its listener about every change. */
export class ItemList implements Iterable<Item> {
  readonly #items: Item[] = [];
  readonly #listener: (change: Change) => void;

  /** Makes an empty list. */
  constructor(listener: (change: Change) => void) {
    this.#listener = listener;
  }

  /** How many lines there are. */
  get length(): number {
    return this.#items.length;
  }

  /** Goes through the lines, oldest first. */
  [Symbol.iterator](): Iterator<Item> {
    return this.#items.values();
  }

  /** Puts a line at the end. */
  append<T extends Item>(item: T): T {
    this.#items.push(item);
    this.#listener({ kind: "added", item });
    return item;
  }

  /** Puts a line behind another one. */
  insertAfter<T extends Item>(item: T, anchor: Item): T {
    const at = this.#items.indexOf(anchor) + 1;
    const before = this.#items[at];
    this.#items.splice(at, 0, item);
    this.#listener({
      kind: "added",
      item,
      ...(before === undefined ? {} : { before }),
    });
    return item;
  }

  /** Says that a line's members have changed. */
  changed(item: Item): void {
    this.#listener({ kind: "changed", item });
  }

  /** Takes a line out; nothing happens if it is not there. */
  remove(item: Item): void {
    const at = this.#items.indexOf(item);
    if (at < 0) return;
    this.#items.splice(at, 1);
    this.#listener({ kind: "removed", item });
  }

  /** Takes every line out. */
  clear(): void {
    for (const item of this.#items.splice(0)) {
      this.#listener({ kind: "removed", item });
    }
  }

  /** Finds the newest line of a kind, if any passes the test. */
  newest<K extends Item["kind"]>(
    kind: K,
    test: (item: Extract<Item, { kind: K }>) => boolean = () => true,
  ): Extract<Item, { kind: K }> | undefined {
    return this.#items.findLast((item): item is Extract<Item, { kind: K }> =>
      isKind(item, kind) && test(item)
    );
  }

  /** Finds the last line of a kind behind another, before a line that ends the search. */
  lastAfter<K extends Item["kind"]>(
    anchor: Item,
    kind: K,
    until: readonly Item["kind"][],
  ): Extract<Item, { kind: K }> | undefined {
    let found: Extract<Item, { kind: K }> | undefined;
    for (const item of this.#items.slice(this.#items.indexOf(anchor) + 1)) {
      if (isKind(item, kind)) found = item;
      else if (until.includes(item.kind)) break;
    }
    return found;
  }
}

function isKind<K extends Item["kind"]>(
  item: Item,
  kind: K,
): item is Extract<Item, { kind: K }> {
  return item.kind === kind;
}
