import { HeartbeatFrame } from "../frames/mod.ts";
import type { AnyFrameProcessor } from "../processors/mod.ts";
import { Engine } from "../processors/_engine.ts";
import { engineOf } from "../processors/frame_processor.ts";

/** Names those that something is waited for from. */
export function whoIsBusy(processors: readonly AnyFrameProcessor[]): string {
  const busy = processors.map(engineOf)
    .filter(({ working, closed, lanes }) => working || closed || lanes.paused);
  return busy.length > 0 ? busy.map(nameOf).join(", ") : "a processor that swallowed the frame";
}

/** A processor's name, and what it is at. */
export function nameOf(engine: Engine): string {
  const { working, name, closed } = engine;
  if (working) return `"${name}" (working on "${working.name}")`;
  if (closed) return `"${name}" (closed)`;
  return engine.lanes.paused ? `"${name}" (paused)` : `"${name}"`;
}

/** The heartbeat that has been under way for longest, and who holds it. */
export function oldestHeartbeat(
  processors: readonly AnyFrameProcessor[],
): { readonly timestamp: number; readonly holders: readonly Engine[] } | undefined {
  let timestamp = Infinity;
  let holders: Engine[] = [];
  for (const engine of processors.map(engineOf)) {
    const since = heldSince(engine);
    if (since === undefined || since > timestamp) continue;
    holders = since < timestamp ? [engine] : [...holders, engine];
    timestamp = since;
  }
  return holders.length > 0 ? { timestamp, holders } : undefined;
}

/** When the oldest heartbeat was sent that a processor works on or lets wait. */
function heldSince({ lanes: { works, inbox } }: Engine): number | undefined {
  const inWork = works.data?.frame;
  if (inWork instanceof HeartbeatFrame) return inWork.timestamp;
  for (const { frame } of inbox.data) {
    if (frame instanceof HeartbeatFrame) return frame.timestamp;
  }
  return undefined;
}

/** Who holds up those that hold a frame: a processor that is full holds up the one before it. */
export function heldUpBy(holders: readonly Engine[]): Engine[] {
  const culprits = holders.map((holder) => {
    let at = holder;
    while (at.next instanceof Engine && isFull(at.next)) at = at.next;
    return at;
  });
  return [...new Set(culprits)];
}

function isFull({ lanes: { inbox: { data } } }: Engine): boolean {
  return data.length >= data.highWaterMark;
}
