/**
 * The latency of all turns, on one scale.
 *
 * @module
 */
import { h, setAttributes, setText } from "./dom.ts";
import { formatMs, median, totalOf } from "./latency.ts";
import type { TurnMessage } from "./server_messages.ts";
import { TurnRow } from "./turn_row.ts";

const MOST_ROWS = 60;
const LEAST_SCALE_MS = 600;

/** Draws the turns of a session. */
export class TurnsPanel {
  readonly #list: HTMLElement;
  readonly #summary: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #turns = new Map<
    number,
    { turn: TurnMessage; readonly row: TurnRow; readonly line: HTMLElement }
  >();

  /** Draws into the given elements. */
  constructor(elements: {
    readonly list: HTMLElement;
    readonly summary: HTMLElement;
    readonly empty: HTMLElement;
  }) {
    this.#list = elements.list;
    this.#summary = elements.summary;
    this.#empty = elements.empty;
  }

  /** Adds a turn, or draws it anew. */
  update(turn: TurnMessage): void {
    const known = this.#turns.get(turn.turn);
    if (known === undefined) this.#add(turn);
    else known.turn = turn;
    this.#draw();
  }

  /** Forgets all turns. */
  clear(): void {
    this.#turns.clear();
    this.#list.replaceChildren();
    this.#draw();
  }

  #add(turn: TurnMessage): void {
    const row = new TurnRow();
    const line = h(
      "li",
      {},
      h("span", { class: "turn-number" }, String(turn.turn)),
      row.element,
    );
    this.#turns.set(turn.turn, { turn, row, line });
    this.#list.prepend(line);
    const oldest = this.#turns.keys().next();
    if (this.#turns.size > MOST_ROWS && !oldest.done) {
      this.#turns.get(oldest.value)?.line.remove();
      this.#turns.delete(oldest.value);
    }
  }

  #draw(): void {
    const shown = [...this.#turns.values()];
    const totals = shown.flatMap(({ turn }) => totalOf(turn) ?? []);
    const scaleMs = Math.max(LEAST_SCALE_MS, ...totals);
    for (const { turn, row } of shown) row.draw(turn, scaleMs);
    setAttributes(this.#empty, { hidden: shown.length > 0 });
    const middle = median(totals);
    setText(
      this.#summary,
      middle === undefined ? "" : `median ${formatMs(middle)}`,
    );
  }
}
