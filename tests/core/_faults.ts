import type { NamedTest } from "./_planted.ts";

/** A fault to plant: a piece of a source, and what stands there instead. */
export interface Fault {
  readonly name: string;
  /** The source, from the root of the project. */
  readonly file: string;
  /** What stands there; it must stand there once. */
  readonly find: string;
  readonly put: string;
}

/** A fault that the property test catches. */
export interface PropertyFault extends Fault {
  /** The violations that it must name; any one of them. */
  readonly caughtBy: readonly string[];
}

/** A fault that a test of its own catches. */
export interface TestFault extends Fault {
  /** The file with the test, and the test's name. */
  readonly test: NamedTest;
}

/** Faults that the property test catches, by the name of the invariant they break. */
export const FAULTS: readonly PropertyFault[] = [
  {
    name: "a lost wake-up: nobody looks at the lanes when work is done",
    file: "processors/_engine.ts",
    find:
      "    if (work.lifecycle && work.frame) this.#started(work.frame);\n    this.lanes.wake();\n",
    put: "    if (work.lifecycle && work.frame) this.#started(work.frame);\n",
    caughtBy: ["5, nothing delays the next frame", "4, lost frame", "liveness"],
  },
  {
    name: "a push after an abort: a stale handler is not fenced",
    file: "processors/_work.ts",
    find: "    this.#fenced = true;\n",
    put: "",
    caughtBy: ["1, push after abort"],
  },
  {
    name: "a dropped uninterruptible frame: an interruption empties the lane of everything",
    file: "processors/_inbox.ts",
    find: "this.data.retain((entry) => entry.frame.uninterruptible || entry.epoch >= epoch)",
    put: "this.data.retain((entry) => entry.epoch >= epoch)",
    caughtBy: ["2, lost uninterruptible frame"],
  },
  {
    name: "an inbox that an interruption does not empty, and a lane that does not look",
    file: "processors/_engine.ts",
    find: "    if (epoch >= this.#epoch || frame.uninterruptible) this.#runData(",
    put: "    this.#runData(",
    caughtBy: ["1, stale frame"],
  },
  {
    name: "a stale frame let through the door",
    file: "processors/_engine.ts",
    find: "if (this.#cancelled || (epoch < this.#epoch && !frame.uninterruptible)) return;",
    put: "if (this.#cancelled) return;",
    caughtBy: ["1, stale frame"],
  },
  {
    name: "uninterruptible work that an interruption aborts",
    file: "processors/_works.ts",
    find: "if (work.epoch === PRESENT || work.epoch >= epoch) continue;",
    put: "if (work.epoch !== PRESENT && work.epoch >= epoch) continue;",
    caughtBy: ["2, in work"],
  },
  {
    name: "an abort that nobody is told of",
    file: "processors/_work.ts",
    find: "    this.#reason = reason;\n    this.#controller?.abort(reason);\n",
    put: "    this.#reason = reason;\n",
    caughtBy: ["6, abort"],
  },
  {
    name: "an abandoned handler that holds the lane",
    file: "processors/_works.ts",
    find: "      if (work === this.data) this.data = undefined;\n",
    put: "",
    caughtBy: ["5, nothing delays the next frame"],
  },
  {
    name: "who interrupts is fenced by its own interruption",
    file: "processors/_engine.ts",
    find: "    if (work.epoch !== PRESENT) work.epoch = epoch;\n",
    put: "",
    caughtBy: ["4, lost frame"],
  },
  {
    name: "two system frames swapped: what comes overtakes what waits",
    file: "processors/_engine.ts",
    find:
      "if (lanes.systemAtRest && lanes.inbox.systemLength === 0) return this.#runSystem(entry);",
    put: "if (lanes.systemAtRest) return this.#runSystem(entry);",
    caughtBy: ["order of arrival"],
  },
  {
    name: "two data frames swapped: what comes overtakes what waits",
    file: "processors/_engine.ts",
    find: "if (lanes.dataAtRest && data.length === 0 && !inbox.isBehindSystem(direction)) {",
    put: "if (lanes.dataAtRest && !inbox.isBehindSystem(direction)) {",
    caughtBy: ["order of arrival"],
  },
  {
    name: "data that finds its lane at rest overtakes a system frame of its sender that waits",
    file: "processors/_engine.ts",
    find: "if (lanes.dataAtRest && data.length === 0 && !inbox.isBehindSystem(direction)) {",
    put: "if (lanes.dataAtRest && data.length === 0) {",
    caughtBy: ["data keeps behind system frames"],
  },
  {
    name: "data that waits overtakes a system frame of its sender that waits",
    file: "processors/_inbox.ts",
    find: "return entry !== undefined && (entry.after ?? 0) <= this.#gone[entry.direction];",
    put: "return entry !== undefined;",
    caughtBy: ["data keeps behind system frames"],
  },
  {
    name: "a system frame that waits behind data",
    file: "processors/_lanes.ts",
    find: "return this.#depth === 0 && this.works.system === undefined && this.gate",
    put: "return this.#depth === 0 && this.works.data === undefined && this.gate",
    caughtBy: ["the system lane runs at once", "one at a time"],
  },
  {
    name: "two frames in work in one lane",
    file: "processors/_lanes.ts",
    find: "return this.#depth === 0 && this.works.data === undefined && this.gate",
    put: "return this.#depth === 0 && this.gate",
    caughtBy: ["one at a time"],
  },
  {
    name: "a handler entered while the processor's own code is on the stack",
    file: "processors/_lanes.ts",
    find: "return this.#depth === 0 && this.works.data === undefined && this.gate",
    put: "return this.works.data === undefined && this.gate",
    caughtBy: ["never entered twice"],
  },
  {
    name: "an interruption that tells the next before it has acted itself",
    file: "processors/_engine.ts",
    find:
      "    this.#callHooks(frame);\n    void this.send(frame, direction, epoch);\n    if (!link)",
    put:
      "    void this.send(frame, direction, epoch);\n    this.#callHooks(frame);\n    if (!link)",
    caughtBy: ["order of arrival"],
  },
  {
    name: "an interruption that waits for its turn",
    file: "processors/_engine.ts",
    find: "    if (frame.interrupts) return this.#arriveInterruption(entry);\n",
    put:
      "    if (frame.interrupts && lanes.systemAtRest) return this.#arriveInterruption(entry);\n",
    caughtBy: ["an interruption acts at the door", "an interruption reaches everybody"],
  },
  {
    name: "writers that an interruption does not release",
    file: "processors/_inbox.ts",
    find: "entry.epoch >= epoch);\n    this.data.release();\n",
    put: "entry.epoch >= epoch);\n",
    caughtBy: ["an interruption releases every waiter", "every waiter is released"],
  },
  {
    name: "a writer that is not told of room",
    file: "async/queue.ts",
    find: "if (this.#credit && this.length < this.highWaterMark) this.release();",
    put: "",
    caughtBy: ["every waiter is released", "liveness", "4, lost frame"],
  },
  {
    name: "backpressure that is never felt",
    file: "processors/_engine.ts",
    find: 'return direction === "downstream" ? data.credit() : undefined;',
    put: "return undefined;",
    caughtBy: ["backpressure"],
  },
  {
    name: "an upstream push that waits",
    file: "processors/_engine.ts",
    find: 'return direction === "downstream" ? data.credit() : undefined;',
    put: "return data.credit();",
    caughtBy: ["upstream pushes never wait"],
  },
  {
    name: "a lifecycle frame that its handler can swallow",
    file: "processors/_engine.ts",
    find: "    if (work.lifecycle) work.passOn();\n",
    put: "",
    caughtBy: ["a lifecycle frame passes everybody once", "liveness"],
  },
  {
    name: "a start gate that stands open",
    file: "processors/_engine.ts",
    find: '    if (!this.#cancelled) this.lanes.gate = "awaiting";\n',
    put: "",
    caughtBy: ["the start gate"],
  },
  {
    name: "a start gate that opens before the start is done",
    file: "processors/_engine.ts",
    find: '    this.lanes.gate = "starting";\n',
    put: '    this.lanes.gate = "open";\n',
    caughtBy: ["the start gate"],
  },
  {
    name: "a timer left running: the bound of a lifecycle handler is not taken back",
    file: "processors/_engine.ts",
    find: "    work.guard?.cancel();\n",
    put: "",
    caughtBy: ["nothing left running"],
  },
  {
    name: "a throw that nobody hears of",
    file: "processors/_engine.ts",
    find: "    if (this.closed || work.gaveUp(error)) return;\n",
    put: "    if (this.closed || work.aborted) return;\n",
    caughtBy: ["a throw is reported once"],
  },
  {
    name: "a cancel that lets uninterruptible frames through",
    file: "processors/_engine.ts",
    find: "    this.#cancelled = true;\n    inbox.clearData();\n",
    put: "",
    caughtBy: ["a cancel drops what is queued"],
  },
  {
    name: "a frame that leaves branches twice",
    file: "pipeline/_gather.ts",
    find: "    if (this.#seen.has(frame)) return;\n",
    put: "",
    caughtBy: ["a frame is handled once"],
  },
  {
    name: "an end that leaves with the first branch",
    file: "pipeline/_gather.ts",
    find: "if (barrier.passed.size === this.#branches) this.#open(barrier);",
    put: "this.#open(barrier);",
    caughtBy: ["an end keeps its place"],
  },
  {
    name: "what a branch sends behind an end overtakes it",
    file: "pipeline/_gather.ts",
    find: "      if (barrier) return void barrier.held.push(entry);\n",
    put: "",
    caughtBy: ["an end keeps its place", "order of arrival"],
  },
  {
    name: "an interruption from a branch that waits for the other branches",
    file: "pipeline/_gather.ts",
    find: "if (!cancelled && this.#entered.has(frame)) return",
    put: "if (!cancelled && isLifecycle(frame)) return",
    caughtBy: ["an interruption reaches everybody", "an interruption acts at the door"],
  },
  {
    name: "a plain stream whose stale frames come out",
    file: "pipeline/stream_processor.ts",
    find: "    if (this.#isStale && !frame.uninterruptible) return;\n",
    put: "",
    caughtBy: ["1, stale frame"],
  },
  {
    name: "a plain stream that loses what comes after an interruption",
    file: "pipeline/stream_processor.ts",
    find: "      this.#epoch = epochs.current;\n",
    put: "",
    caughtBy: ["4, lost frame"],
  },
  {
    name: "a task that ends before its system frames are dealt with",
    file: "pipeline/_ending.ts",
    find: "    void this.#systemIdle().then(end);\n",
    put: "    end();\n",
    caughtBy: ["3, lost system frame", "an interruption is handled once"],
  },
  {
    name: "a task whose watchdog watches on",
    file: "pipeline/_ending.ts",
    find: "    this.#watchdog?.cancel();\n",
    put: "",
    caughtBy: ["nothing left running"],
  },
];

