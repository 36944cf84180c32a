import { assertEquals } from "@std/assert";
import {
  EndFrame,
  type Frame,
  InputDTMFFrame,
  InterruptionFrame,
  type KeypadEntry,
  StopFrame,
  TranscriptionFrame,
} from "../../frames/mod.ts";
import { TestPipeline, VirtualClock } from "../../testing/mod.ts";
import { DTMFAggregator, type DTMFAggregatorOptions } from "./mod.ts";

/** An aggregator on a virtual clock. */
class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly pipeline: TestPipeline;

  constructor(options: DTMFAggregatorOptions = {}) {
    this.pipeline = new TestPipeline([new DTMFAggregator(options)], { clock: this.clock });
  }

  /** Keys are pressed at once, and then so much time passes. */
  async press(keys: string, thenMs = 0): Promise<void> {
    for (const key of keys) this.pipeline.push(new InputDTMFFrame(key as KeypadEntry));
    await this.clock.advance(thenMs);
  }

  async happens(frame: Frame): Promise<void> {
    this.pipeline.push(frame);
    await this.clock.settle();
  }

  /** What came out: keys as they are, transcripts in brackets, interruptions as "!". */
  out(): string {
    return this.pipeline.down.splice(0).map((frame) => {
      if (frame instanceof InputDTMFFrame) return frame.button;
      if (frame instanceof TranscriptionFrame) return `[${frame.text}]`;
      return frame instanceof InterruptionFrame ? "!" : ".";
    }).join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pipeline.close();
    assertEquals(this.clock.timers, 0, "no timer is left");
  }
}

Deno.test("DTMFAggregator makes one transcript of keys up to the one that ends them", async () => {
  await using rig = new Rig();
  await rig.press("123#");
  assertEquals(rig.out(), "1!23#[DTMF: 123#]");
  await rig.press("4#");
  assertEquals(rig.out(), "4!#[DTMF: 4#]");
});

Deno.test("DTMFAggregator makes one transcript of keys before a pause", async () => {
  await using rig = new Rig();
  await rig.press("*", 1_999);
  await rig.press("0", 1_999);
  assertEquals(rig.out(), "*!0");
  await rig.clock.advance(1);
  assertEquals(rig.out(), "[DTMF: *0]");
  await rig.clock.advance(60_000);
  assertEquals(rig.out(), "");
});

Deno.test("DTMFAggregator gives its transcript before an interruption goes on", async () => {
  await using rig = new Rig();
  await rig.press("5");
  await rig.happens(new InterruptionFrame());
  assertEquals(rig.out(), "5![DTMF: 5]!");
});

Deno.test.each([[EndFrame], [StopFrame]])(
  "DTMFAggregator gives its transcript before %p",
  async (Last) => {
    await using rig = new Rig();
    await rig.press("99");
    await rig.happens(new Last());
    assertEquals(rig.out(), "9!9[DTMF: 99].");
  },
);

Deno.test("DTMFAggregator takes another key, prefix and pause", async () => {
  await using rig = new Rig({ terminationDigit: "*", prefix: "Menu: ", timeoutSecs: 5 });
  await rig.press("1#*");
  assertEquals(rig.out(), "1!#*[Menu: 1#*]");
  await rig.press("7", 4_999);
  assertEquals(rig.out(), "7!");
  await rig.clock.advance(1);
  assertEquals(rig.out(), "[Menu: 7]");
});

Deno.test("DTMFAggregator marks its transcript as whole and dates it", async () => {
  await using rig = new Rig();
  await rig.press("1#");
  const [frame] = rig.pipeline.of(TranscriptionFrame);
  assertEquals(frame?.finalized, true);
  assertEquals(frame?.timestamp, "2026-01-01T12:00:00.000Z");
});

Deno.test("DTMFAggregator leaves out what is no key, and says so", async () => {
  await using rig = new Rig();
  await rig.press("1x#");
  assertEquals(rig.out(), "1!x#[DTMF: 1#]");
  assertEquals(rig.pipeline.logged.length, 1);
});

Deno.test("DTMFAggregator ends a transcript that grows too long", async () => {
  await using rig = new Rig();
  await rig.press("1".repeat(257));
  const [frame] = rig.pipeline.of(TranscriptionFrame);
  assertEquals(frame?.text, `DTMF: ${"1".repeat(256)}`);
});
