/** Reads recordings of what a service sent to its provider: JSON lines, the first one the head. */

/** A value of JSON. */
export type JSONValue = null | boolean | number | string | readonly JSONValue[] | {
  readonly [key: string]: JSONValue;
};

/** What is recorded, and of whom. */
export interface RecordingHead {
  /** The service's class. */
  readonly service: string;
  /** Where it lived, such as `services/cartesia/turns`. */
  readonly module: string;
  /** What happens. */
  readonly scenario: string;
  /** What the service was made with, in snake case. */
  readonly options: { readonly [key: string]: JSONValue };
}

/** A line of a recording. */
export interface RecordedLine {
  /** Who did it; `frames`, `events` and `note` only explain. */
  readonly from: "client" | "server" | "input" | "frames" | "events" | "note";
  /** Seconds from the beginning, where they were noted. */
  readonly t?: number | undefined;
  /** When the last of a merged run was. */
  readonly end?: number | undefined;
  /** Milliseconds since the line before, where they were many. */
  readonly afterMs?: number | undefined;
  /** Counts attempts to connect, from 1. */
  readonly conn: number;
  /** Everything that stands on the line. */
  readonly fields: { readonly [key: string]: JSONValue };
}

/** A recording. */
export interface Recording {
  readonly head: RecordingHead;
  readonly lines: readonly RecordedLine[];
}

const FROM = ["client", "server", "input", "frames", "events", "note"] as const;

/**
 * Reads a recording.
 *
 * @throws {SyntaxError} If a line is not what it should be.
 */
export function parseRecording(text: string): Recording {
  const [first, ...rest] = text.split("\n").filter((line) => line.trim() !== "").map(parseLine);
  if (!first) throw new SyntaxError("Cannot read the recording: it is empty");
  let conn = 0;
  const lines = rest.map((fields): RecordedLine => {
    if (fields["from"] === "client" && "open" in fields) conn++;
    return {
      from: fromOf(fields),
      t: numberOf(fields["t"]),
      end: numberOf(fields["t_end"]),
      afterMs: numberOf(fields["after_ms"]),
      conn: numberOf(fields["conn"]) ?? Math.max(conn, 1),
      fields,
    };
  });
  return { head: headOf(first), lines };
}

/** The members of an object; none of anything else. */
export function membersOf(value: JSONValue | undefined): { readonly [key: string]: JSONValue } {
  return typeof value === "object" && value !== null && !isList(value) ? value : {};
}

/** Whether a value is a list. */
export function isList(value: JSONValue | undefined): value is readonly JSONValue[] {
  return Array.isArray(value);
}

/** A number, if it is one. */
export function numberOf(value: JSONValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** A text, if it is one. */
export function textOf(value: JSONValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function parseLine(line: string, k: number): { readonly [key: string]: JSONValue } {
  try {
    return membersOf(JSON.parse(line));
  } catch (cause) {
    throw new SyntaxError(`Cannot read line ${k + 1} of the recording: it is not JSON`, { cause });
  }
}

function fromOf(fields: { readonly [key: string]: JSONValue }): RecordedLine["from"] {
  const from = FROM.find((name) => name === fields["from"]);
  if (!from) throw new SyntaxError(`Cannot read the recording: nobody is "${fields["from"]}"`);
  return from;
}

function headOf(fields: { readonly [key: string]: JSONValue }): RecordingHead {
  const { service, module, scenario, options } = fields;
  const [name, place] = [textOf(service), textOf(module)];
  if (!name || !place) {
    throw new SyntaxError('Cannot read the recording: its first line lacks "service" or "module"');
  }
  return {
    service: name,
    module: place,
    scenario: textOf(scenario) ?? "",
    options: membersOf(options),
  };
}
