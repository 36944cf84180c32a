import {
  CancelFrame,
  EndFrame,
  ErrorFrame,
  type Frame,
  type FrameClass,
  StartFrame,
  StopFrame,
} from "../../frames/mod.ts";
import type { Run } from "./_case.ts";
import { Evidence, isLight, isSpecial, type Passage } from "./_evidence.ts";
import { keepsBehindSystem, systemFramesBefore } from "./_behind_system.ts";
import type { Push, Work } from "./_journal.ts";

/** Frames of the data lane that may wait before a push does. */
const MARK = 16;

/** Checks what an engine did in one case against what it promises. */
export function check(run: Run): void {
  const evidence = new Evidence(run);
  for (const rule of RULES) rule(evidence);
}

const RULES: readonly ((evidence: Evidence) => void)[] = [
  causes,
  losses,
  waits,
  orders,
  keepsBehindSystem,
  interruptions,
  lifecycles,
  rooms,
  errors,
  afterwards,
];

/** What is handled was pushed by work that was allowed to, and belongs to the present. */
function causes(evidence: Evidence): void {
  const { journal } = evidence;
  const allowed: Map<Work, readonly Push[]> = new Map();
  for (const { handled, pushes } of evidence.passages) if (handled) allowed.set(handled, pushes);
  for (const work of journal.works) {
    const frame = work.frame as Frame;
    if (isSpecial(frame)) continue;
    const what = `${work.actor} handled "${frame.name}"`;
    if (evidence.handlings(work.actor, frame, work.direction).length > 1) {
      journal.broken("a frame is handled once", what);
    }
    const pushes = allowed.get(work);
    if (!pushes) {
      if (evidence.handlings(work.actor, frame, work.direction)[0] === work) {
        journal.broken("1, push after abort", `${what}, which stale work pushed`);
      }
    } else if (isLight(frame)) {
      const epoch = evidence.epochAt(work.seq);
      if (!pushes.some((push) => push.seq < work.seq && push.epoch === epoch)) {
        journal.broken("1, stale frame", `${what} of an earlier epoch`);
      }
    }
    const cancelled = evidence.hooksOf.get(work.actor)
      ?.find(({ frame }) => frame instanceof CancelFrame);
    if (cancelled && work.lane === "data" && work.seq > cancelled.seq) {
      journal.broken("a cancel drops what is queued", what);
    }
  }
}

/** What was pushed is handled, unless an interruption, a cancel or the end came between. */
function losses(evidence: Evidence): void {
  const { journal } = evidence;
  for (const passage of evidence.passages) {
    const { frame, receiver, pushes, handled } = passage;
    if (pushes.length > 1) journal.count("frames that crossed several branches");
    if (handled) {
      if (frame.uninterruptible && evidence.epochAt(handled.seq) > (pushes[0]?.epoch ?? 0)) {
        journal.count("uninterruptible kept through an interruption");
      }
      continue;
    }
    if (pushes.some((push) => mayBeLost(evidence, passage, push))) continue;
    const kind = frame.kind === "system"
      ? "3, lost system frame"
      : frame.uninterruptible
      ? "2, lost uninterruptible frame"
      : "4, lost frame";
    journal.broken(kind, `"${frame.name}" of ${pushes[0]?.by} never came to ${receiver.actor}`);
  }
}

function mayBeLost(evidence: Evidence, { frame, receiver }: Passage, push: Push): boolean {
  const { cancelSeq, journal } = evidence;
  if (isLight(frame) && evidence.epochAfter(push.epoch)) {
    journal.count("frames dropped by an interruption");
    return true;
  }
  if (!evidence.hasStarted(receiver.actor)) return cancelSeq < Infinity;
  if (frame.kind === "system") return push.seq > Math.min(cancelSeq, evidence.reachedEndSeq);
  if (cancelSeq < Infinity) return true;
  const end = evidence.lifecycle(EndFrame) ?? evidence.lifecycle(StopFrame);
  if (!end) return false;
  if (push.direction === "downstream") return push.seq > evidence.passedOn(push.by, end);
  // What goes up may wait on its way, and meet an end that was faster.
  return !receiver.direct ||
    push.seq > (journal.pushes.find(({ frame }) => frame === end)?.seq ?? Infinity);
}

/** Nobody waits without a reason: between two neighbours, only what is in work delays a frame. */
function waits(evidence: Evidence): void {
  for (const { frame, receiver, pushes, handled } of evidence.passages) {
    const [push] = pushes;
    if (!receiver.direct || !push || pushes.length > 1) continue;
    if (push.seq > Math.min(evidence.cancelSeq, evidence.reachedEndSeq)) continue;
    if (!evidence.hasStarted(receiver.actor)) continue;
    const until = handled?.at ?? (isLight(frame) ? evidence.epochAfter(push.epoch)?.at : undefined);
    if (until === undefined || until === push.at) continue;
    const lane = frame.kind === "system" ? "system" : "data";
    const idle = idleFrom(evidence, push, { lane, actor: receiver.actor });
    if (idle >= until) continue;
    const kind = lane === "system"
      ? "the system lane runs at once"
      : "5, nothing delays the next frame";
    const what = `"${frame.name}" waited at ${receiver.actor} from ${idle} to ${until} ms`;
    evidence.journal.broken(kind, `${what}, for nobody`);
  }
}

