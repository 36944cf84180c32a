import { assertEquals, assertThrows } from "@std/assert";
import { expSmoothing } from "../volume.ts";
import { VADState, VADStateMachine, type VADTransition } from "./state_machine.ts";

// A letter for each state, and for each confidence.
const STATES = { q: "QUIET", a: "STARTING", S: "SPEAKING", o: "STOPPING" };
const CONFIDENCES: Record<string, number> = { "9": 0.9, "7": 0.7, "6": 0.69999, "1": 0.1 };

function letter(state: VADState): string {
  return Object.entries(STATES).find(([, name]) => name === state)?.[0] ?? "?";
}

// Name, confidence, startSecs, stopSecs, the confidence of each window of 32 ms, the state after each.
const CASES: [string, number, number, number, string, string][] = [
  ["steady speech", 0.7, 0.2, 0.2, "99999999991111111111", "aaaaaSSSSSoooooqqqqq"],
  ["a blip shorter than start", 0.7, 0.2, 0.2, "99991111", "aaaaqqqq"],
  [
    "a pause shorter than stop",
    0.7,
    0.2,
    0.2,
    "99999999111199911111111",
    "aaaaaSSSooooSSSoooooqqq",
  ],
  ["flapping", 0.7, 0.2, 0.2, "919191919191999999", "aqaqaqaqaqaqaaaaaS"],
  ["just at the threshold", 0.7, 0.2, 0.2, "7777777766666666", "aaaaaSSSoooooqqq"],
  ["steady speech", 0.7, 0.1, 0.5, "99999999991111111111", "aaSSSSSSSSoooooooooo"],
  ["a blip longer than start", 0.7, 0.1, 0.5, "99991111", "aaSSoooo"],
  ["a pause", 0.7, 0.1, 0.5, "99999999111199911111111", "aaSSSSSSooooSSSoooooooo"],
  ["flapping", 0.7, 0.1, 0.5, "919191919191999999", "aqaqaqaqaqaqaaSSSS"],
  ["just at the threshold", 0.7, 0.1, 0.5, "7777777766666666", "aaSSSSSSoooooooo"],
  ["steady speech", 0.5, 0.2, 0.2, "99999999991111111111", "aaaaaSSSSSoooooqqqqq"],
  ["above the threshold", 0.5, 0.2, 0.2, "7777777766666666", "aaaaaSSSSSSSSSSS"],
  ["steady speech, no waiting", 0.7, 0, 0, "99999999991111111111", "SSSSSSSSSSqqqqqqqqqq"],
  ["flapping, no waiting", 0.7, 0, 0, "919191919191999999", "SqSqSqSqSqSqSSSSSS"],
  ["at the threshold, no waiting", 0.7, 0, 0, "7777777766666666", "SSSSSSSSqqqqqqqq"],
  // 2.5 windows are two, and 1.5 are two.
  ["halves go to the even number", 0.7, 0.08, 0.048, "99991111", "aSSSoqqq"],
];

Deno.test("states follow confidences, window by window", () => {
  for (const [name, confidence, startSecs, stopSecs, confidences, states] of CASES) {
    const machine = new VADStateMachine({ confidence, startSecs, stopSecs, minVolume: 0 });
    const found = [...confidences].map((c) => {
      machine.step({ durationMs: 32, confidence: CONFIDENCES[c] ?? NaN, volume: 0 });
      return letter(machine.state);
    });
    assertEquals(found.join(""), states, `${name}, ${startSecs} s and ${stopSecs} s`);
  }
});

Deno.test("a voice that is not loud enough is no speech", () => {
  const raw = [...Array(5).fill(0), ...Array(12).fill(0.9), ...Array(12).fill(0.3)];
  const machine = new VADStateMachine();
  let volume = 0;
  const found = raw.map((value) => {
    volume = expSmoothing(value, { previous: volume, factor: 0.2 });
    machine.step({ durationMs: 32, confidence: 0.9, volume });
    return letter(machine.state);
  });
  assertEquals(found.join(""), "qqqqqqqqqaaaaaSSSSSoooooqqqqq");
});

