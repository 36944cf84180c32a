import { parseArgs } from "node:util";
import { parseOrigin } from "./_origin.ts";

/** What a development runner can be told on its command line. */
export interface ServerFlags {
  /** The address to listen on. */
  readonly host: string;
  /** The port to listen on; 0 is any that is free. */
  readonly port: number;
  /** Whether to open the page in a browser. */
  readonly open: boolean;
  /** Whether to say more. */
  readonly verbose: boolean;
  /** Whether to show what can be told, and end. */
  readonly help: boolean;
  /** Origins that may use it beside loopback ones. */
  readonly allowOrigins: readonly string[];
  /** Sessions at the same time. */
  readonly maxSessions: number;
  /** Everything else, for the bot. */
  readonly rest: Readonly<Record<string, string | boolean>>;
}

/** What `--help` shows. */
export const SERVER_USAGE = `Options:
  --host HOST            address to listen on (127.0.0.1)
  --port PORT            port to listen on (7860)
  --open                 open the page in a browser
  --allow-origin ORIGIN  let pages of this origin start sessions; may be repeated
  --max-sessions N       sessions at the same time (10)
  --verbose              say more
  --help                 show this`;

const OPTIONS = {
  "host": { type: "string" },
  "port": { type: "string" },
  "open": { type: "boolean" },
  "allow-origin": { type: "string", multiple: true },
  "max-sessions": { type: "string" },
  "verbose": { type: "boolean" },
  "help": { type: "boolean", short: "h" },
} as const;

/** What stands behind an option, as it was written. */
type Values = ReadonlyMap<string, readonly (string | undefined)[]>;

/**
 * Reads the command line of a development runner. Options it does not know
 * are kept for the bot: `--embedded`, `--voice alloy`, `--voice=alloy`.
 *
 * @example
 * ```ts
 * import { parseServerFlags } from "@parley/sdk/runner";
 * const flags = parseServerFlags(["--port", "8000", "--embedded"]);
 * console.log(flags.port, flags.rest); // 8000 { embedded: true }
 * ```
 * @throws {RangeError} If a number is not one, or too large.
 * @throws {TypeError} If a value is missing, superfluous, or no origin.
 */
export function parseServerFlags(args: readonly string[]): ServerFlags {
  const values = read(args);
  const rest = [...values].filter(([name]) => !Object.hasOwn(OPTIONS, name));
  return {
    host: textOf(values, "host") ?? "127.0.0.1",
    port: numberOf(values, "port", { from: 0, to: 65_535 }) ?? 7860,
    open: isSet(values, "open"),
    verbose: isSet(values, "verbose"),
    help: isSet(values, "help"),
    allowOrigins: originsOf(values),
    maxSessions: numberOf(values, "max-sessions", { from: 1, to: 10_000 }) ?? 10,
    rest: Object.fromEntries(rest.map(([name, given]) => [name, given.at(-1) ?? true])),
  };
}

/** Every option with its values, in order; an option of the bot takes what stands behind it. */
function read(args: readonly string[]): Values {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: OPTIONS,
  });
  const values = new Map<string, (string | undefined)[]>();
  let open: (string | undefined)[] | undefined;
  for (const token of tokens) {
    if (token.kind === "option") {
      const given = values.get(token.name) ?? [];
      values.set(token.name, given);
      given.push(token.value);
      const takes = token.value === undefined && !Object.hasOwn(OPTIONS, token.name);
      open = takes ? given : undefined;
    } else if (token.kind === "positional") {
      if (!open) throw new TypeError(`Cannot read "${token.value}": options begin with "--"`);
      open[open.length - 1] = token.value;
      open = undefined;
    }
  }
  return values;
}

function isSet(values: Values, name: string): boolean {
  const given = values.get(name);
  const value = given?.at(-1);
  if (value === undefined) return given !== undefined;
  throw new TypeError(`Cannot read --${name} as "${value}": it takes no value`);
}

function textsOf(values: Values, name: string): string[] {
  return (values.get(name) ?? []).map((value) => {
    // What looks like the next option is that, and not a value.
    if (value && !value.startsWith("--")) return value;
    throw new TypeError(`Cannot read --${name}: its value is missing`);
  });
}

function textOf(values: Values, name: string): string | undefined {
  return textsOf(values, name).at(-1);
}

function numberOf(
  values: Values,
  name: string,
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= from && number <= to) return number;
  throw new RangeError(`Cannot read --${name} "${text}": it is no number from ${from} to ${to}`);
}

function originsOf(values: Values): string[] {
  return textsOf(values, "allow-origin").map((text) => {
    const origin = parseOrigin(text)?.origin;
    if (origin) return origin;
    throw new TypeError(
      `Cannot read --allow-origin "${text}": it is no origin such as "https://example.com"`,
    );
  });
}
