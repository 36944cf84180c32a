import { assertEquals, assertRejects } from "@std/assert";
import { EndFrame } from "../frames/mod.ts";
import { Logbook, Note, Probe, Step } from "../tests/core/_kit.ts";
import { Pipeline, PipelineRunner, PipelineTask } from "./mod.ts";

const QUIET = { handleSigint: false, handleSigterm: false };

function taskOf(...steps: Step[]): PipelineTask {
  return new PipelineTask(new Pipeline(steps), { log: new Logbook() });
}

Deno.test("a runner runs a task to its end, and several at a time", async () => {
  const runner = new PipelineRunner(QUIET);
  const probes = [new Probe(), new Probe()];
  const tasks = probes.map((probe) => taskOf(probe));
  for (const task of tasks) task.queueFrames([new Note("a"), new EndFrame()]);
  await Promise.all(tasks.map((task) => runner.run(task)));
  for (const probe of probes) assertEquals(probe.take(), ["Start", "a", "End"]);
});

Deno.test("a runner drains all its tasks, or cancels them", async () => {
  for (const [how, last] of [["stopWhenDone", "End"], ["cancel", "Cancel"]] as const) {
    const runner = new PipelineRunner(QUIET);
    const probes = [new Probe(), new Probe()];
    const runs = probes.map((probe) => runner.run(taskOf(probe)));
    await runner[how]();
    await Promise.all(runs);
    for (const probe of probes) assertEquals(probe.take(), ["Start", last]);
  }
});

Deno.test("a runner says when it is ready, once for all tasks at a time, and has a name", async () => {
  const runner = new PipelineRunner({ ...QUIET, name: "calls" });
  let ready = 0;
  runner.on("ready", () => void ready++);
  const tasks = [taskOf(new Step()), taskOf(new Step())];
  for (const task of tasks) void task.queueFrame(new EndFrame());
  await Promise.all(tasks.map((task) => runner.run(task)));
  assertEquals([ready, runner.name], [1, "calls"]);
  assertEquals(/^PipelineRunner#\d+$/.test(new PipelineRunner(QUIET).name), true);
});

Deno.test("a runner lets go of a task that cannot start", async () => {
  class Output extends Step {
    override get role(): "output" {
      return "output";
    }
  }
  const runner = new PipelineRunner();
  const task = taskOf(new Output("a"), new Output("b"));
  const errors: unknown[] = [];
  runner.on("error", (error, of) => void errors.push(error instanceof TypeError, of === task));
  await assertRejects(() => runner.run(task), TypeError, "stand in a row");
  assertEquals(errors, [true, true]);
  await runner.cancel();
  await task.cancel();
});

/**
 * Runs a task in a process of its own, and sends it signals: one when it is
 * ready, and one each time that it drains or is over. Without a signal left it
 * is let go on.
 */
async function signalled(
  signals: Deno.Signal[],
  ...args: string[]
): Promise<{ said: string[]; end: unknown }> {
  const program = new URL("../tests/core/_signalled.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", program.href, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const said: string[] = [];
  let held = true;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    for (const line of chunk.split("\n").filter(Boolean)) {
      said.push(line);
      if (line !== "ready" && line !== "draining" && line !== "over") continue;
      const signal = signals.shift();
      if (signal) child.kill(signal);
      else if (held) await child.stdin.close();
      if (!signal) held = false;
    }
  }
  if (held) await child.stdin.close();
  const { code, signal } = await child.status;
  return { said, end: signal ?? code };
}

const ignore = Deno.build.os === "windows";

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`the first ${signal} drains the task, and a second ends it`, { ignore }, async () => {
    const [drained, ended] = await Promise.all([
      signalled([signal]),
      signalled([signal, signal]),
    ]);
    assertEquals(drained, { said: ["ready", "draining", "drained", "EndFrame", "over"], end: 0 });
    assertEquals(ended, { said: ["ready", "draining", "CancelFrame", "over"], end: 0 });
  });
}

Deno.test("once its task is over, a runner leaves signals alone", { ignore }, async () => {
  const { said, end } = await signalled(["SIGINT", "SIGINT", "SIGTERM"], "linger");
  assertEquals([said.at(-1), end], ["over", "SIGTERM"]);
});
