import { LineReader } from "./_lines.ts";
import { MAX_MESSAGE_BYTES, type MessageStreamOptions } from "./sse.ts";

/**
 * Reads lines of JSON from bytes, wherever the network cuts them. A line that is
 * no JSON is left out, and told of.
 *
 * @example
 * ```ts
 * import { readJsonLines } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 * const bytes = new TextEncoder().encode('{"a":1}\n{"b":2}');
 * const values = await Array.fromAsync(readJsonLines(ReadableStream.from([bytes])));
 * assertEquals(values, [{ a: 1 }, { b: 2 }]);
 * ```
 */
export async function* readJsonLines(
  bytes: AsyncIterable<Uint8Array>,
  options: MessageStreamOptions = {},
): AsyncIterable<unknown> {
  const { maxBytes = MAX_MESSAGE_BYTES, warn = () => {} } = options;
  const lines = new LineReader({ maxBytes, warn });
  for await (const chunk of bytes) {
    for (const line of lines.read(chunk)) yield* parsed(line, warn);
  }
  for (const line of lines.end()) yield* parsed(line, warn);
}

function* parsed(line: string, warn: (message: string) => void): Iterable<unknown> {
  if (line.trim() === "") return;
  const value = parseJson(line);
  if (value === undefined) warn(`A line of ${line.length} characters is no JSON and was left out`);
  else yield value;
}

/**
 * Reads JSON from outside; gives nothing for what is none.
 *
 * @example
 * ```ts
 * import { parseJson } from "@parley/sdk/services/wire";
 * console.log(parseJson('{"a":1}'), parseJson("{a:1}")); // { a: 1 } undefined
 * ```
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It is no JSON, which is all that anybody wants to know.
    return undefined;
  }
}