/** Faults that show where random pipelines do not go: each is caught by one test. */
export const TEST_FAULTS: readonly TestFault[] = [
  {
    name: "an end lost in a full branch: a lane that is too long drops whatever is oldest",
    file: "processors/_inbox.ts",
    find: "if (!this.data.remove((waiting) => !waiting.frame.uninterruptible)) return undefined;",
    put: "this.data.shift();",
    test: ["pipeline/parallel_pipeline_test.ts", "no end is lost in a branch that is full"],
  },
  {
    name: "a branch that holds up the others",
    file: "pipeline/_gather.ts",
    find: "    if (full.length < this.#branches.length) return;\n",
    put: "",
    test: [
      "pipeline/parallel_pipeline_test.ts",
      "a held branch does not delay another, nor the one that pushes",
    ],
  },
  {
    name: "live input that piles up",
    file: "processors/_inbox.ts",
    find: "if (!entry.frame.live || ++this.#live <= LIVE_LIMIT) return undefined;",
    put: "return undefined;",
    test: [
      "processors/lanes_test.ts",
      "live input drops its oldest behind a slow handler, counted and warned of",
    ],
  },
  {
    name: "a handler of an end that may hang for ever",
    file: "processors/_engine.ts",
    find: "    if (route.lifecycle) this.#guard(frame, work);\n",
    put: "",
    test: [
      "pipeline/task_test.ts",
      "a processor that hangs in StartFrame before passing it on is named, and the task ends",
    ],
  },
  {
    name: "an end that waits for ever behind work that hangs",
    file: "pipeline/task.ts",
    find:
      "    if (frame instanceof EndFrame || frame instanceof StopFrame) this.#ending.watchEnd(frame);\n",
    put: "",
    test: [
      "pipeline/task_test.ts",
      "a data handler that hangs before an end is named, and the task ends",
    ],
  },
  {
    name: "an observer in the frames' path",
    file: "pipeline/_observer_hub.ts",
    find: "    burst.size = size + 1;\n",
    put: "    burst.size = size + 1;\n    this.#flush();\n",
    test: [
      "pipeline/observers_test.ts",
      "an observer is told off the frames' path: never within a push",
    ],
  },
  {
    name: "a cancel before the start that is forgotten",
    file: "pipeline/task.ts",
    find: '    if (this.#state !== "new") return;\n    checkWiring',
    put: "    checkWiring",
    test: [
      "pipeline/task_test.ts",
      "cancel before the task runs: nothing starts, and run returns",
    ],
  },
  {
    name: "a wiring that nobody checks",
    file: "pipeline/task.ts",
    find: "    checkWiring(this.#whole.parts);\n",
    put: "",
    test: ["pipeline/wiring_test.ts", "a TTS before its LLM is refused, by name"],
  },
  {
    name: "a branch that hangs while another lets the heartbeats by",
    file: "pipeline/_heartbeats.ts",
    find: "Math.min(this.#missingSince ?? Infinity, oldest?.timestamp ?? Infinity)",
    put: "this.#missingSince ?? Infinity",
    test: [
      "pipeline/heartbeats_test.ts",
      "a branch that hangs is named though another lets the heartbeats by",
    ],
  },
  {
    name: "a pipeline that is idle while a tool is at work",
    file: "pipeline/_idle_watch.ts",
    find: "if (this.#speaking || this.#open > 0) this.#lastAt = now;",
    put: "if (this.#speaking) this.#lastAt = now;",
    test: [
      "pipeline/idle_test.ts",
      "while a tool is at work a pipeline is not idle; each way for its call to end counts",
    ],
  },
  {
    name: "branches out of step",
    file: "pipeline/_sync_rounds.ts",
    find: "    this.#late.delete(branch);\n",
    put: "",
    test: [
      "pipeline/sync_parallel_pipeline_test.ts",
      "a branch that takes too long is named and not waited for, until it is done",
    ],
  },
];
