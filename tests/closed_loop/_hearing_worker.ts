// Hears sentences on a thread of its own: the first message says which, and the answer is their rows.
/// <reference lib="deno.worker" />
import type { Caller } from "./callers.ts";
import { rowsOf } from "./_hearing.ts";

/** What the worker is sent. */
export interface HearingTask {
  readonly sentences: readonly string[];
  readonly caller: Caller;
}

self.onmessage = async ({ data }: MessageEvent<HearingTask>) => {
  self.postMessage(await rowsOf(data.sentences, data.caller));
};
