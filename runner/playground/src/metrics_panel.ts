/**
 * RTVI's metrics as a table: one row for each processor.
 *
 * @module
 */
import { h, setAttributes, setText } from "./dom.ts";
import { formatMs } from "./latency.ts";
import { isFields, list, number, text } from "./narrow.ts";

interface Row {
  ttfbMs: number | undefined;
  processingMs: number | undefined;
  characters: number;
  readonly cells: readonly [HTMLElement, HTMLElement, HTMLElement];
}

/** Draws the metrics of a session. */
export class MetricsPanel {
  readonly #body: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #rows = new Map<string, Row>();

  /** Draws into a table's body. */
  constructor(body: HTMLElement, empty: HTMLElement) {
    this.#body = body;
    this.#empty = empty;
  }

  /** Takes a `metrics` message; its durations are seconds. */
  update(metrics: unknown): void {
    if (!isFields(metrics)) return;
    for (const [name, value] of readings(metrics, "ttfb")) {
      this.#row(name).ttfbMs = value * 1000;
    }
    for (const [name, value] of readings(metrics, "processing")) {
      this.#row(name).processingMs = value * 1000;
    }
    for (const [name, value] of readings(metrics, "characters")) {
      this.#row(name).characters += value;
    }
    this.#draw();
  }

  /** Forgets the metrics. */
  clear(): void {
    this.#rows.clear();
    this.#body.replaceChildren();
    setAttributes(this.#empty, { hidden: false });
  }

  #row(name: string): Row {
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    const cells = [h("td"), h("td"), h("td")] as const;
    this.#body.append(h("tr", {}, h("th", { scope: "row" }, name), ...cells));
    const row: Row = {
      ttfbMs: undefined,
      processingMs: undefined,
      characters: 0,
      cells,
    };
    this.#rows.set(name, row);
    return row;
  }

  #draw(): void {
    setAttributes(this.#empty, { hidden: this.#rows.size > 0 });
    for (const { ttfbMs, processingMs, characters, cells } of this.#rows.values()) {
      setText(cells[0], ttfbMs === undefined ? "–" : formatMs(ttfbMs));
      setText(cells[1], processingMs === undefined ? "–" : formatMs(processingMs));
      setText(cells[2], characters === 0 ? "–" : characters.toLocaleString("en"));
    }
  }
}

function readings(
  metrics: Readonly<Record<string, unknown>>,
  key: string,
): [string, number][] {
  return list(metrics, key).flatMap((reading) => {
    const value = number(reading, "value");
    return value === undefined ? [] : [[text(reading, "processor") ?? "?", value]];
  });
}
