/**
 * Keeps the published client's own messages out of the console: what matters
 * of them stands on the page and in its event log.
 *
 * @module
 */
import { logger, LogLevel } from "@pipecat-ai/client-js";

/** Silences the client's logger. */
export function setLogLevel(): void {
  logger.setLevel(LogLevel.NONE);
}
