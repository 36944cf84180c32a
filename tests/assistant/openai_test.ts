import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { concatAudio, rms } from "../../audio/mod.ts";
import { converse } from "../../cli/_converse.ts";
import { bot } from "../../examples/assistant.ts";
import { FakeOpenAI } from "../../testing/mod.ts";
import { between, CALL_RATE, say } from "../closed_loop/callers.ts";
import { environment } from "../conversations/environment.ts";
import { KeptLog } from "../kept_log.ts";
import { ServerRig } from "../server/_rig.ts";

/** A sentence that the user interrupts, and more that the model is still writing then. */
const REPORT = "You rolled two dice, and one of them fell from the table. " +
  "It rolled under the piano, and nobody has seen it ever since. ".repeat(6).trim();

Deno.test("the assistant on OpenAI listens, calls a tool, speaks, and can be interrupted", async () => {
  await using openai = new FakeOpenAI({ speech: () => ({ characterMs: 40 }) });
  openai.chat(
    "Hello there.",
    { calls: [{ name: "roll_dice", arguments: { count: 2 } }] },
    { text: REPORT, pauseMs: 80 },
    "All right.",
  );
  openai.transcription("Roll two dice.", "Stop it.");
  using _environment = environment({
    OPENAI_API_KEY: openai.apiKey,
    OPENAI_BASE_URL: openai.url,
  });
  const question = between(1_000, await say("roll two dice", "flite rms"), { trailMs: 4_000 });
  const stop = await say("stop it", "flite rms");
  const log = new KeptLog();
  const conversation = await converse(bot, {
    says: { samples: concatAudio([question, stop]), sampleRate: CALL_RATE },
    virtual: false,
    maxMs: 30_000,
    log,
  });
  const { entries } = conversation.log;
  assertEquals(log.lines, []);
  const said = entries.map(({ who, text }) => `${who}: ${text}`);
  const [, , , result = "", cut = ""] = said;
  const heard = cut.slice("bot: ".length, -" —".length);
  assertEquals(said, [
    "bot: Hello there.",
    "user: Roll two dice.",
    'call: roll_dice {"count":2}',
    result,
    `bot: ${heard} —`,
    "user: Stop it.",
    "bot: All right.",
  ]);
  assert(REPORT.startsWith(heard) && heard.length < REPORT.length, heard);

  // What the model was asked, and that the interruption closed the request.
  const chats = openai.requests.filter(({ endpoint }) => endpoint === "chat");
  assertEquals(chats.map(({ outcome }) => outcome), ["answered", "answered", "closed", "answered"]);
  const rolls = result.slice("result: ".length);
  assertStringIncludes(JSON.stringify(chats[2]?.body["messages"]), JSON.stringify(rolls));
  const last = chats[3]?.body["messages"];
  assert(Array.isArray(last));
  assertEquals(last.slice(-2), [
    { role: "assistant", content: heard },
    { role: "user", content: "Stop it." },
  ]);

  // What the recogniser was given: each question, and not much more.
  const recordings = openai.requests.flatMap(({ audio }) => audio ? [audio] : []);
  assertEquals(recordings.length, 2);
  for (const { samples, sampleRate } of recordings) {
    assert(samples.length > 0.4 * sampleRate && samples.length < 3 * sampleRate);
    assert(rms(samples) > 300);
  }

  // What was heard of it: the last answer, and silence before it.
  const at = Math.round((entries.at(-1)?.atMs ?? 0) * 24);
  assert(rms(conversation.reply.subarray(at, at + 4_800)) > 300);
  assertEquals(rms(conversation.reply.subarray(at - 4_800, at - 480)), 0);
});

Deno.test("a wrong key is said to the client and to the log, and the server lives on", async () => {
  await using openai = new FakeOpenAI();
  using _environment = environment({ OPENAI_API_KEY: "wrong", OPENAI_BASE_URL: openai.url });
  await using rig = new ServerRig(bot);
  const error = "Cannot get an answer with OpenAI: the key was refused (401, invalid_api_key); " +
    "check OPENAI_API_KEY";
  for (let i = 0; i < 2; i++) {
    const client = await rig.converse();
    assertEquals((await client.told("error")).data, { error, fatal: false });
    await client.leave();
  }
  assertEquals(rig.lines, [`error: ${error}`, `error: ${error}`]);
});

Deno.test("without a key the assistant does without", async () => {
  using _environment = environment({ OPENAI_API_KEY: "" });
  await using rig = new ServerRig(bot);
  const client = await rig.converse();
  await client.told("bot-started-speaking");
  const news = client.messages.filter(({ type }) => type === "server-message");
  assertStringIncludes(JSON.stringify(news), '"services":"Embedded set"');
  await client.leave();
});
