import { assertEquals } from "@std/assert";
import type { Timer } from "../../async/mod.ts";
import { EndFrame, TTSSpeakFrame } from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { ScriptedTTSService, VirtualClock } from "../../testing/mod.ts";
import { KeptLog } from "../kept_log.ts";
import { RecordingOutput } from "./output_rig.ts";

/** A clock on which a little time passes between two looks, and whose timers are a little early. */
class CreepingClock extends VirtualClock {
  readonly #stepMs: number;
  #crept = 0;

  constructor(stepMs: number) {
    super();
    this.#stepMs = stepMs;
  }

  override now(): number {
    this.#crept += this.#stepMs;
    return super.now() + this.#crept;
  }

  override timer(delayMs: number, callback: () => void): Timer {
    return super.timer(Math.max(0, delayMs - 2 * this.#stepMs), callback);
  }
}

Deno.test("an output comes to its end, however much time passes between two looks", async () => {
  const log = new KeptLog();
  for (let i = 1; i <= 30; i++) {
    const clock = new CreepingClock(i / 300);
    const output = new RecordingOutput({ audioOutEnabled: true, audioOutEndSilenceSecs: 0.1 });
    const task = new PipelineTask(new Pipeline([new ScriptedTTSService(), output]), { clock, log });
    const over = task.run();
    void task.queueFrame(new TTSSpeakFrame("Hello there."));
    await clock.advance(20 * i);
    void task.queueFrame(new EndFrame());
    await clock.runUntil(over);
  }
  assertEquals(log.errors, []);
});
