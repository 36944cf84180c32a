import { assertEquals, assertThrows } from "@std/assert";
import { parseServerFlags, SERVER_USAGE, type ServerFlags } from "./flags.ts";

const DEFAULTS: ServerFlags = {
  host: "127.0.0.1",
  port: 7860,
  open: false,
  verbose: false,
  help: false,
  allowOrigins: [],
  maxSessions: 10,
  rest: {},
};

const READ: readonly (readonly [line: string, flags: Partial<ServerFlags>])[] = [
  ["", {}],
  ["--host 0.0.0.0 --port 8000", { host: "0.0.0.0", port: 8000 }],
  ["--host=::1 --port=0", { host: "::1", port: 0 }],
  ["--port 65535 --max-sessions 1", { port: 65_535, maxSessions: 1 }],
  ["--port 8000 --port 9000", { port: 9000 }],
  ["--open --verbose", { open: true, verbose: true }],
  ["--help", { help: true }],
  ["-h", { help: true }],
  ["--allow-origin https://a.com --allow-origin=HTTP://B.com:80/", {
    allowOrigins: ["https://a.com", "http://b.com"],
  }],
  ["--embedded", { rest: { embedded: true } }],
  ["--embedded --port 8000", { port: 8000, rest: { embedded: true } }],
  ["--voice=alloy", { rest: { voice: "alloy" } }],
  ["--voice alloy --embedded", { rest: { voice: "alloy", embedded: true } }],
  ["--voice alloy --voice=nova", { rest: { voice: "nova" } }],
  ["--voice=", { rest: { voice: "" } }],
  ["--no-greeting", { rest: { "no-greeting": true } }],
  ["--toString 5 --hasOwnProperty", { rest: { toString: "5", hasOwnProperty: true } as never }],
];

for (const [line, flags] of READ) {
  Deno.test(`parseServerFlags reads "${line}"`, () => {
    const args = line.split(" ").filter((arg) => arg !== "");
    assertEquals(parseServerFlags(args), { ...DEFAULTS, ...flags });
  });
}

const REFUSED: readonly (readonly [line: string, problem: string])[] = [
  ["--port x", 'Cannot read --port "x": it is no number from 0 to 65535'],
  ["--port 65536", 'Cannot read --port "65536": it is no number from 0 to 65535'],
  ["--port 80.5", 'Cannot read --port "80.5": it is no number from 0 to 65535'],
  ["--port=-1", 'Cannot read --port "-1": it is no number from 0 to 65535'],
  ["--port 1e3", 'Cannot read --port "1e3": it is no number from 0 to 65535'],
  ["--port 0x50", 'Cannot read --port "0x50": it is no number from 0 to 65535'],
  ["--port", "Cannot read --port: its value is missing"],
  ["--port=", "Cannot read --port: its value is missing"],
  ["--port --open", "Cannot read --port: its value is missing"],
  ["--host", "Cannot read --host: its value is missing"],
  ["--max-sessions 0", 'Cannot read --max-sessions "0": it is no number from 1 to 10000'],
  ["--max-sessions 10001", 'Cannot read --max-sessions "10001": it is no number from 1 to 10000'],
  ["--allow-origin", "Cannot read --allow-origin: its value is missing"],
  [
    "--allow-origin example.com",
    'Cannot read --allow-origin "example.com": it is no origin such as "https://example.com"',
  ],
  [
    "--allow-origin *",
    'Cannot read --allow-origin "*": it is no origin such as "https://example.com"',
  ],
  ["--open=yes", 'Cannot read --open as "yes": it takes no value'],
  ["8000", 'Cannot read "8000": options begin with "--"'],
  ["--open 8000", 'Cannot read "8000": options begin with "--"'],
  ["--voice alloy nova", 'Cannot read "nova": options begin with "--"'],
];

for (const [line, problem] of REFUSED) {
  Deno.test(`parseServerFlags refuses "${line}"`, () => {
    const error = assertThrows(() => parseServerFlags(line.split(" ")), Error);
    assertEquals(error.message, problem);
  });
}

Deno.test("SERVER_USAGE names every option, and what it is without", () => {
  const { port, host, maxSessions } = DEFAULTS;
  for (const part of ["--open", "--allow-origin", "--verbose", "--help", port, host, maxSessions]) {
    assertEquals(SERVER_USAGE.includes(String(part)), true, String(part));
  }
});
