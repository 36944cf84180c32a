import type { Logger, LogLevel } from "../async/mod.ts";

/** Something that was logged. */
export interface LogEntry {
  readonly level: Exclude<LogLevel, "silent">;
  readonly message: string;
  readonly details: readonly unknown[];
}

/** A log that keeps what it is told. */
export class KeptLog implements Logger {
  readonly entries: LogEntry[] = [];
  // Fields and not methods: some take one of them without the rest.
  readonly debug = this.#keeping("debug");
  readonly info = this.#keeping("info");
  readonly warn = this.#keeping("warn");
  readonly error = this.#keeping("error");

  /** Notes for who looks for a fault. */
  get notes(): string[] {
    return this.#of("debug");
  }

  get warnings(): string[] {
    return this.#of("warn");
  }

  get errors(): string[] {
    return this.#of("error");
  }

  /** Everything but notes; warnings and errors say that they are. */
  get lines(): string[] {
    return this.entries.filter(({ level }) => level !== "debug")
      .map(({ level, message }) => level === "info" ? message : `${level}: ${message}`);
  }

  #of(level: LogLevel): string[] {
    return this.entries.flatMap((entry) => entry.level === level ? [entry.message] : []);
  }

  #keeping(level: LogEntry["level"]): (message: string, ...details: unknown[]) => void {
    return (message, ...details) => void this.entries.push({ level, message, details });
  }
}
