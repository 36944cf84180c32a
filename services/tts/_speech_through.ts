import type { SpokenWord } from "../../text/mod.ts";
import type { SpeechCache } from "./speech_cache.ts";
import type { SpeechEvent } from "./synthesis.ts";

/** Options that change nothing of what a text sounds like, and the key, which is not to be kept. */
const INAUDIBLE: ReadonlySet<string> = new Set([
  "apiKey",
  "name",
  "textAggregationMode",
  "pushSilenceAfterStop",
  "silenceTimeSecs",
  "stallTimeoutMs",
]);

/** The options of a service that may change what a text sounds like. */
export function audibleOptions(options: object): [name: string, value: unknown][] {
  return Object.entries(options).filter(([name, value]) =>
    !INAUDIBLE.has(name) && ["string", "number", "boolean"].includes(typeof value)
  );
}

/** Gives a speech from the cache, or as it comes, to be kept once it is whole. */
export async function* speechThrough(
  cache: SpeechCache,
  key: string,
  ask: () => AsyncIterable<SpeechEvent>,
): AsyncIterable<SpeechEvent> {
  const kept = cache.get(key);
  if (kept) {
    if (kept.words.length > 0) yield { type: "words", words: kept.words };
    // What goes downstream may be changed there.
    for (const audio of kept.audio) yield { type: "audio", audio: audio.slice() };
    return;
  }
  const audio: Int16Array[] = [];
  const words: SpokenWord[] = [];
  let whole = true;
  for await (const event of ask()) {
    if (event.type === "audio") audio.push(event.audio.slice());
    else if (event.type === "words") words.push(...event.words);
    else whole = false;
    yield event;
  }
  if (whole && audio.some(({ length }) => length > 0)) cache.set(key, { audio, words });
}
