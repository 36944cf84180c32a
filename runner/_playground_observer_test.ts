import { assert, assertEquals } from "@std/assert";
import {
  BotStartedSpeakingFrame,
  InputAudioRawFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  TextFrame,
  TTSSpeakFrame,
} from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor, type ProcessorRole } from "../processors/mod.ts";
import { RTVIProcessor } from "../rtvi/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import { PlaygroundObserver } from "./_playground_observer.ts";

class Part extends FrameProcessor {
  readonly #role: ProcessorRole;

  constructor(name: string, role: ProcessorRole) {
    super({ name });
    this.#role = role;
  }

  override get role(): ProcessorRole {
    return this.#role;
  }
}

/** A pipeline with the page's observer, whose messages go through it as they do in a session. */
function session() {
  const clock = new VirtualClock();
  const rtvi = new RTVIProcessor();
  const sent: Record<string, unknown>[] = [];
  const send = (data: unknown) => {
    sent.push(data as Record<string, unknown>);
    rtvi.sendServerMessage(data);
  };
  const observer = new PlaygroundObserver({ clock, send });
  const parts = [
    new Part("in", "input"),
    new Part("user", "user-context"),
    new Part("out", "output"),
  ];
  const options = { clock, rtvi, observers: [observer], idleTimeoutSecs: null };
  const task = new PipelineTask(new Pipeline(parts), options);
  void task.run();
  return { clock, observer, parts, sent, task };
}

Deno.test("PlaygroundObserver tells of the pipeline, with kinds that the page knows", async () => {
  const { clock, observer, sent, task } = session();
  observer.start(task.graph);
  const [{ type, nodes, edges } = {}] = sent;
  assertEquals(type, "parley-pipeline");
  assert(Array.isArray(nodes));
  assertEquals(nodes.map(({ kind }) => kind), [
    "other",
    "other",
    "input",
    "context",
    "output",
    "other",
  ]);
  assertEquals(edges, [0, 1, 2, 3, 4].map((from) => ({ from, to: from + 1 })));
  await clock.runUntil(task.cancel());
  observer.close();
});

Deno.test("PlaygroundObserver counts what flows for a while, and then is quiet", async () => {
  const { clock, observer, sent, task } = session();
  task.queueFrame(new TextFrame("before the page is there"));
  await clock.advance(1_000);
  assertEquals(sent, []);
  observer.start(task.graph);
  sent.length = 0;
  task.queueFrame(new TextFrame("a"));
  task.queueFrame(new TextFrame("b"), "upstream");
  await clock.advance(100);
  task.queueFrame(new TextFrame("c"));
  task.queueFrame(new InputAudioRawFrame(new Int16Array(160), { sampleRate: 16_000 }));
  await clock.advance(149);
  assertEquals(sent, []);
  await clock.advance(1);
  assertEquals(sent.map(({ type, windowMs }) => [type, windowMs]), [["parley-frames", 250]]);
  const flows = sent[0]?.["flows"] as Record<string, unknown>[];
  assertEquals(flows.length, 15);
  assertEquals(flows.filter(({ from, to }) => from === 2 && to === 3), [
    { from: 2, to: 3, direction: "down", frame: "TextFrame", count: 2 },
    { from: 2, to: 3, direction: "down", frame: "InputAudioRawFrame", count: 1 },
  ]);
  assertEquals(flows.filter(({ from, to }) => from === 3 && to === 2), [
    { from: 3, to: 2, direction: "up", frame: "TextFrame", count: 1 },
  ]);
  // Its own message went through the pipeline, and is not told of.
  await clock.advance(10_000);
  assertEquals([sent.length, clock.timers], [1, 0]);
  await clock.runUntil(task.cancel());
  observer.close();
});

Deno.test("PlaygroundObserver tells of turns as more of them is known", async () => {
  const { clock, observer, sent, task } = session();
  task.queueFrame(new TTSSpeakFrame("Hello."));
  await clock.advance(200);
  task.queueFrame(new BotStartedSpeakingFrame());
  await clock.advance(0);
  task.queueFrame(new LLMFullResponseStartFrame());
  await clock.advance(50);
  task.queueFrame(new LLMTextFrame("Bye."));
  await clock.advance(0);
  const about = { type: "parley-turn", source: "bot", userText: "", interrupted: false };
  assertEquals(JSON.parse(JSON.stringify(sent)), [
    { ...about, turn: 1, firstAudioMs: 200, totalMs: 200 },
    { ...about, turn: 2, firstTokenMs: 50 },
  ]);
  await clock.runUntil(task.cancel());
  observer.close();
});

Deno.test("PlaygroundObserver tells nothing once it is closed, and holds no timer", async () => {
  const { clock, observer, sent, task } = session();
  observer.start(task.graph);
  task.queueFrame(new TextFrame("a"));
  await clock.advance(0);
  assertEquals(clock.timers, 1);
  observer.close();
  assertEquals(clock.timers, 0);
  sent.length = 0;
  task.queueFrame(new TTSSpeakFrame("Hello."));
  task.queueFrame(new BotStartedSpeakingFrame());
  observer.start(task.graph);
  await clock.advance(1_000);
  assertEquals([sent, clock.timers], [[], 0]);
  observer.close();
  await clock.runUntil(task.cancel());
});
