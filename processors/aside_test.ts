import { assertEquals } from "@std/assert";
import { CancelFrame, ControlFrame, type Frame, InterruptionFrame } from "../frames/mod.ts";
import { Aside } from "./_aside.ts";
import type { FrameScope } from "./mod.ts";

class Note extends ControlFrame {
  constructor(readonly label: string) {
    super();
  }
}

class Keep extends Note {
  override get uninterruptible(): true {
    return true;
  }
}

/** Frames beside a lane, what comes out of them, and scopes as an engine opens and closes them. */
function stage(room: () => void | Promise<void> = () => {}) {
  const out: string[] = [];
  const open: AbortController[] = [];
  const scope = ({ uninterruptible }: { readonly uninterruptible: boolean }): FrameScope => {
    const controller = new AbortController();
    if (!uninterruptible) open.push(controller);
    const close = () => controller.abort();
    return {
      signal: controller.signal,
      push: (frame: Frame) => {
        if (controller.signal.aborted) return;
        out.push(frame instanceof Note ? frame.label : frame.name);
        return room();
      },
      broadcast: () => {},
      close,
      [Symbol.dispose]: close,
    };
  };
  const aside = new Aside("upstream", { scope, weigh: () => 1 });
  const interruptElsewhere = () => {
    for (const controller of open.splice(0)) controller.abort();
  };
  return { aside, out, open, interruptElsewhere };
}

Deno.test("frames wait beside a lane and go on in order", async () => {
  const { aside, out, open } = stage();
  for (const label of ["1", "2", "3"]) aside.add(new Note(label));
  assertEquals([aside.empty, aside.weight, out], [false, 3, []]);
  await aside.release();
  assertEquals([aside.empty, aside.weight, out], [true, 0, ["1", "2", "3"]]);
  assertEquals(open.every(({ signal }) => signal.aborted), true, "a scope is left open");
});

Deno.test("what comes while others leave keeps its place behind them", async () => {
  const room = Promise.withResolvers<void>();
  const { aside, out } = stage(() => room.promise);
  aside.add(new Note("1"));
  const released = aside.release();
  assertEquals([aside.empty, out], [false, ["1"]]);
  aside.add(new Note("2"));
  let empty = false;
  const emptied = aside.until(() => aside.empty).then(() => empty = true);
  room.resolve();
  await Promise.all([released, emptied]);
  assertEquals([empty, out], [true, ["1", "2"]]);
});

Deno.test("an interruption drops what waits, down to what may not be dropped, and a cancel that too", async () => {
  const { aside, out } = stage();
  aside.add(new Note("1"));
  aside.add(new Keep("2"));
  aside.interrupted(new InterruptionFrame());
  aside.add(new Note("3"));
  await aside.release();
  assertEquals(out, ["2", "3"]);
  aside.add(new Keep("4"));
  aside.interrupted(new CancelFrame());
  await aside.release();
  assertEquals(out, ["2", "3"]);
});

Deno.test("an interruption that did not come by drops what waited then, and nothing that comes later", async () => {
  const { aside, out, interruptElsewhere } = stage();
  aside.add(new Note("1"));
  interruptElsewhere();
  aside.add(new Note("2"));
  aside.add(new Keep("3"));
  await aside.release();
  assertEquals(out, ["2", "3"]);
});
