import { consoleLogger, type Logger } from "../async/mod.ts";

/** Says on the console what went wrong in a line; all that is known of it only to who wants more. */
export function briefLogger(verbose: boolean): Logger {
  const log = consoleLogger(verbose ? "debug" : "warn");
  if (verbose) return log;
  return {
    ...log,
    warn: (message) => log.warn(message),
    error: (message) => log.error(message),
  };
}
