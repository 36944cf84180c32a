/**
 * The list of everything that goes over the wire.
 *
 * @module
 */
import { now } from "./browser_time.ts";
import { h, setAttributes, setText } from "./dom.ts";
import { compact } from "./narrow.ts";

const MOST_ROWS = 400;
const LONGEST_SUMMARY = 140;

/** Which way a message went. */
export type Way = "in" | "out" | "page";

interface Entry {
  readonly atMs: number;
  readonly way: Way;
  readonly type: string;
  readonly data: unknown;
}

const ARROWS: Readonly<Record<Way, string>> = { in: "↓", out: "↑", page: "·" };

/** Keeps the newest messages, and shows them while its card is open. */
export class EventLog {
  readonly #card: HTMLDetailsElement;
  readonly #list: HTMLElement;
  readonly #count: HTMLElement;
  readonly #entries: Entry[] = [];
  #startMs = 0;
  #total = 0;
  #isPaused = false;

  /** Shows the messages in the list of a card. */
  constructor(elements: {
    readonly card: HTMLDetailsElement;
    readonly list: HTMLElement;
    readonly count: HTMLElement;
    readonly pause: HTMLButtonElement;
    readonly clear: HTMLButtonElement;
    readonly copy: HTMLButtonElement;
  }) {
    this.#card = elements.card;
    this.#list = elements.list;
    this.#count = elements.count;
    elements.card.addEventListener("toggle", () => this.#drawAll());
    elements.clear.addEventListener("click", () => this.clear());
    elements.copy.addEventListener("click", () => void this.#copy());
    elements.pause.addEventListener("click", () => {
      this.#isPaused = !this.#isPaused;
      setAttributes(elements.pause, { "aria-pressed": String(this.#isPaused) });
      if (!this.#isPaused) this.#drawAll();
    });
  }

  /** Times count from now on. */
  restart(): void {
    this.#startMs = now();
  }

  /** Takes a message into the list. */
  add(way: Way, type: string, data?: unknown): void {
    const entry = { atMs: now() - this.#startMs, way, type, data };
    this.#entries.push(entry);
    if (this.#entries.length > MOST_ROWS) this.#entries.shift();
    this.#total++;
    setText(this.#count, String(this.#total));
    if (!this.#card.open || this.#isPaused) return;
    const isAtEnd = this.#isAtEnd();
    this.#list.append(drawEntry(entry));
    if (this.#list.childElementCount > MOST_ROWS) {
      this.#list.firstElementChild?.remove();
    }
    if (isAtEnd) this.#toEnd();
  }

  /** Empties the list. */
  clear(): void {
    this.#entries.length = 0;
    this.#total = 0;
    setText(this.#count, "");
    this.#list.replaceChildren();
  }

  #drawAll(): void {
    if (!this.#card.open) return this.#list.replaceChildren();
    this.#list.replaceChildren(...this.#entries.map(drawEntry));
    this.#toEnd();
  }

  #isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    return scrollHeight - scrollTop - clientHeight < 40;
  }

  #toEnd(): void {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  async #copy(): Promise<void> {
    const lines = this.#entries.map((entry) => JSON.stringify(entry));
    try {
      await navigator.clipboard.writeText(lines.join("\n"));
    } catch {
      // The browser keeps its clipboard to itself; the list can be selected.
    }
  }
}

function drawEntry(entry: Entry): HTMLLIElement {
  const summary = entry.data === undefined ? "" : compact(entry.data);
  const head = h(
    "summary",
    {},
    h("time", {}, (entry.atMs / 1000).toFixed(3)),
    h("i", { "data-way": entry.way }, ARROWS[entry.way]),
    h("b", {}, entry.type),
    h("span", {}, summary.slice(0, LONGEST_SUMMARY)),
  );
  const details = h("details", {}, head);
  details.addEventListener("toggle", () => {
    details.querySelector("pre")?.remove();
    if (!details.open) return;
    details.append(h("pre", {}, pretty(entry.data)));
  });
  return h("li", {}, details);
}

function pretty(data: unknown): string {
  try {
    return JSON.stringify(data, undefined, 2) ?? "no data";
  } catch {
    return compact(data);
  }
}
