import { encodeBase64 } from "@std/encoding";
import type { CallRecorder } from "./call_recorder.ts";

/** Parts of an address that hold a secret. */
const SECRET = /key|token|secret|signature|password|auth/i;

/**
 * Writes what providers are asked with `fetch`, and what they answer, into the
 * file of a call, until it is disposed of. A bot that makes its own services can
 * then be played again without their providers: `replayCall` answers from the
 * file.
 *
 * Headers of requests, which hold keys, are not written, and of requests only
 * those bodies that are text. Sockets are not seen.
 *
 * @example
 * ```ts
 * import { systemClock } from "@parley/sdk/async";
 * import { CallRecorder, recordTraffic } from "@parley/sdk/testing";
 * const recorder = new CallRecorder({ clock: systemClock });
 * using _tap = recordTraffic(recorder);
 * // await using call = await callBot(bot, { clock: systemClock, observers: [recorder] });
 * ```
 */
export function recordTraffic(recorder: CallRecorder): Disposable {
  const original = globalThis.fetch;
  let count = 0;
  globalThis.fetch = async (input, init) => {
    if (!isRemote(input)) return await original(input, init);
    const fetchNumber = ++count;
    const note = (entry: Readonly<Record<string, unknown>>) =>
      recorder.note({ fetch: fetchNumber, ...entry });
    note(requestOf(input, init));
    try {
      return tapped(await original(input, init), note);
    } catch (error) {
      note({ failed: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  };
  return {
    [Symbol.dispose]: () => {
      globalThis.fetch = original;
    },
  };
}

type Note = (entry: Readonly<Record<string, unknown>>) => void;

function requestOf(input: Request | URL | string, init: RequestInit | undefined) {
  const request = input instanceof Request ? input : undefined;
  const body = typeof init?.body === "string" ? { body: init.body } : {};
  return {
    method: init?.method ?? request?.method ?? "GET",
    url: addressOf(request?.url ?? input.toString()),
    ...body,
  };
}

/** Whether somebody else is asked, and not the program itself. */
export function isRemote(input: Request | URL | string): boolean {
  return /^https?:/.test(input instanceof Request ? input.url : input.toString());
}

/** An address without what is secret in it. */
export function addressOf(address: string): string {
  const url = new URL(address);
  url.username = url.password = "";
  for (const name of new Set(url.searchParams.keys())) {
    if (SECRET.test(name)) url.searchParams.set(name, "…");
  }
  return url.href;
}

/** The same answer, which is noted as it is read. */
function tapped(response: Response, note: Note): Response {
  const { status, statusText, headers, body } = response;
  const type = headers.get("content-type");
  note({ status, ...type === null ? {} : { type } });
  if (!body) {
    note({ done: true });
    return response;
  }
  const noted = body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        note({ chunk: encodeBase64(chunk) });
        controller.enqueue(chunk);
      },
      flush: () => note({ done: true }),
    }),
  );
  return new Response(noted, { status, statusText, headers });
}
