import { assertEquals } from "@std/assert";
import {
  FunctionCallInProgressFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  TextFrame,
  TTSStartedFrame,
} from "../../frames/mod.ts";
import {
  heard,
  makeOutput,
  speech,
  started,
  utterance,
  word,
} from "../../tests/transports/output_rig.ts";

Deno.test("an interruption says what was heard, then interrupts, then the bot has stopped", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  rig.send(
    new LLMFullResponseStartFrame(),
    ...utterance(1_000, ["One ", "two ", "three ", "four."]),
  );
  rig.send(new LLMFullResponseEndFrame());
  await rig.clock.advance(499);
  assertEquals(heard(rig), "One ");
  await rig.clock.advance(1);
  const { length } = output.written;
  rig.send(new InterruptionFrame());
  await rig.clock.advance(2_000);
  assertEquals(heard(rig), "One two ");
  assertEquals(output.written.length, length);
  assertEquals(rig.below.list().slice(-3), [
    "500 HeardText",
    "500 Interruption",
    "500 BotStoppedSpeaking",
  ]);
  assertEquals(rig.clock.timers, 0);
});

Deno.test("an interruption counts a word of which the timer has not fired yet", async () => {
  await using rig = await started(makeOutput());
  rig.send(...utterance(400, ["One ", "two."]));
  // The interruption comes in the very millisecond, before the output's own timer.
  rig.clock.timer(200, () => rig.send(new InterruptionFrame()));
  await rig.clock.advance(1_000);
  const list = rig.below.list();
  assertEquals(list.indexOf("200 HeardText") < list.indexOf("200 Interruption"), true);
});

Deno.test("an interruption before the first audio hears nothing", async () => {
  await using rig = await started(makeOutput());
  rig.send(new TTSStartedFrame({ contextId: "a" }), word("Never ", 100));
  rig.send(new InterruptionFrame());
  await rig.clock.advance(1_000);
  assertEquals(heard(rig), "");
  assertEquals(rig.below.list(), ["0 Start", "0 TTSStarted", "0 Interruption"]);
});

Deno.test("an interruption leaves what may not be interrupted, in order", async () => {
  await using rig = await started(makeOutput());
  const call = (toolCallId: string) =>
    new FunctionCallInProgressFrame({ functionName: "f", toolCallId, arguments: {} });
  rig.send(...utterance(400), call("1"), new TextFrame("gone"), call("2"));
  await rig.clock.advance(100);
  rig.send(new InterruptionFrame());
  await rig.clock.advance(1_000);
  assertEquals(rig.below.list().slice(-4), [
    "100 Interruption",
    "100 BotStoppedSpeaking",
    "100 FunctionCallInProgress",
    "100 FunctionCallInProgress",
  ]);
});

Deno.test("speech after an interruption follows what was sent ahead and could not be taken back", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  rig.send(...utterance(1_000));
  await rig.clock.advance(100);
  rig.send(new InterruptionFrame(), ...utterance(100, ["Yes."], "b"));
  await rig.clock.advance(1_000);
  assertEquals(output.written.slice(-3).map(({ atMs }) => atMs), [160, 200, 240]);
  assertEquals(rig.below.list().filter((line) => /Heard|BotSt/.test(line)).slice(-4), [
    "100 BotStoppedSpeaking",
    "160 BotStartedSpeaking",
    "260 HeardText",
    "260 BotStoppedSpeaking",
  ]);
});

Deno.test("speech after an interruption comes at once where what was sent ahead was taken back", async () => {
  const output = makeOutput();
  output.recalls = 60;
  await using rig = await started(output);
  rig.send(...utterance(1_000));
  await rig.clock.advance(100);
  rig.send(new InterruptionFrame(), ...utterance(100, ["Yes."], "b"));
  await rig.clock.advance(1_000);
  assertEquals(output.written.slice(-3).map(({ atMs }) => atMs), [100, 140, 180]);
});

Deno.test("what a wire says it has played counts more than the clock", async () => {
  const output = makeOutput({ sendAheadMs: 400 });
  await using rig = await started(output);
  rig.send(...utterance(400, ["One ", "two ", "three ", "four."]));
  await rig.clock.advance(110);
  output.recalls = 150;
  rig.send(new InterruptionFrame());
  assertEquals(heard(rig), "One two ");
});

Deno.test("what a wire says later that it has played is counted later", async () => {
  const output = makeOutput({ sendAheadMs: 400 });
  await using rig = await started(output);
  rig.send(...utterance(400, ["One ", "two ", "three ", "four."]));
  await rig.clock.advance(110);
  output.recalls = rig.clock.sleep(30).then(() => 150);
  rig.send(new InterruptionFrame());
  assertEquals(heard(rig), "One ");
  await rig.clock.advance(100);
  assertEquals(heard(rig), "One two ");
});

Deno.test("a wire that cannot take back after all is reported", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  rig.send(...utterance(400));
  output.recalls = Promise.reject(new Error("no"));
  rig.send(new InterruptionFrame());
  await rig.clock.settle();
  assertEquals(rig.log.errors, [`Cannot take back audio in "${output.name}": no`]);
});

Deno.test("an interruption lets go of who waits for room", async () => {
  await using rig = await started(makeOutput());
  rig.send(...Array.from({ length: 60 }, () => speech(1_000)));
  await rig.clock.advance(100);
  rig.send(new InterruptionFrame(), ...utterance(100, ["Yes."], "b"));
  await rig.clock.advance(1_000);
  assertEquals(heard(rig), "Yes.");
});
