/** What a transcript says of an attempt to connect. */
export interface TranscriptOpening {
  /** The address that is asked for, with its query. */
  readonly url: string;
  /** Headers that are sent, among others. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Subprotocols that are offered. */
  readonly protocols?: readonly string[] | undefined;
}

/** One line of a transcript: who did what. */
export type TranscriptLine =
  /** The client asks to be let in. */
  | { readonly from: "client"; readonly open: TranscriptOpening }
  /**
   * Text: the value of JSON, or with `json: false` plain words. A string such as `$CTX1`
   * is an id that the client makes up: whatever it says there first, and from then on that.
   */
  | { readonly from: "client" | "server"; readonly text: unknown; readonly json?: boolean }
  /** Audio, however it is cut: so many bytes, or without a number as much as comes. */
  | { readonly from: "client"; readonly audio: { readonly bytes?: number | undefined } }
  /** Bytes that are no audio for the server, or any from it, in Base64. */
  | { readonly from: "client" | "server"; readonly bytes: string }
  /** Somebody closes; of the client any code will do. */
  | { readonly from: "client" | "server"; readonly close: number; readonly reason?: string }
  /** The server refuses the handshake. */
  | {
    readonly from: "server";
    readonly http: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  }
  /** The server hangs up without a word, sends no more, or says nothing more and closes nothing. */
  | { readonly from: "server"; readonly trouble: "drop" | "halfClose" | "hang" };

/** An exchange between a client and a provider. */
export interface Transcript {
  /** Where it is from: `recorded 2026-11-21`, `from docs https://…`. */
  readonly source: string;
  /** What was said, in order. */
  readonly lines: readonly TranscriptLine[];
}

/**
 * Reads a transcript from JSON lines. The first says where it is from; lines
 * that are neither of a client nor of a server are notes, and left out.
 *
 * @example
 * ```ts
 * import { parseTranscript } from "@parley/sdk/testing";
 * const transcript = parseTranscript(`{"source": "from docs https://acme.example/docs"}
 * {"from": "client", "open": {"url": "wss://api.acme.example/v1?model=small"}}
 * {"from": "client", "audio": {"bytes": 6400}}
 * {"from": "client", "text": {"type": "finalize"}}
 * {"from": "server", "text": {"type": "final", "text": "Hello."}}`);
 * console.log(transcript.lines.length); // 4
 * ```
 * @throws {SyntaxError} If a line is no JSON, or says nothing that is known.
 */
export function parseTranscript(text: string): Transcript {
  const [head = "", ...rest] = text.split("\n").filter((line) => line.trim() !== "");
  const { source } = JSON.parse(head);
  if (typeof source !== "string") {
    throw new SyntaxError('Cannot read a transcript: its first line has no "source"');
  }
  const lines = rest.map((line): unknown => JSON.parse(line)).filter(isSaid);
  return { source, lines: lines.map(checked) };
}

/**
 * Reads a transcript from a file in the folder `testdata` beside a module.
 *
 * @example
 * ```ts
 * import { readTranscript } from "@parley/sdk/testing";
 * import { assertRejects } from "@std/assert";
 * await assertRejects(() => readTranscript(import.meta.url, "no_such"), Deno.errors.NotFound);
 * ```
 */
export async function readTranscript(module: string, name: string): Promise<Transcript> {
  return parseTranscript(await Deno.readTextFile(new URL(`testdata/${name}.jsonl`, module)));
}

function isSaid(line: unknown): line is { readonly from: unknown } {
  return typeof line === "object" && line !== null && "from" in line &&
    (line.from === "client" || line.from === "server");
}

const KNOWN = ["open", "text", "audio", "bytes", "close", "http", "trouble"];

function checked(line: { readonly from: unknown }): TranscriptLine {
  if (KNOWN.some((kind) => kind in line)) return line as TranscriptLine;
  throw new SyntaxError(
    `Cannot read a transcript: a line has none of ${KNOWN.join(", ")}; it has ${Object.keys(line)}`,
  );
}
