import type { Timer } from "../async/mod.ts";
import { EndFrame, type Frame, StartFrame, StopFrame } from "../frames/mod.ts";
import type { Environment } from "./environment.ts";
import { whenStill } from "./_stillness.ts";

/** Whether a frame begins or ends something, so that nobody may swallow it. */
export function isLifecycle(frame: Frame): boolean {
  return isDraining(frame) || frame.interrupts || frame instanceof StartFrame;
}

/** Whether a frame ends a pipeline once everything before it is done. */
export function isDraining(frame: Frame): boolean {
  return frame instanceof EndFrame || frame instanceof StopFrame;
}

/** Bounds how long a handler may delay a lifecycle frame; what drains may go on while frames move. */
export function guard(env: Environment, frame: Frame, hung: (elapsedMs: number) => void): Timer {
  const { lifecycleTimeoutMs: timeoutMs, drainLimitMs } = env;
  return whenStill(env, { timeoutMs, limitMs: isDraining(frame) ? drainLimitMs : timeoutMs }, hung);
}
