/**
 * Where warnings and notes go: the console's own methods, so that `console`
 * is one, and so is the logger of any library.
 */
export interface Logger {
  /** Notes for who looks for a fault. */
  debug(message: string, ...details: unknown[]): void;
  /** What happens, once a step. */
  info(message: string, ...details: unknown[]): void;
  /** What was wrong and was dealt with. */
  warn(message: string, ...details: unknown[]): void;
  /** What went wrong and cost something. */
  error(message: string, ...details: unknown[]): void;
}

/** How much a logger says. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

const LEVELS: readonly LogLevel[] = [
  "debug",
  "info",
  "warn",
  "error",
  "silent",
];

/**
 * Makes a logger that writes to the console from a level on.
 *
 * @example
 * ```ts
 * import { consoleLogger } from "@parley/sdk/async";
 * const log = consoleLogger("error");
 * log.info("not shown");
 * ```
 */
export function consoleLogger(level: LogLevel = "warn"): Logger {
  const from = LEVELS.indexOf(level);
  const pick = (name: Exclude<LogLevel, "silent">) =>
    LEVELS.indexOf(name) < from
      ? () => {}
      : (message: string, ...details: unknown[]) => console[name](message, ...details);
  return {
    debug: pick("debug"),
    info: pick("info"),
    warn: pick("warn"),
    error: pick("error"),
  };
}
