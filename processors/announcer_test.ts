import { assertEquals } from "@std/assert";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  type Frame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  TTSSpeakFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { TestPipeline, VirtualClock } from "../testing/mod.ts";
import { Announcer } from "./announcer.ts";

/** An announcer on a virtual clock, and what it said when. */
class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly announcer = new Announcer();
  readonly #pipeline = new TestPipeline([this.announcer], { clock: this.clock });

  /** Something happens in the conversation, and then so much time passes. */
  async happens(frame: Frame, thenMs = 0): Promise<void> {
    this.#pipeline.push(frame);
    await this.clock.advance(thenMs);
  }

  /** What it said since the last time. */
  said(): string[] {
    return this.#pipeline.down.splice(0).filter((frame) => frame instanceof TTSSpeakFrame)
      .map(({ text }) => text);
  }

  /** Its voice speaks what it was given, for a second. */
  async spoken(): Promise<void> {
    await this.happens(new BotStartedSpeakingFrame(), 1_000);
    await this.happens(new BotStoppedSpeakingFrame());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pipeline.close();
    assertEquals(this.clock.timers, 0, "no timer is left");
  }
}

Deno.test("Announcer says a text once the pause has lasted", async () => {
  await using rig = new Rig();
  rig.announcer.announce("Ding.");
  await rig.clock.advance(599);
  assertEquals(rig.said(), []);
  await rig.clock.advance(1);
  assertEquals(rig.said(), ["Ding."]);
  await rig.clock.advance(60_000);
  assertEquals(rig.said(), []);
});

Deno.test.each<[string, Frame[], Frame]>([
  ["the user speaks", [new UserStartedSpeakingFrame()], new UserStoppedSpeakingFrame()],
  ["the bot speaks", [new BotStartedSpeakingFrame()], new BotStoppedSpeakingFrame()],
  ["the model answers", [new LLMFullResponseStartFrame()], new LLMFullResponseEndFrame()],
  [
    "an interrupted model would still be answering",
    [new LLMFullResponseStartFrame(), new LLMTextFrame("Once ")],
    new InterruptionFrame(),
  ],
])("Announcer waits while %s", async (_name, begin, end) => {
  await using rig = new Rig();
  for (const frame of begin) await rig.happens(frame);
  rig.announcer.announce("Ding.");
  await rig.clock.advance(5_000);
  assertEquals(rig.said(), []);
  await rig.happens(end, 599);
  assertEquals(rig.said(), []);
  await rig.clock.advance(1);
  assertEquals(rig.said(), ["Ding."]);
});

Deno.test("Announcer waits anew when somebody speaks within the pause", async () => {
  await using rig = new Rig();
  rig.announcer.announce("Ding.");
  await rig.clock.advance(500);
  await rig.happens(new UserStartedSpeakingFrame(), 100);
  await rig.happens(new UserStoppedSpeakingFrame(), 599);
  assertEquals(rig.said(), []);
  await rig.clock.advance(1);
  assertEquals(rig.said(), ["Ding."]);
});

Deno.test("Announcer waits for an answer that is written and not heard yet", async () => {
  await using rig = new Rig();
  await rig.happens(new LLMFullResponseStartFrame());
  await rig.happens(new LLMTextFrame("It is noon."));
  await rig.happens(new LLMFullResponseEndFrame());
  rig.announcer.announce("Ding.");
  await rig.clock.advance(3_000);
  assertEquals(rig.said(), []);
  await rig.spoken();
  await rig.clock.advance(600);
  assertEquals(rig.said(), ["Ding."]);
});

Deno.test("Announcer waits for no voice where an answer stays unspoken", async () => {
  await using rig = new Rig();
  await rig.happens(new LLMFullResponseStartFrame({ skipTts: true }));
  await rig.happens(new LLMTextFrame("It is noon.", { skipTts: true }));
  await rig.happens(new LLMFullResponseEndFrame({ skipTts: true }));
  rig.announcer.announce("Ding.");
  await rig.clock.advance(600);
  assertEquals(rig.said(), ["Ding."]);
});

Deno.test("Announcer gives up a voice that does not come", async () => {
  await using rig = new Rig();
  rig.announcer.announce("Ding.");
  rig.announcer.announce("Dong.");
  await rig.clock.advance(600 + 15_000);
  assertEquals(rig.said(), ["Ding."]);
  await rig.clock.advance(600);
  assertEquals(rig.said(), ["Dong."]);
});

Deno.test("Announcer says several in order, each in a pause of its own", async () => {
  await using rig = new Rig();
  for (const text of ["One.", "Two.", "Three."]) rig.announcer.announce(text);
  for (const text of ["One.", "Two.", "Three."]) {
    await rig.clock.advance(600);
    assertEquals(rig.said(), [text]);
    await rig.clock.advance(400);
    await rig.spoken();
    assertEquals(rig.said(), []);
  }
});

Deno.test("Announcer says again what was interrupted before it began to be heard", async () => {
  await using rig = new Rig();
  rig.announcer.announce("One.");
  rig.announcer.announce("Two.");
  await rig.clock.advance(600);
  assertEquals(rig.said(), ["One."]);
  await rig.happens(new UserStartedSpeakingFrame());
  await rig.happens(new InterruptionFrame(), 1_000);
  await rig.happens(new UserStoppedSpeakingFrame(), 600);
  assertEquals(rig.said(), ["One."]);
  await rig.spoken();
  await rig.clock.advance(600);
  assertEquals(rig.said(), ["Two."]);
});

Deno.test("Announcer does not repeat what was interrupted after it began to be heard", async () => {
  await using rig = new Rig();
  rig.announcer.announce("One.");
  await rig.clock.advance(600);
  await rig.happens(new BotStartedSpeakingFrame(), 200);
  await rig.happens(new UserStartedSpeakingFrame());
  await rig.happens(new InterruptionFrame());
  await rig.happens(new BotStoppedSpeakingFrame());
  await rig.happens(new UserStoppedSpeakingFrame(), 10_000);
  assertEquals(rig.said(), ["One."]);
});

Deno.test("Announcer rings when the time has come, and in the next pause", async () => {
  await using rig = new Rig();
  rig.announcer.announceIn(10_000, "Late.");
  rig.announcer.announceIn(2_000, "Early.");
  await rig.clock.advance(2_599);
  assertEquals(rig.said(), []);
  await rig.clock.advance(1);
  assertEquals(rig.said(), ["Early."]);
  await rig.spoken();
  await rig.happens(new UserStartedSpeakingFrame(), 20_000);
  assertEquals(rig.said(), []);
  await rig.happens(new UserStoppedSpeakingFrame(), 600);
  assertEquals(rig.said(), ["Late."]);
});

Deno.test("Announcer takes back its timers when it is closed, and takes nothing more", async () => {
  const rig = new Rig();
  rig.announcer.announceIn(5_000, "Later.");
  rig.announcer.announce("Soon.");
  await rig.announcer.close();
  assertEquals(rig.clock.timers, 0);
  rig.announcer.announceIn(5_000, "Later.");
  rig.announcer.announce("Soon.");
  await rig[Symbol.asyncDispose]();
});
