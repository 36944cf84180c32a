import { assert, assertEquals, assertRejects } from "@std/assert";
import { nextTurn } from "../async/mod.ts";
import { type Frame, InterruptionFrame } from "../frames/mod.ts";
import { Pipeline } from "../pipeline/mod.ts";
import { gate, labelOf, Logbook, Note, Sign, Step } from "../tests/core/_kit.ts";
import { engineOf } from "./frame_processor.ts";
import { makeEnvironment } from "./mod.ts";

/** Frames that an unlinked stream holds. */
const SIZE = 16;

function notes(count: number): Note[] {
  return Array.from({ length: count }, (_, i) => new Note(String(i)));
}

/** Doubles every note, in its own time. */
function double(): Step {
  return new Step().does(Note, async (frame, context) => {
    await context.push(frame);
    await null;
    await context.push(new Note(`${frame.label} again`));
  });
}

/** Reads what is there, as labels. */
async function labels(stream: ReadableStream<Frame>): Promise<string[]> {
  return (await Array.fromAsync(stream)).map(labelOf);
}

/** A source that counts what it gave, and remembers why it was cancelled. */
function source(frames: readonly Frame[], end = true) {
  const state = { given: 0, cancelled: undefined as unknown };
  const stream = new ReadableStream<Frame>({
    pull(controller) {
      const frame = frames[state.given];
      if (frame) {
        state.given++;
        controller.enqueue(frame);
      } else if (end) controller.close();
    },
    cancel(reason) {
      state.cancelled = reason;
    },
  }, { highWaterMark: 0 });
  return { state, stream };
}

async function turns(count = 10): Promise<void> {
  for (let i = 0; i < count; i++) await nextTurn();
}

Deno.test("a processor is a TransformStream: frames go through, and the end does", async () => {
  await using step = double();
  const given = source([new Note("a"), new Sign("s"), new Note("b")]);
  assertEquals(await labels(given.stream.pipeThrough(step)), [
    "a",
    "s",
    "a again",
    "b",
    "b again",
  ]);
});

Deno.test("source.pipeThrough(new X()).pipeTo(sink) closes the sink once everything is done", async () => {
  await using step = double();
  const seen: string[] = [];
  let closed = false;
  const sink = new WritableStream<Frame>({
    write: (frame) => void seen.push(labelOf(frame)),
    close: () => void (closed = true),
  });
  await source(notes(100)).stream.pipeThrough(step).pipeTo(sink);
  assertEquals([seen.length, seen[0], seen.at(-1), closed], [200, "0", "99 again", true]);
});

Deno.test("processors and pipelines chain as streams, each with its own lanes", async () => {
  await using first = double();
  await using rest = new Pipeline([double(), new Step()]);
  const read = labels(source([new Note("a")]).stream.pipeThrough(first).pipeThrough(rest));
  assertEquals(await read, ["a", "a again", "a again", "a again again"]);
});

Deno.test("a stream that nobody reads pushes back, all the way to the source", async () => {
  await using step = new Step();
  const given = source(notes(1_000));
  const reader = given.stream.pipeThrough(step).getReader();
  await turns();
  const { given: before } = given.state;
  assert(before >= 2 * SIZE && before <= 4 * SIZE + 2, `${before} frames were taken`);
  for (let i = 0; i < 100; i++) assertEquals(labelOf((await reader.read()).value as Frame), `${i}`);
  await turns();
  assertEquals(given.state.given, before + 100);
  await reader.cancel();
});

Deno.test("in an unlinked stream a system frame waits its turn", async () => {
  await using step = new Step();
  const given = source([...notes(3), new Sign("s"), ...notes(1)]);
  const reader = given.stream.pipeThrough(step).getReader();
  const seen = [];
  for (let i = 0; i < 5; i++) seen.push(labelOf((await reader.read()).value as Frame));
  assertEquals(seen, ["0", "1", "2", "s", "0"]);
  await reader.cancel();
});

Deno.test("an interruption in a stream is one: it aborts, and what follows it passes", async () => {
  const aborted: string[] = [];
  await using step = new Step().does(Note, (frame, context) => {
    if (frame.label !== "endless") return context.forward();
    context.signal.addEventListener("abort", () => aborted.push(frame.label));
    return new Promise(() => {});
  });
  const frames = [new Note("endless"), new Note("a"), new InterruptionFrame(), new Note("b")];
  assertEquals(await labels(source(frames).stream.pipeThrough(step)), ["Interruption", "b"]);
  assertEquals(aborted, ["endless"]);
});

Deno.test("a reader that cancels stops the processor and its source", async () => {
  const step = new Step().does(Note, (frame, context) => context.push(frame));
  const given = source(notes(1_000), false);
  const reader = given.stream.pipeThrough(step).getReader();
  await reader.read();
  await reader.cancel("enough");
  await turns();
  assertEquals([given.state.cancelled, step.life.aborted], ["enough", true]);
  await step.close();
});

