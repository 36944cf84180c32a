import { assertEquals } from "@std/assert";
import { consoleLogger, type LogLevel } from "./mod.ts";

/** What a logger of a level writes to the console, by method. */
function written(level?: LogLevel): string[] {
  const methods = ["debug", "info", "warn", "error"] as const;
  const before = methods.map((name) => console[name]);
  const lines: string[] = [];
  for (const name of methods) console[name] = (...args) => lines.push(`${name} ${args.join(" ")}`);
  try {
    const log = consoleLogger(level);
    for (const name of methods) log[name]("message", 1);
  } finally {
    methods.forEach((name, i) => console[name] = before[i] as typeof console.log);
  }
  return lines;
}

const ALL = ["debug message 1", "info message 1", "warn message 1", "error message 1"];

Deno.test("consoleLogger writes from its level on, to the console's own methods", () => {
  assertEquals(written("debug"), ALL);
  assertEquals(written("info"), ALL.slice(1));
  assertEquals(written("warn"), ALL.slice(2));
  assertEquals(written("error"), ALL.slice(3));
  assertEquals(written("silent"), []);
});

Deno.test("consoleLogger warns unless told otherwise", () => {
  assertEquals(written(), ALL.slice(2));
});
