import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { systemClock } from "../../async/mod.ts";
import { TTSSpeakFrame } from "../../frames/mod.ts";
import { bot as assistant } from "../../examples/assistant.ts";
import {
  callBot,
  type CallOptions,
  CallRecorder,
  CallRecording,
  replayCall,
  scriptedServices,
  type TestedBot,
  VirtualClock,
} from "../../testing/mod.ts";
import { between, CALL_RATE, say } from "../closed_loop/callers.ts";
import { ServerRig } from "../server/_rig.ts";
import { clerk, clerkWith } from "./clerk.ts";

/** How late a machine that is busy with other tests may be in real time; what is said is the same all the same. */
const BUSY_MS = 3_000;

const SCRIPT: CallOptions = {
  flags: { greets: true },
  answers: [
    "Hello! How can I help you?",
    { text: "One moment.", calls: [{ name: "look_up", arguments: { what: "tea" } }], tokenMs: 30 },
    { text: "Tea is a hot drink. It is made of leaves, and of water.", firstTokenMs: 210 },
    { text: "Very well. Good bye!", firstTokenMs: 180, tokenMs: 15 },
    "As you typed.",
  ],
  voice: () => ({ characterMs: 55, firstAudioMs: 130, pauseMs: 20 }),
  hearing: ({ text, number }) => ({ text, language: "en", delayMs: 100 + 70 * number }),
};

/** A call with a tool, an interruption and a typed line, as its file. */
async function recordCall(): Promise<string> {
  const clock = new VirtualClock();
  const recorder = new CallRecorder({ clock });
  await using call = await callBot(clerk, { ...SCRIPT, clock, observers: [recorder] });
  await call.hears("Hello! How can I help you?");
  await call.says("Tell me about tea.");
  await call.calls("look_up", { what: "tea" });
  await call.hears("One moment.");
  await call.interrupts("Thank you.", { afterMs: 1_234 });
  await call.hears("Very well. Good bye!");
  await call.types("As I typed.");
  await call.hears("As you typed.");
  await call.hangsUp();
  return recorder.text;
}

Deno.test("a recorded call comes out the same when it is replayed with the services of its file", async () => {
  const file = await recordCall();
  const { differences, problems, text } = await replayCall(clerk, file, SCRIPT);
  assertEquals(differences, []);
  assertEquals(problems, []);
  const [before, after] = [new CallRecording(file), new CallRecording(text)];
  assert(before.outputs.length > 100, `only ${before.outputs.length} frames left the output`);
  assertEquals(after.outputs.length, before.outputs.length);
  // A replay is a recording: it can be replayed in its turn.
  assertEquals((await replayCall(clerk, text, SCRIPT)).differences, []);
});

Deno.test("a replay says what a changed bot does otherwise, and when", async () => {
  const file = await recordCall();
  const changed: TestedBot = (session, services) => {
    // It says something of its own before it greets.
    session.onReady(() => void session.task?.queueFrame(new TTSSpeakFrame("What a day!")));
    return clerk(session, services);
  };
  const { differences } = await replayCall(changed, file, SCRIPT);
  assertEquals(differences.slice(0, 3), [
    "at 0.000 s, LLMFullResponseStartFrame 1: it comes 660.000 ms later",
    'at 0.000 s, AggregatedTextFrame 1: text was "Hello!" and is "What a day!", ' +
    'rawText was "Hello!" and is "What a day!"',
    "at 0.130 s, BotStartedSpeakingFrame 1: it comes 130.000 ms earlier",
  ]);
  assertEquals(differences.length, 21);
  assertMatch(differences.at(-1) ?? "", /^and \d+ more$/);
  const speech = differences.find((line) => line.includes("speech 1"));
  assertMatch(
    speech ?? "",
    /its audio differs from sample \d+ on; it had \d+ samples, and has \d+$/,
  );
});

Deno.test("a replay finds one sample that is another", async () => {
  const file = await recordCall();
  const heard = new CallRecording(file).outputs.findLast(({ frame }) =>
    frame.frame === "OutputAudioRawFrame"
  );
  const [number] = Object.values(heard?.frame.fields["audio"] ?? {});
  const line = file.split("\n").find((each) => each.startsWith(`{"audio":${number},`)) ?? "";
  const changed = file.replace(line, line.replace('"pcm":"', '"pcm":"/').replace(/.(=*"}$)/, "$1"));
  assertNotEquals(changed, file);
  const { differences } = await replayCall(clerk, changed, SCRIPT);
  assertEquals(differences.length > 0, true);
  for (const difference of differences) assertMatch(difference, /, speech \d+: its audio differs/);
});

Deno.test.each([
  ["RIFF", "line 1 is no JSON"],
  ["7", "line 1 is no JSON object"],
  ["{}", 'the first line does not say "parley":"call"'],
  ['{"parley":"call","version":2}', "its version is 2, and this reads 1; record it again"],
  ['{"parley":"call","version":1,"startedAt":"soon"}', '"soon" is no date for "startedAt"'],
])("the file %s is refused", async (file, why) => {
  await assertRejects(() => replayCall(clerk, file), SyntaxError, why);
});

Deno.test("a session with a client of the server is replayed, with what the client sent", async () => {
  const recorder = new CallRecorder({ clock: systemClock });
  {
    const services = scriptedServices({ answers: ["As you typed."] });
    const bot = clerkWith([recorder]);
    await using rig = new ServerRig((session) => bot(session, services));
    const client = await rig.converse();
    const options = { run_immediately: true, audio_response: true };
    client.send("send-text", { content: "As I typed.", options });
    await client.told("bot-stopped-speaking");
    client.send("disconnect-bot");
    await client.closed;
    assertEquals(rig.lines, []);
  }
  const { differences, problems, text } = await replayCall(clerk, recorder.text, {
    toleranceMs: BUSY_MS,
  });
  assertEquals(problems, []);
  assertEquals(differences, []);
  const replayed = new CallRecording(text);
  const heard = replayed.outputs.filter(({ frame }) => frame.frame === "HeardTextFrame");
  assertEquals(heard.map(({ frame }) => frame.fields["text"]).join(""), "As you typed.");
});

Deno.test("a call in real time with the default bot is replayed byte for byte", async () => {
  const recorder = new CallRecorder({ clock: systemClock });
  const flags = { embedded: true };
  {
    await using call = await callBot((session) => assistant(session), {
      clock: systemClock,
      flags,
      observers: [recorder],
      caller: async (text) => {
        const samples = between(0, await say(text, "espeak en-us+f2"), { trailMs: 100 });
        return { samples, sampleRate: CALL_RATE };
      },
    });
    await call.hears(/^Hello! I am Parley/);
    await call.says("what day is it");
    await call.calls("get_time", {});
    await call.hears(/^Today is \w+day, \w+ \d+\.$/);
    await call.waits(1_000);
    await call.hangsUp();
  }
  const { differences, problems, text } = await replayCall(assistant, recorder.text, {
    flags,
    toleranceMs: BUSY_MS,
  });
  assertEquals(differences, []);
  assertEquals(problems, []);
  const [recorded, replayed] = [new CallRecording(recorder.text), new CallRecording(text)];
  const speeches = recorded.outputs.filter(({ frame }) => frame.frame === "OutputAudioRawFrame");
  assert(speeches.length > 100, `only ${speeches.length} pieces of audio were heard`);
  assertEquals([recorded.virtual, replayed.virtual], [false, true]);
  assertMatch(recorder.text.split("\n")[0] ?? "", /"version":1,.*personal data/);
});
