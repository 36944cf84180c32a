import { assert, assertEquals } from "@std/assert";
import { MappedText } from "../../text/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import { Speech } from "./_speech.ts";
import { WordFollower } from "./_word_follower.ts";
import type { SpeechEvent } from "./synthesis.ts";

/** Pieces of 20 ms, and how often an estimate of their words was made anew. */
async function follow(text: string, pieces: number): Promise<{ said: string; looks: number }> {
  async function* events(): AsyncIterable<SpeechEvent> {
    for (let k = 0; k < pieces; k++) {
      yield await Promise.resolve({ type: "audio", audio: new Int16Array(160) } as const);
    }
  }
  const speech = new Speech({
    clock: new VirtualClock(),
    sampleRate: 8_000,
    stallTimeoutMs: undefined,
    signal: new AbortController().signal,
    ask: events,
    owes: () => true,
    onFirstAudio: () => {},
    onRead: () => {},
  });
  const follower = new WordFollower(speech);
  const mapped = new MappedText(text);
  let looks = 0;
  // Every offset of the text is looked up once per word that is told of, and no more.
  const map = mapped.map.bind(mapped);
  mapped.map = (offset) => {
    looks++;
    return map(offset);
  };
  follower.add(mapped, { said: 0, continues: false });
  let said = "";
  for await (const _ of speech.audio()) {
    for (const { start, end } of follower.until(speech.givenMs)) said += text.slice(start, end);
  }
  for (const { start, end } of follower.rest()) said += text.slice(start, end);
  return { said, looks };
}

Deno.test("WordFollower estimates the words of a long text in a time that grows with the text alone", async () => {
  const text = "This is one of many sentences, with $12.50 in it. ".repeat(100).trim();
  const from = performance.now();
  const { said, looks } = await follow(text, 20_000);
  assertEquals(said, text);
  assert(looks <= 1_100, `${looks} look-ups`);
  // It takes some 50 ms; made anew for every piece of audio, the estimate takes a minute.
  assert(performance.now() - from < 5_000, `${performance.now() - from} ms`);
});
