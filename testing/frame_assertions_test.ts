import { assertEquals, AssertionError, assertRejects } from "@std/assert";
import {
  type Frame,
  InterruptionFrame,
  OutputAudioRawFrame,
  TextFrame,
  TranscriptionFrame,
} from "../frames/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { type ExpectedFrame, runTest } from "./mod.ts";

/** Answers a second later, and says so upstream. */
class Slow extends FrameProcessor {
  constructor() {
    super();
    const out = this.scope({ uninterruptible: true });
    this.handle(TextFrame, ({ text }, context) => {
      void context.push(new TranscriptionFrame(text), "upstream");
      this.spawn("answer", async (signal) => {
        await this.clock.sleep(1_000, { signal });
        await out.push(new TextFrame(text));
      });
    });
  }
}

Deno.test("runTest sends frames, waits, and gives what came out", async () => {
  const { down, up } = await runTest([new Slow(), new FrameProcessor()], {
    framesToSend: [new TextFrame("a"), 1_000, new InterruptionFrame()],
    expectedDownFrames: [new TextFrame("a"), InterruptionFrame],
    expectedUpFrames: [TextFrame],
  });
  assertEquals([down.length, up.length], [2, 1]);
});

const sound = (sample: number) =>
  new OutputAudioRawFrame(new Int16Array([sample]), { sampleRate: 8_000 });

Deno.test.each<[string, Frame[], ExpectedFrame[], RegExp]>([
  ["one too few", [], [TextFrame], /others left downstream\n {2}- TextFrame\n$/],
  ["one too many", [new InterruptionFrame()], [], /\n {2}\+ InterruptionFrame\n$/],
  [
    "another class",
    [new InterruptionFrame()],
    [TextFrame],
    /\n {2}- TextFrame\n {2}\+ InterruptionFrame\n$/,
  ],
  [
    "another text",
    [new TextFrame("b")],
    [new TextFrame("a")],
    /\n {2}- TextFrame {"text":"a",.*}\n {2}\+ TextFrame {"text":"b",.*}\n$/,
  ],
  ["a child class", [new TranscriptionFrame("a")], [new TextFrame("a")], /\+ TranscriptionFrame/],
  ["other audio", [sound(1)], [sound(2)], /- OutputAudioRawFrame .*\n {2}\+ OutputAudioRawFrame/],
])("runTest finds %s", async (_what, framesToSend, expectedDownFrames, message) => {
  const error = await assertRejects(
    () => runTest(new FrameProcessor(), { framesToSend, expectedDownFrames }),
    AssertionError,
  );
  assertEquals(message.test(error.message), true, error.message);
});

Deno.test("runTest looks upstream as well", async () => {
  await assertRejects(
    () =>
      runTest(new Slow(), {
        framesToSend: [new TextFrame("a"), 1_000],
        expectedUpFrames: [new TranscriptionFrame("b")],
      }),
    AssertionError,
    "others left upstream",
  );
});
