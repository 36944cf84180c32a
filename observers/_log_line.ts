import { consoleLogger, type Logger } from "../async/mod.ts";
import type { LogObserverOptions } from "./log_observer_options.ts";

/** What an observer that writes a log writes with. */
export class LogLine {
  readonly #log: Logger;
  readonly #personalData: boolean;

  constructor({ log, personalData }: LogObserverOptions) {
    this.#log = log ?? consoleLogger("debug");
    this.#personalData = personalData ?? false;
  }

  /** Writes what happened when, and what is only written where that was asked for. */
  write(text: string, timestamp: number, personal: Readonly<Record<string, unknown>> = {}): void {
    const line = `${text} at ${(timestamp / 1e9).toFixed(2)}s`;
    const fields = Object.entries(personal);
    if (!this.#personalData || fields.length === 0) return this.#log.debug(line);
    const details = fields.map(([name, value]) => [`pii.${name}`, value]);
    this.#log.debug(line, Object.fromEntries(details));
  }
}

/** How much there is of something, for a log that may not say what. */
export function amountOf(value: string | readonly unknown[], one: string): string {
  return `${value.length} ${one}${value.length === 1 ? "" : "s"}`;
}
