/** What waits while nobody knows who listens, and what does not. */
import { assertEquals } from "@std/assert";
import {
  ControlFrame,
  DataFrame,
  EndFrame,
  Frame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  TranscriptionFrame,
  TTSAudioRawFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
} from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { FrameProcessor, type FrameScope } from "../../processors/mod.ts";
import { ScriptedLLMService, VirtualClock } from "../../testing/mod.ts";
import { VoicemailDetector } from "./mod.ts";

class Note extends DataFrame {
  constructor(readonly label: string) {
    super();
  }
}

class Keep extends ControlFrame {
  override get uninterruptible(): true {
    return true;
  }
}

/** Pushes what a test wants, and keeps what comes from one side. */
class Post extends FrameProcessor {
  readonly came: string[] = [];
  readonly out: FrameScope = this.scope({ uninterruptible: true });

  constructor(direction: "downstream" | "upstream") {
    super();
    this.handle(Frame, (frame, context) => {
      const label = frame instanceof Note ? frame.label : frame.constructor.name;
      const counts = frame.kind !== "system" && !(frame instanceof TranscriptionFrame);
      if (counts && context.direction === direction) this.came.push(label);
      return context.forward();
    });
  }
}

/** A gate that holds until told otherwise, between two posts. */
async function withGate(
  test: (stage: {
    above: Post;
    below: Post;
    task: PipelineTask;
    clock: VirtualClock;
    decide: (verdict: string) => Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  let verdict: string | undefined;
  const llm = new ScriptedLLMService({
    answers: () => ({ text: verdict ?? "", stalls: verdict === undefined }),
  });
  const voicemail = new VoicemailDetector({ llm, decisionTimeoutMs: 60_000 });
  const [above, below] = [new Post("upstream"), new Post("downstream")];
  const task = new PipelineTask(
    new Pipeline([voicemail.detector(), above, voicemail.gate(), below]),
    { clock },
  );
  const running = task.run();
  await clock.settle();
  await test({
    above,
    below,
    task,
    clock,
    decide: async (text) => {
      verdict = text;
      await task.queueFrame(new TranscriptionFrame("Hello?"));
      await clock.advance(100);
    },
  });
  await task.cancel();
  await running;
  assertEquals(clock.timers, 0, "a timer is left");
}

const speech = (ms = 20) => new TTSAudioRawFrame(new Int16Array(8 * ms), { sampleRate: 8_000 });

Deno.test("What goes upstream does not wait while the voice is held", async () => {
  await withGate(async ({ above, below, clock }) => {
    void above.out.push(new TTSStartedFrame());
    void above.out.push(speech());
    void below.out.push(new Note("up"), "upstream");
    void below.out.push(new Keep(), "upstream");
    await clock.settle();
    assertEquals(above.came, ["up", "Keep"]);
    assertEquals(below.came, []);
  });
});

Deno.test("What follows a held voice downstream keeps its place behind it", async () => {
  await withGate(async ({ above, below, clock, decide }) => {
    void above.out.push(new Note("before"));
    void above.out.push(new TTSStartedFrame());
    void above.out.push(speech());
    void above.out.push(new Note("behind"));
    void above.out.push(new TTSStoppedFrame());
    void above.out.push(new LLMFullResponseEndFrame());
    await clock.settle();
    assertEquals(below.came, ["before"]);
    await decide("CONVERSATION");
    assertEquals(below.came.slice(1), [
      "TTSStartedFrame",
      "TTSAudioRawFrame",
      "behind",
      "TTSStoppedFrame",
      "LLMFullResponseEndFrame",
    ]);
  });
});

Deno.test("A machine's verdict drops the voice, and nothing else that waits", async () => {
  await withGate(async ({ above, below, clock, decide }) => {
    void above.out.push(speech());
    void above.out.push(new Keep());
    await clock.settle();
    await decide("VOICEMAIL");
    assertEquals(below.came, ["Keep"]);
    void above.out.push(speech());
    await clock.advance(3_000);
    void above.out.push(new Note("message"));
    void above.out.push(speech());
    await clock.settle();
    assertEquals(below.came, ["Keep", "message", "TTSAudioRawFrame"]);
  });
});

Deno.test("An interruption drops what is held, down to what may not be dropped", async () => {
  await withGate(async ({ above, below, task, clock, decide }) => {
    void above.out.push(speech());
    void above.out.push(new Note("dropped"));
    void above.out.push(new Keep());
    await clock.settle();
    await task.queueFrame(new InterruptionFrame());
    assertEquals(below.came, ["Keep"]);
    void above.out.push(new Note("free"));
    void above.out.push(speech());
    void above.out.push(new Note("behind"));
    await clock.settle();
    assertEquals(below.came, ["Keep", "free"]);
    await decide("CONVERSATION");
    assertEquals(below.came.slice(2), ["TTSAudioRawFrame", "behind"]);
  });
});

Deno.test("A voice that gets two minutes ahead is made to wait", async () => {
  await withGate(async ({ above, below, clock, decide }) => {
    let pushed = 0;
    const pushing = (async () => {
      for (; pushed < 60; pushed++) await above.out.push(speech(5_000));
    })();
    await clock.settle();
    // 24 are two minutes; one more is in work, 15 wait in the lane, and the next has no room.
    assertEquals(pushed, 40);
    void below.out.push(new Note("up"), "upstream");
    await decide("CONVERSATION");
    await pushing;
    await clock.settle();
    assertEquals([below.came.length, above.came], [60, ["up"]]);
  });
});

Deno.test("An end that overtakes nothing waits for what is held before it", async () => {
  await withGate(async ({ above, below, clock, decide }) => {
    void above.out.push(speech());
    void above.out.push(new EndFrame());
    await clock.settle();
    assertEquals(below.came, []);
    await decide("CONVERSATION");
    assertEquals(below.came, ["TTSAudioRawFrame", "EndFrame"]);
  });
});