function run(machine: VADStateMachine, confidences: string): string[] {
  const changes: VADTransition[] = [];
  for (const c of confidences) {
    const change = machine.step({ durationMs: 32, confidence: CONFIDENCES[c] ?? NaN, volume: 1 });
    if (change !== undefined) changes.push(change);
  }
  return changes.map(({ from, state, sinceMs, atMs }) => `${from} ${state} ${sinceMs} ${atMs}`);
}

Deno.test("a change says when it was decided and since when it was so", () => {
  const machine = new VADStateMachine({ minVolume: 0 });
  assertEquals(run(machine, "11999999911199111111"), [
    "QUIET STARTING 64 96",
    "STARTING SPEAKING 64 256",
    "SPEAKING STOPPING 288 320",
    "STOPPING SPEAKING 384 416",
    "SPEAKING STOPPING 448 480",
    "STOPPING QUIET 448 640",
  ]);
  assertEquals(machine.positionMs, 640);
});

Deno.test("a blip is taken back with the time at which it ended", () => {
  const machine = new VADStateMachine({ minVolume: 0 });
  assertEquals(run(machine, "1991"), ["QUIET STARTING 32 64", "STARTING QUIET 96 128"]);
});

Deno.test("without waiting, the states in between are skipped", () => {
  const machine = new VADStateMachine({ minVolume: 0, startSecs: 0, stopSecs: 0 });
  assertEquals(run(machine, "1911"), ["QUIET SPEAKING 32 64", "SPEAKING QUIET 64 96"]);
});

Deno.test("a change carries what the window was like", () => {
  const machine = new VADStateMachine();
  const change = machine.step({ durationMs: 32, confidence: 0.8, volume: 0.65 });
  assertEquals([change?.confidence, change?.volume], [0.8, 0.65]);
});

Deno.test("parameters change from the next window on, and what was counted stays", () => {
  const machine = new VADStateMachine({ minVolume: 0, stopSecs: 10 });
  run(machine, "999999" + "11111");
  assertEquals(machine.state, VADState.STOPPING);
  machine.setParams({ stopSecs: 0.2 });
  assertEquals(machine.params.stopSecs, 0.2);
  assertEquals(run(machine, "1"), ["STOPPING QUIET 192 384"]);
  machine.setParams({ confidence: 0.95 });
  assertEquals(run(machine, "999999"), []);
});

Deno.test("windows may change their length in between", () => {
  const machine = new VADStateMachine({ minVolume: 0 });
  machine.step({ durationMs: 32, confidence: 0.9, volume: 1 });
  machine.step({ durationMs: 10, confidence: 0.1, volume: 1 });
  assertEquals([machine.state, machine.positionMs], ["QUIET", 42]);
});

Deno.test("time passes over what could not be judged, and the state stays", () => {
  const machine = new VADStateMachine({ minVolume: 0 });
  run(machine, "999999");
  machine.skip(320);
  assertEquals([machine.state, machine.positionMs], ["SPEAKING", 512]);
  assertEquals(run(machine, "1"), ["SPEAKING STOPPING 512 544"]);
});

Deno.test("reset goes back to the start and keeps the parameters", () => {
  const machine = new VADStateMachine({ minVolume: 0, startSecs: 0.1 });
  run(machine, "99999");
  machine.reset();
  assertEquals([machine.state, machine.positionMs], ["QUIET", 0]);
  assertEquals(run(machine, "999"), ["QUIET STARTING 0 32", "STARTING SPEAKING 0 96"]);
});

Deno.test("parameters out of range are refused and change nothing", () => {
  const machine = new VADStateMachine();
  assertThrows(() => machine.setParams({ confidence: 7 }), RangeError);
  assertEquals(machine.params.confidence, 0.7);
});
