import type { Logger } from "../async/mod.ts";

/** What every observer that writes a log can be given. */
export interface LogObserverOptions {
  /** Where it writes, at the level of debugging. @default {consoleLogger("debug")} */
  readonly log?: Logger | undefined;
  /**
   * Whether what people said and typed, and what the bot answers, is written as
   * well: apart from the message, in fields named `pii.…`, so that a logger can
   * leave them out. Without it a log says how much there was, and not what.
   *
   * @default {false}
   */
  readonly personalData?: boolean | undefined;
}
