import { assertEquals } from "@std/assert";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  HeardTextFrame,
  InterruptionFrame,
  LLMThoughtEndFrame,
  LLMThoughtStartFrame,
  LLMThoughtTextFrame,
  TranscriptionFrame,
  TTSTextFrame,
} from "../frames/mod.ts";
import { TestPipeline, VirtualClock } from "../testing/mod.ts";
import {
  type TranscriptionMessage,
  TranscriptionUpdateFrame,
  TranscriptProcessor,
  type TranscriptProcessorOptions,
} from "./mod.ts";

/** Both halves in a pipeline, and everything they told. */
class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly told: TranscriptionMessage[] = [];
  readonly pipeline: TestPipeline;

  constructor(options: TranscriptProcessorOptions = {}) {
    const transcript = new TranscriptProcessor(options);
    transcript.on("transcriptUpdate", ({ messages }) => void this.told.push(...messages));
    assertEquals(transcript.user(), transcript.user());
    this.pipeline = new TestPipeline([transcript.user(), transcript.assistant()], {
      clock: this.clock,
    });
  }

  lines(): string[] {
    return this.told.splice(0).map(({ role, content }) => `${role}: ${content}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pipeline.close();
  }
}

const heard = (text: string) => new HeardTextFrame(text, { includesInterFrameSpaces: true });

Deno.test("TranscriptProcessor tells what user and bot said, and sends it down the pipeline", async () => {
  await using rig = new Rig();
  rig.pipeline.push(
    new TranscriptionFrame(" What time is it? ", { userId: "ada", timestamp: "2026-01-01" }),
    new TranscriptionFrame("  "),
    new BotStartedSpeakingFrame(),
    heard("It"),
    heard(" is noon."),
  );
  await rig.clock.advance(700);
  assertEquals(rig.lines(), ["user: What time is it?"]);
  rig.pipeline.push(new BotStoppedSpeakingFrame());
  await rig.clock.settle();
  const messages = rig.pipeline.of(TranscriptionUpdateFrame).flatMap(({ messages }) => messages);
  assertEquals(messages, [
    { role: "user", content: "What time is it?", timestamp: "2026-01-01", userId: "ada" },
    { role: "assistant", content: "It is noon.", timestamp: "2026-01-01T12:00:00.000Z" },
  ]);
  assertEquals(rig.lines(), ["assistant: It is noon."]);
});

Deno.test("TranscriptProcessor tells what was heard before an interruption, and no more", async () => {
  await using rig = new Rig();
  rig.pipeline.push(heard("Once upon"), new TTSTextFrame(" a time"), new InterruptionFrame());
  await rig.clock.settle();
  assertEquals(rig.lines(), ["assistant: Once upon"]);
  const order = rig.pipeline.down.map(({ constructor }) => constructor.name)
    .filter((name) => name.startsWith("Tran") || name.startsWith("Inter"));
  assertEquals(order, ["TranscriptionUpdateFrame", "InterruptionFrame"]);
});

Deno.test("TranscriptProcessor tells the rest when the pipeline ends", async () => {
  await using rig = new Rig();
  rig.pipeline.push(new HeardTextFrame("Good"), new HeardTextFrame("bye."));
  await rig.pipeline.end();
  assertEquals(rig.lines(), ["assistant: Good bye."]);
});

Deno.test.each<[boolean, string[]]>([[true, ["assistant: Let me see."]], [false, []]])(
  "TranscriptProcessor tells thoughts where processThoughts is %p",
  async (processThoughts, lines) => {
    await using rig = new Rig({ processThoughts });
    rig.pipeline.push(
      new LLMThoughtStartFrame(),
      new LLMThoughtTextFrame("Let me"),
      new LLMThoughtTextFrame(" see."),
      new LLMThoughtEndFrame(),
    );
    await rig.clock.settle();
    assertEquals(rig.told.map(({ thought }) => thought), lines.map(() => true));
    assertEquals(rig.lines(), lines);
    assertEquals(rig.pipeline.of(LLMThoughtEndFrame).length, 1);
  },
);