Deno.test("a sink that fails stops the processor and its source, by its own error", async () => {
  const cause = new Error("Cannot write: disk full");
  const step = new Step();
  const given = source(notes(1_000), false);
  const sink = new WritableStream<Frame>({
    write(frame) {
      if (labelOf(frame) === "5") throw cause;
    },
  });
  await assertRejects(() => given.stream.pipeThrough(step).pipeTo(sink), Error, cause.message);
  await turns();
  assertEquals([given.state.cancelled, step.life.aborted], [cause, true]);
});

Deno.test("a source that fails errors the reader, aborts the work and closes the processor", async () => {
  const cause = new Error("Cannot read: no microphone");
  let signal: AbortSignal | undefined;
  const step = new Step().does(Note, (_, context) => {
    signal = context.signal;
    return new Promise(() => {});
  });
  let given = false;
  const broken = new ReadableStream<Frame>({
    pull(controller) {
      if (given) return controller.error(cause);
      given = true;
      controller.enqueue(new Note("a"));
    },
  }, { highWaterMark: 0 });
  const { readable, writable } = step;
  const piped = broken.pipeTo(writable);
  await assertRejects(() => readable.getReader().read(), Error, cause.message);
  await assertRejects(() => piped, Error, cause.message);
  assertEquals([signal?.aborted, step.life.aborted], [true, true]);
});

Deno.test("an abort lets go whoever waits for room", async () => {
  const step = new Step();
  const { readable, writable } = step;
  const scope = step.open();
  let waiting = 0;
  for (const note of notes(SIZE + 4)) {
    const room = scope.push(note);
    if (!room) continue;
    waiting++;
    void room.then(() => waiting--);
  }
  assertEquals(waiting, 5);
  await writable.abort("over");
  await turns(1);
  assertEquals(waiting, 0);
  assertEquals(await readable.getReader().read().catch((error) => error), "over");
});

Deno.test("a reader who cancels lets go whoever waits for room", async () => {
  const step = new Step();
  const { readable } = step;
  const scope = step.open();
  let waiting = 0;
  for (const note of notes(SIZE + 4)) void scope.push(note)?.then(() => waiting--);
  waiting += 5;
  await readable.cancel();
  await turns(1);
  assertEquals(waiting, 0);
});

Deno.test("closing a processor ends its streams; what was given can still be read", async () => {
  const step = new Step();
  const { readable, upstream } = step;
  const up = upstream.readable;
  const scope = step.open();
  scope.push(new Note("a"));
  scope.push(new Note("b"), "upstream");
  await step.close();
  assertEquals([await labels(readable), await labels(up)], [["a"], ["b"]]);
});

Deno.test("close waits for a handler in work", async () => {
  const wait = gate();
  await using step = new Step().does(Note, async (_, context) => {
    await wait.promise;
    await context.forward();
  });
  const read = labels(source([new Note("a"), new Note("b")]).stream.pipeThrough(step));
  await turns();
  wait.resolve();
  assertEquals(await read, ["a", "b"]);
});

Deno.test("the way back is a pair of streams of its own", async () => {
  await using step = new Step().does(Note, async (frame, context) => {
    await context.push(new Note(`${frame.label} ${context.direction}`), "downstream");
    await context.push(new Note(`${frame.label} ${context.direction}`), "upstream");
  });
  const [down, up] = [labels(step.readable), labels(step.upstream.readable)];
  const [toDown, toUp] = [step.writable.getWriter(), step.upstream.writable.getWriter()];
  await toDown.write(new Note("a"));
  await toUp.write(new Note("b"));
  await toUp.close();
  await toDown.close();
  const both = ["a downstream", "b upstream"];
  assertEquals([await down, await up], [both, both]);
});

Deno.test("the streams of a processor are the same ones each time", async () => {
  await using step = new Step();
  assert(step.readable === step.readable && step.writable === step.writable);
  assert(step.upstream.readable === step.upstream.readable);
  assert(step.upstream.writable === step.upstream.writable);
});

Deno.test("an end that nobody linked discards, and logs errors", async () => {
  await using step = new Step("Alone");
  const log = new Logbook();
  engineOf(step).env = makeEnvironment({ log });
  const scope = step.open();
  assertEquals([scope.push(new Note("a")), scope.push(new Sign("b"), "upstream")], [
    undefined,
    undefined,
  ]);
  step.complain("Cannot hear: nobody is there");
  assertEquals(log.take(), ["error: Cannot hear: nobody is there"]);
});

Deno.test("late frames after the end of a stream are no-ops", async () => {
  await using step = new Step();
  const scope = step.open();
  await labels(source([]).stream.pipeThrough(step));
  assertEquals(scope.push(new Note("late")), undefined);
});