/** From when on an actor had nothing to do that a frame would have to wait for. */
function idleFrom(
  evidence: Evidence,
  push: Push,
  at: { readonly lane: "data" | "system"; readonly actor: string },
): number {
  const busy: { from: number; to: number }[] = [];
  for (const work of evidence.worksOf.get(at.actor) ?? []) {
    const gate = work.frame instanceof StartFrame;
    if (work.lane !== at.lane && !gate) continue;
    if (!work.lasting && work.epoch < push.epoch) continue;
    const to = Math.min(work.endAt ?? Infinity, work.cutAt ?? Infinity);
    busy.push({ from: gate ? 0 : work.at, to });
  }
  if (at.lane === "data") busy.push(...systemFramesBefore(evidence, push, at.actor));
  let now = push.at;
  for (;;) {
    const next = busy.find(({ from, to }) => from <= now && to > now);
    if (!next) return now;
    now = next.to;
  }
}

/** Order of handling is order of arrival. */
function orders(evidence: Evidence): void {
  const { layout } = evidence.run;
  const rows: Map<string, { arrived: number; begun: number; name: string }[]> = new Map();
  const note = (row: string, arrived: number, work: Work) => {
    const entry = { arrived, begun: work.seq, name: `"${work.frame?.name}" at ${work.actor}` };
    const list = rows.get(row);
    if (list) list.push(entry);
    else rows.set(row, [entry]);
  };
  for (const { frame, receiver: { actor }, pushes, handled } of evidence.passages) {
    const [push] = pushes;
    // What comes by several branches may come by any of them.
    if (!handled || !push || push.second || pushes.length > 1) continue;
    const whole = layout.direct.has(actor);
    note(
      whole ? `${actor} ${handled.lane}` : `${actor} ${handled.lane} ${push.by} ${push.direction}`,
      push.seq,
      handled,
    );
    if (frame.kind === "system") countOvertaking(evidence, handled);
  }
  for (const [actor, hooks] of evidence.hooksOf) {
    if (!layout.direct.has(actor)) continue;
    for (const { frame, seq } of hooks) {
      for (const direction of ["downstream", "upstream"]) {
        const [work] = evidence.handlings(actor, frame, direction);
        if (work) note(`${actor} system`, seq, work);
      }
    }
  }
  for (const list of rows.values()) {
    list.sort((a, b) => a.arrived - b.arrived);
    list.forEach((entry, i) => {
      const before = list[i - 1];
      if (!before || before.begun < entry.begun) return;
      evidence.journal.broken("order of arrival", `${entry.name} overtook ${before.name}`);
    });
  }
}

function countOvertaking(evidence: Evidence, { actor, seq }: Work): void {
  const works = evidence.worksOf.get(actor) ?? [];
  const inWork = works.some((work) =>
    work.lane === "data" && work.seq < seq && (work.endSeq ?? Infinity) > seq
  );
  if (inWork) evidence.journal.count("system frames handled while data was in work");
}

/** An interruption is at every door on its way within the push, once, and is handled once. */
function interruptions(evidence: Evidence): void {
  const { journal, run: { layout } } = evidence;
  for (const push of journal.pushes) {
    if (!push.frame.interrupts || push.fenced) continue;
    const reach = layout.reach(push.by, push.direction);
    const calls = journal.hooks.filter(({ frame }) => frame === push.frame);
    for (const { actor, seq } of calls) {
      if (actor === push.by) continue;
      if (!reach.delete(actor)) journal.broken("an interruption comes once", `at ${actor}`);
      if (seq < push.seq || seq > push.returned) {
        journal.broken("an interruption acts at the door", `it was late at ${actor}`);
      }
      if (push.seq > Math.min(evidence.cancelSeq, evidence.reachedEndSeq)) continue;
      if (!evidence.hasStarted(actor)) continue;
      const times = evidence.handlings(actor, push.frame, push.direction).length;
      if (times !== 1) {
        journal.broken("an interruption is handled once", `${times} times at ${actor}`);
      }
    }
    if (reach.size > 0 && push.seq < Math.min(evidence.cancelSeq, evidence.reachedEndSeq)) {
      journal.broken("an interruption reaches everybody", `not ${[...reach].join(", ")}`);
    }
  }
}

/** Start, end and stop are handled once by everybody, in their place. */
function lifecycles(evidence: Evidence): void {
  const { journal, run: { layout, ending } } = evidence;
  const drained = ending !== "cancel";
  const start = evidence.lifecycle(StartFrame);
  for (const { name: actor } of layout.actors) {
    const [started] = start ? evidence.handlings(actor, start, "downstream") : [];
    if (drained || !started) expectOnce(evidence, actor, StartFrame, drained ? 1 : 0);
    for (const work of evidence.worksOf.get(actor) ?? []) {
      if (work.lane !== "data" || (started?.endSeq ?? Infinity) < work.seq) continue;
      journal.broken("the start gate", `${actor} began "${work.frame?.name}" before it started`);
    }
    if (!drained) continue;
    expectOnce(evidence, actor, ending === "drain" ? EndFrame : StopFrame, 1);
  }
  const end = evidence.lifecycle(EndFrame) ?? evidence.lifecycle(StopFrame);
  if (!end || !drained) return;
  staysInPlace(evidence, end);
  const inBranches = journal.works.filter(({ frame, actor }) =>
    frame === end && layout.inBranch.has(actor)
  );
  if (new Set(inBranches.map(({ at }) => at)).size > 1) {
    journal.count("ends that branches reached at different times");
  }
}

