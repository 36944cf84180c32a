import { ErrorFrame } from "../../frames/mod.ts";
import type { Evidence } from "./_evidence.ts";
import type { Push } from "./_journal.ts";

/**
 * How long system frames waited that came before a data frame: its own sender's,
 * or those that a data frame further to the front of the lane keeps behind.
 */
export function systemFramesBefore(
  evidence: Evidence,
  push: Push,
  actor: string,
): { from: number; to: number }[] {
  const waits: { from: number; to: number }[] = [];
  for (const { receiver, pushes: [other], handled } of evidence.systemPassages) {
    if (receiver.actor !== actor || !other || !handled || other.seq > push.seq) continue;
    if (handled.seq > push.seq) waits.push({ from: other.at, to: handled.at });
  }
  // An interruption acts at the door; its handlers wait for their turn like any system frame.
  for (const hook of evidence.hooksOf.get(actor) ?? []) {
    const work = evidence.worksOf.get(actor)?.find(({ frame }) => frame === hook.frame);
    if (work && hook.seq < push.seq && work.seq > push.seq) {
      waits.push({ from: hook.at, to: work.at });
    }
  }
  return [...waits, ...errorsBefore(evidence, actor)];
}

/** Errors are nobody's push: one that waited began when the system frame before it was done. */
function errorsBefore(evidence: Evidence, actor: string): { from: number; to: number }[] {
  const works = (evidence.worksOf.get(actor) ?? []).filter(({ lane }) => lane === "system");
  return works.flatMap(({ frame, at }, i) => {
    const before = works[i - 1];
    if (!(frame instanceof ErrorFrame) || before?.endAt !== at) return [];
    return [{ from: before.at, to: at }];
  });
}

function isBefore(push: Push, other: Push): boolean {
  return push.by === other.by && push.direction === other.direction && push.seq < other.seq;
}

/** A data frame begins only after the system frames that its sender pushed before it have begun. */
export function keepsBehindSystem(evidence: Evidence): void {
  for (const { frame, receiver, pushes, handled } of evidence.passages) {
    const [push] = pushes;
    if (frame.kind === "system" || !receiver.direct || !push || pushes.length > 1) continue;
    if (!handled || push.second) continue;
    for (const before of evidence.systemPassages) {
      const [other] = before.pushes;
      if (before.receiver.actor !== receiver.actor || !before.handled) continue;
      if (!other || other.second || before.pushes.length > 1 || !isBefore(other, push)) continue;
      if (other.returned > push.seq) continue;
      if (before.handled.seq > other.returned) {
        evidence.journal.count("data behind a system frame that waited");
      }
      if (before.handled.seq < handled.seq) continue;
      evidence.journal.broken(
        "data keeps behind system frames",
        `"${frame.name}" overtook "${before.frame.name}" at ${receiver.actor}`,
      );
    }
  }
}
