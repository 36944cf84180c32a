import { assert, assertEquals, assertMatch } from "@std/assert";
import { systemClock } from "../../async/mod.ts";
import { bot as assistant } from "../../examples/assistant.ts";
import type { BotSession } from "../../runner/mod.ts";
import {
  callBot,
  CallRecorder,
  CallRecording,
  FakeOpenAI,
  recordTraffic,
  replayCall,
} from "../../testing/mod.ts";
import { environment } from "./environment.ts";

/** How late a machine that is busy with other tests may be in real time; what is said is the same all the same. */
const BUSY_MS = 3_000;

/** The default bot with services of its own, by OpenAI. */
const bot = (session: BotSession) => assistant(session);

Deno.test("a call with a provider is replayed byte for byte when the provider is gone", async () => {
  const recorder = new CallRecorder({ clock: systemClock });
  let settings: Readonly<Record<string, string>>;
  {
    await using openai = new FakeOpenAI({ speech: () => ({ characterMs: 40 }) });
    const add = { name: "calculate", arguments: { a: 3, operator: "plus", b: 4 } };
    openai.chat("Hello there.", { calls: [add] }, { text: "That is seven.", pauseMs: 80 });
    openai.transcription("What is three plus four?");
    settings = { OPENAI_API_KEY: openai.apiKey, OPENAI_BASE_URL: openai.url };
    using _environment = environment(settings);
    using _tap = recordTraffic(recorder);
    await using call = await callBot(bot, { clock: systemClock, observers: [recorder] });
    await call.hears("Hello there.");
    await call.says("What is three plus four?");
    await call.calls("calculate", add.arguments, { gives: { value: 7 } });
    await call.hears("That is seven.");
    await call.waits(1_000);
    await call.hangsUp();
    assertEquals(openai.faults, []);
  }
  using _environment = environment(settings);
  const { differences, problems } = await replayCall(bot, recorder.text, { toleranceMs: BUSY_MS });
  assertEquals(problems, []);
  assertEquals(differences, []);
  const { traffic } = new CallRecording(recorder.text);
  const asked = traffic.flatMap(({ entry }) =>
    typeof entry["url"] === "string" ? [entry["url"]] : []
  );
  assertEquals(asked.map((url) => new URL(url).pathname), [
    "/v1/chat/completions",
    "/v1/audio/speech",
    "/v1/audio/transcriptions",
    "/v1/chat/completions",
    "/v1/chat/completions",
    "/v1/audio/speech",
  ]);
  assert(!recorder.text.includes(settings["OPENAI_API_KEY"] ?? "?"), "the key is in the file");

  // With one answer less, the replay says what is missing.
  const lines = recorder.text.split("\n");
  const last = Math.max(...traffic.map(({ request }) => request));
  const short = lines.filter((line) => !line.includes(`"fetch":${last}`)).join("\n");
  const without = await replayCall(bot, short);
  assertMatch(without.differences.join("\n"), /and is missing/);
  assertMatch(
    without.problems.join("\n"),
    /^Cannot replay POST "http:.*\/v1\/audio\/speech": the recording has no further answer to it$/m,
  );
});