function expectOnce(
  evidence: Evidence,
  actor: string,
  frameClass: FrameClass,
  times: number,
): void {
  const works = evidence.worksOf.get(actor) ?? [];
  const found = works.filter(({ frame }) => frame instanceof frameClass).length;
  if (found === times) return;
  evidence.journal.broken(
    "a lifecycle frame passes everybody once",
    `${actor} handled ${frameClass.name} ${found} times`,
  );
}

/** What was pushed before an end comes before it, and what was pushed behind it stays behind. */
function staysInPlace(evidence: Evidence, end: Frame): void {
  for (const { frame, receiver: { actor }, pushes: [push], handled } of evidence.passages) {
    if (!handled || !push || push.direction === "upstream" || frame.kind === "system") continue;
    const [ended] = evidence.handlings(actor, end, "downstream");
    if (!ended) continue;
    const before = push.seq < evidence.passedOn(push.by, end);
    if (before === handled.seq < ended.seq) continue;
    evidence.journal.broken(
      "an end keeps its place",
      `"${frame.name}" of ${push.by} came to ${actor} ${before ? "behind" : "before"} it`,
    );
  }
}

/** A push waits exactly while the receiver has too much to do. */
function rooms(evidence: Evidence): void {
  const { journal } = evidence;
  for (const push of journal.pushes) {
    if (!push.waits) continue;
    journal.count("pushes that waited");
    if (push.freedAt === undefined) {
      journal.broken("every waiter is released", `${push.by} waits for ever`);
      continue;
    }
    for (const { actor, direct } of evidence.run.layout.next(push.by, push.direction)) {
      if (!direct) continue;
      const cut = evidence.hooksOf.get(actor)?.find(({ seq }) => seq > push.seq);
      if (cut && cut.at === push.freedAt) journal.count("waiters released by an interruption");
      if (!cut || cut.at >= push.freedAt) continue;
      journal.broken("an interruption releases every waiter", `${push.by} waited for ${actor}`);
    }
  }
  for (const actor of evidence.run.layout.direct) backlog(evidence, actor);
}

/** Counts what waits at an actor whenever something is pushed there. */
function backlog(evidence: Evidence, actor: string): void {
  const { journal } = evidence;
  const end = evidence.lifecycle(EndFrame) ?? evidence.lifecycle(StopFrame);
  const to = evidence.passages.filter(({ frame, receiver, pushes }) =>
    receiver.actor === actor && frame.kind !== "system" && pushes.length === 1
  ).map(({ frame, pushes, handled }) => ({ frame, push: pushes[0] as Push, handled }));
  for (const { push, handled } of to) {
    const late = Math.min(evidence.cancelSeq, end ? evidence.passedOn(push.by, end) : Infinity);
    if (push.direction === "upstream" || push.seq > late) continue;
    const { epoch, seq, returned } = push;
    const waiting = to.filter((other) =>
      other.push.seq <= seq && (other.handled?.seq ?? Infinity) > returned &&
      (!isLight(other.frame) || other.push.epoch >= epoch)
    ).length;
    const atOnce = (handled?.seq ?? Infinity) < returned;
    if (push.waits === (!atOnce && waiting >= MARK)) {
      continue;
    }
    const how = push.waits ? "waited" : "did not wait";
    journal.broken(
      "backpressure",
      `${push.by} ${how} for ${actor} with ${waiting} frames before it`,
    );
  }
}

/** What an actor throws becomes one error at the head of the pipeline, and names it. */
function errors(evidence: Evidence): void {
  const { journal } = evidence;
  const told = (evidence.worksOf.get("first") ?? []).map(({ frame }) => frame)
    .filter((frame) => frame instanceof ErrorFrame);
  for (const { token, actor, seq } of journal.thrown) {
    const errors = told.filter(({ error }) => error.endsWith(token));
    if (errors.length === 0 && seq > Math.min(evidence.cancelSeq, evidence.reachedEndSeq)) continue;
    journal.count("throws");
    if (errors.length === 1 && errors[0]?.processor?.name === actor) continue;
    journal.broken("a throw is reported once", `${errors.length} times: ${actor}, ${token}`);
  }
}

/** Once the task has finished, nothing happens any more. */
function afterwards(evidence: Evidence): void {
  const { run: { finishedSeq, ending }, journal } = evidence;
  for (const work of journal.works) {
    if (work.seq <= finishedSeq || ending === "stop") continue;
    journal.broken("nothing happens after the end", `${work.actor} began "${work.frame?.name}"`);
  }
}
