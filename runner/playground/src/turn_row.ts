/**
 * One turn's latency as a small stacked bar with its numbers.
 *
 * @module
 */
import { h, setAttributes, setText } from "./dom.ts";
import { describeTurn, formatMs, STAGE_LABELS, stagesOf, totalOf } from "./latency.ts";
import type { TurnMessage } from "./server_messages.ts";

/** A bar shorter than this wait does not fill its room. */
const FULL_BAR_MS = 1500;

/** One row; it can be drawn again when more is known. */
export class TurnRow {
  /** The row on the page. */
  readonly element: HTMLElement;
  readonly #bar = h("span", { class: "stages", "aria-hidden": "true" });
  readonly #numbers = h("span", { class: "numbers", "aria-hidden": "true" });
  readonly #total = h("span", { class: "total", "aria-hidden": "true" });

  /** Makes an empty row. */
  constructor(options: { readonly testId?: string } = {}) {
    this.element = h(
      "span",
      { class: "turn-row", role: "img", "data-testid": options.testId },
      this.#bar,
      this.#total,
      this.#numbers,
    );
  }

  /** Draws what is known of a turn; `scaleMs` is the wait that fills the bar. */
  draw(turn: TurnMessage, scaleMs: number = FULL_BAR_MS): void {
    const stages = stagesOf(turn);
    const total = totalOf(turn);
    setAttributes(this.element, {
      "aria-label": describeTurn(turn),
      "data-turn": turn.turn,
      "data-total-ms": total === undefined ? undefined : Math.round(total),
      "data-interrupted": turn.interrupted,
      "data-source": turn.source,
      "data-pending": total === undefined && !turn.interrupted,
    });
    const room = Math.max(scaleMs, total ?? 0);
    this.#bar.replaceChildren(...stages.map((stage) => {
      const part = h("i", { "data-stage": stage.name });
      part.style.width = `${(100 * stage.durationMs) / room}%`;
      return part;
    }));
    setText(this.#total, total === undefined ? pending(turn) : formatMs(total));
    const began = turn.source === "bot" ? [h("span", {}, "the bot began")] : [];
    this.#numbers.replaceChildren(
      ...began,
      ...stages.map((stage) =>
        h(
          "span",
          { "data-stage": stage.name, title: STAGE_LABELS[stage.name] },
          `${STAGE_LABELS[stage.name]} `,
          h("b", {}, formatMs(stage.durationMs)),
        )
      ),
    );
  }
}

function pending(turn: TurnMessage): string {
  return turn.interrupted ? "interrupted" : "…";
}
