import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  BotSpeakingFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  EndFrame,
  type Frame,
  TextFrame,
  TTSSpeakFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { TestPipeline, VirtualClock } from "../testing/mod.ts";
import { type UserIdleCallback, UserIdleProcessor } from "./mod.ts";

/** A processor that waits five seconds on a virtual clock. */
class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  /** When it was called, in seconds, and with which count. */
  readonly calls: string[] = [];
  readonly idle: UserIdleProcessor;
  readonly pipeline: TestPipeline;

  constructor(callback: UserIdleCallback = () => {}) {
    this.idle = new UserIdleProcessor({
      timeoutSecs: 5,
      callback: (processor, retryCount) => {
        this.calls.push(`${this.clock.now() / 1000}s:${retryCount}`);
        return callback(processor, retryCount);
      },
    });
    this.pipeline = new TestPipeline([this.idle], { clock: this.clock });
  }

  async happens(frame: Frame, thenSecs = 0): Promise<void> {
    this.pipeline.push(frame);
    await this.clock.advance(thenSecs * 1000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pipeline.close();
    assertEquals(this.clock.timers, 0, "no timer is left");
  }
}

Deno.test("UserIdleProcessor watches from when somebody spoke first, and counts", async () => {
  await using rig = new Rig();
  await rig.happens(new TextFrame("a"), 60);
  assertEquals(rig.calls, []);
  await rig.happens(new UserStartedSpeakingFrame(), 20);
  assertEquals(rig.calls, [], "not while the user speaks");
  await rig.happens(new UserStoppedSpeakingFrame(), 10);
  assertEquals(rig.calls, ["85s:1", "90s:2"]);
  await rig.happens(new UserStartedSpeakingFrame());
  assertEquals(rig.idle.retryCount, 0);
  await rig.happens(new UserStoppedSpeakingFrame(), 5);
  assertEquals(rig.calls.at(-1), "95s:1");
});

Deno.test("UserIdleProcessor waits while the bot speaks, and anew when it has spoken", async () => {
  await using rig = new Rig();
  await rig.happens(new BotStartedSpeakingFrame(), 1);
  await rig.happens(new BotSpeakingFrame(), 20);
  assertEquals(rig.calls, []);
  await rig.happens(new BotStoppedSpeakingFrame(), 4);
  await rig.happens(new BotSpeakingFrame(), 4);
  assertEquals(rig.calls, []);
  await rig.clock.advance(1_000);
  assertEquals(rig.calls, ["30s:1"]);
});

Deno.test("UserIdleProcessor ends once its function gives false", async () => {
  await using rig = new Rig(async (processor, retryCount) => {
    await processor.pushFrame(new TTSSpeakFrame(`Hello? ${retryCount}`));
    return retryCount < 2;
  });
  await rig.happens(new BotSpeakingFrame(), 60);
  assertEquals(rig.calls, ["5s:1", "10s:2"]);
  assertEquals(rig.pipeline.of(TTSSpeakFrame).map(({ text }) => text), ["Hello? 1", "Hello? 2"]);
  await rig.happens(new UserStartedSpeakingFrame());
  await rig.happens(new UserStoppedSpeakingFrame(), 60);
  assertEquals(rig.calls.length, 2);
});

Deno.test("UserIdleProcessor measures no silence while its function is at work", async () => {
  await using rig: Rig = new Rig(() => rig.clock.sleep(7_000));
  await rig.happens(new BotSpeakingFrame(), 17);
  assertEquals(rig.calls, ["5s:1", "17s:2"]);
  // Neither does somebody who speaks meanwhile begin to be measured.
  await rig.happens(new BotSpeakingFrame(), 6);
  assertEquals(rig.calls, ["5s:1", "17s:2"]);
  await rig.clock.advance(2_000);
});

Deno.test("UserIdleProcessor reports a function that throws, and goes on", async () => {
  await using rig = new Rig(() => {
    throw new Error("out of words");
  });
  await rig.happens(new BotSpeakingFrame(), 10);
  assertEquals(rig.calls, ["5s:1", "10s:2"]);
  assert(rig.pipeline.errors[0]?.error.includes("out of words"));
});

Deno.test("UserIdleProcessor stops at the end", async () => {
  await using rig = new Rig();
  await rig.happens(new BotSpeakingFrame(), 1);
  await rig.happens(new EndFrame(), 60);
  assertEquals(rig.calls, []);
});

Deno.test("UserIdleProcessor refuses a time that is none", () => {
  for (const timeoutSecs of [0, -1, NaN]) {
    assertThrows(
      () => new UserIdleProcessor({ timeoutSecs, callback: () => {} }),
      RangeError,
      "pass more than 0",
    );
  }
});
