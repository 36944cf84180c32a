import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EndFrame,
  type Frame,
  InputTextRawFrame,
  InterruptionFrame,
  LLMTextFrame,
  TextFrame,
  TranscriptionFrame,
  TTSSpeakFrame,
  UserStartedSpeakingFrame,
} from "../../frames/mod.ts";
import { TestPipeline } from "../../testing/mod.ts";
import type { FrameProcessor } from "../mod.ts";
import {
  EventNotifier,
  FrameFilter,
  FunctionFilter,
  IdentityFilter,
  NullFilter,
  WakeNotifierFilter,
} from "./mod.ts";

/** What leaves a filter at either end, by class, of what is sent in at both. */
async function through(
  filter: FrameProcessor,
  frames: readonly Frame[],
  upstream: readonly Frame[] = [],
): Promise<{ down: string[]; up: string[]; errors: string[] }> {
  await using pipeline = new TestPipeline([filter]);
  await pipeline.settle();
  pipeline.push(...frames);
  pipeline.pushUpstream(...upstream);
  await pipeline.settle();
  const errors = pipeline.errors.map(({ error }) => error);
  await pipeline.end();
  assert(pipeline.down.at(-1) instanceof EndFrame, "the end passes");
  const classes = (list: readonly Frame[]) => list.map(({ constructor }) => constructor.name);
  const up = pipeline.up.filter((frame) => upstream.includes(frame));
  return { down: classes(pipeline.down.slice(0, -1)), up: classes(up), errors };
}

Deno.test("FrameFilter passes the classes it is given, their child classes and system frames", async () => {
  const { down, up } = await through(
    new FrameFilter({ types: [TextFrame] }),
    [
      new TextFrame("a"),
      new TTSSpeakFrame("b"),
      new LLMTextFrame("c"),
      new UserStartedSpeakingFrame(),
    ],
    [new TTSSpeakFrame("d"), new TextFrame("e"), new UserStartedSpeakingFrame()],
  );
  assertEquals(down, ["TextFrame", "LLMTextFrame", "UserStartedSpeakingFrame"]);
  assertEquals(up, ["TextFrame", "UserStartedSpeakingFrame"]);
});

Deno.test("NullFilter passes system frames alone, in both directions", async () => {
  const { down, up } = await through(
    new NullFilter(),
    [new TextFrame("a"), new UserStartedSpeakingFrame(), new InterruptionFrame()],
    [new TextFrame("b"), new UserStartedSpeakingFrame()],
  );
  assertEquals(down, ["UserStartedSpeakingFrame", "InterruptionFrame"]);
  assertEquals(up, ["UserStartedSpeakingFrame"]);
});

Deno.test("IdentityFilter passes everything, in both directions", async () => {
  const { down, up } = await through(
    new IdentityFilter(),
    [new TextFrame("a"), new UserStartedSpeakingFrame(), new TTSSpeakFrame("b")],
    [new TextFrame("c")],
  );
  assertEquals(down, ["TextFrame", "UserStartedSpeakingFrame", "TTSSpeakFrame"]);
  assertEquals(up, ["TextFrame"]);
});

const isShort = (frame: Frame) => frame instanceof TextFrame && frame.text.length < 3;

Deno.test.each<[string, (frame: Frame) => boolean | Promise<boolean>]>([
  ["at once", isShort],
  ["later", (frame: Frame) => Promise.resolve(isShort(frame))],
])(
  "FunctionFilter asks about frames of its direction, and is answered %s",
  async (_name, filter) => {
    const { down, up } = await through(
      new FunctionFilter({ filter }),
      [new TextFrame("ab"), new LLMTextFrame("abc"), new UserStartedSpeakingFrame()],
      [new TextFrame("abc")],
    );
    assertEquals(down.toSorted(), ["TextFrame", "UserStartedSpeakingFrame"]);
    assertEquals(up, ["TextFrame"]);
  },
);

Deno.test("FunctionFilter filters both directions where none is named", async () => {
  const filter = new FunctionFilter({ filter: isShort, direction: null });
  const { down, up } = await through(
    filter,
    [new TextFrame("ab"), new LLMTextFrame("abc")],
    [new LLMTextFrame("abc"), new TextFrame("ab")],
  );
  assertEquals([down, up], [["TextFrame"], ["TextFrame"]]);
});

Deno.test("FunctionFilter filters system frames if it is told to, but none that interrupts", async () => {
  const asked: string[] = [];
  const filter = new FunctionFilter({
    filter: (frame) => {
      asked.push(frame.constructor.name);
      return false;
    },
    filterSystemFrames: true,
  });
  const { down } = await through(filter, [
    new UserStartedSpeakingFrame(),
    new InputTextRawFrame("ab"),
    new InterruptionFrame(),
  ]);
  assertEquals(down, ["InterruptionFrame"]);
  assertEquals(asked, ["UserStartedSpeakingFrame", "InputTextRawFrame"]);
});

Deno.test("FunctionFilter keeps a frame for which its function throws, and goes on", async () => {
  const filter = new FunctionFilter({
    filter: (frame) => {
      if (frame instanceof LLMTextFrame) throw new Error("no idea");
      return true;
    },
  });
  const { down, errors } = await through(filter, [new LLMTextFrame("a"), new TextFrame("b")]);
  assertEquals(down, ["TextFrame"]);
  assertEquals(errors.length, 1);
  assert(errors[0]?.includes("no idea"), errors[0]);
});

Deno.test("WakeNotifierFilter passes everything and notifies of what its function accepts", async () => {
  let notified = 0;
  const notifier = new class extends EventNotifier {
    override notify(): void {
      notified++;
      super.notify();
    }
  }();
  const asked: string[] = [];
  const filter = new WakeNotifierFilter({
    notifier,
    types: [TranscriptionFrame],
    filter: (frame) => {
      asked.push(frame.constructor.name);
      const wanted = frame instanceof TranscriptionFrame && frame.text.includes("wake");
      return wanted ? Promise.resolve(true) : false;
    },
  });
  const woken = notifier.wait();
  const { down } = await through(filter, [
    new TextFrame("wake"),
    new TranscriptionFrame("sleep"),
    new TranscriptionFrame("wake up"),
  ]);
  await woken;
  assertEquals(down, ["TextFrame", "TranscriptionFrame", "TranscriptionFrame"]);
  assertEquals(asked, ["TranscriptionFrame", "TranscriptionFrame"]);
  assertEquals(notified, 1);
});

Deno.test("EventNotifier wakes everybody who waits, and keeps one notification for the next", async () => {
  const notifier = new EventNotifier();
  const waiting = [notifier.wait(), notifier.wait()];
  notifier.notify();
  await Promise.all(waiting);
  notifier.notify();
  notifier.notify();
  await notifier.wait();
  const controller = new AbortController();
  const late = notifier.wait({ signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => late, Error, "enough");
  await assertRejects(() => notifier.wait({ signal: controller.signal }), Error, "enough");
  // Who gave up takes no notification from the next.
  notifier.notify();
  await notifier.wait();
});
