/**
 * Runs every check of the project, one after another, and stops at the first that fails.
 *
 * @module
 */

import { ROOT } from "./tree.ts";

/** One check: what a reader sees, and the command behind it. */
interface Step {
  name: string;
  command: string[];
  /** What mends it, where that is not plain from its output. */
  mend?: string;
}

const STEPS: Step[] = [
  { name: "format", command: ["deno", "fmt", "--check"], mend: "deno fmt" },
  { name: "lint", command: ["deno", "lint"] },
  {
    name: "types",
    command: ["deno", "check", "--frozen"],
    mend: 'where deno.lock is out of date: "deno install --frozen=false"',
  },
  {
    name: "types of the playground's page",
    command: [
      "deno",
      "check",
      "--no-lock",
      "--config=runner/playground/src/deno.json",
      "runner/playground/src/app.ts",
    ],
  },
  {
    name: "generated files",
    command: ["deno", "run", "-A", "tools/gen_exports.ts", "--check"],
    mend: "deno task gen",
  },
  { name: "docs of exports", command: ["deno", "doc", "--lint", ...await entryPoints()] },
  {
    name: "publish (dry run)",
    command: ["deno", "publish", "--dry-run", "--allow-dirty", "--no-check"],
  },
  { name: "tests", command: ["deno", "task", "test"] },
];

for (const [index, step] of STEPS.entries()) {
  // The tests print their own progress, and their summary is the last thing a reader sees.
  const last = index === STEPS.length - 1;
  console.log(`%c[${index + 1}/${STEPS.length}] ${step.name}`, "font-weight: bold");
  const started = performance.now();
  const passed = await run(step, last);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (!passed) {
    console.error(`\n${step.name} failed after ${seconds} s. To see it alone: ${shown(step)}`);
    if (step.mend) console.error(`To mend it: ${step.mend}`);
    Deno.exit(1);
  }
  if (!last) console.log(`      passed in ${seconds} s`);
}

/** Runs a step; one that passes is silent unless its output is wanted. */
async function run({ command: [program = "deno", ...args] }: Step, loud: boolean) {
  const executable = program === "deno" ? Deno.execPath() : program;
  const output = loud ? "inherit" : "piped";
  const child = new Deno.Command(executable, { args, cwd: ROOT, stdout: output, stderr: output });
  if (loud) return (await child.spawn().status).success;
  const { success, stdout, stderr } = await child.output();
  if (!success) {
    await Deno.stdout.write(stdout);
    await Deno.stderr.write(stderr);
  }
  return success;
}

/** A step's command as one would type it, without a long list of files. */
function shown({ command }: Step): string {
  return command.length > 8 ? `${command.slice(0, 3).join(" ")} …` : command.join(" ");
}

/** The files behind the package's exports. */
async function entryPoints(): Promise<string[]> {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  return Object.values<string>(config.exports);
}
