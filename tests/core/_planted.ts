import type { Outcome } from "./_case.ts";

const ROOT = new URL("../../", import.meta.url);

/** A change to one source. */
export interface Change {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** A copy of sources in a folder of its own, with changes. */
export interface Copy extends AsyncDisposable {
  readonly root: URL;
}

/**
 * Copies a source and all that it imports to a temporary folder and makes
 * changes there, so that the sources themselves need no switches for faults.
 *
 * @throws {Error} If what is to be changed does not stand there exactly once.
 */
export async function copyOf(entry: string, changes: readonly Change[]): Promise<Copy> {
  const folder = await Deno.makeTempDir({ prefix: "planted_" });
  const root = new URL(`file://${folder}/`);
  for (const [file, text] of await closureOf(entry)) {
    const changed = changes.filter((change) => change.file === file).reduce(apply, text);
    const to = new URL(file, root);
    await Deno.mkdir(new URL(".", to), { recursive: true });
    await Deno.writeTextFile(to, changed);
  }
  return {
    root,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function apply(text: string, { file, find, put }: Change): string {
  const parts = text.split(find);
  if (parts.length === 2) return parts.join(put);
  throw new Error(`Cannot plant a fault: "${file}" has ${parts.length - 1} times ${find.trim()}`);
}

/** The texts of a source and of everything that it imports by path. */
async function closureOf(entry: string): Promise<Map<string, string>> {
  const texts: Map<string, string> = new Map();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (texts.has(file)) continue;
    const url = new URL(file, ROOT);
    const text = await Deno.readTextFile(url);
    texts.set(file, text);
    for (const [, specifier] of text.matchAll(/(?:from|import) "(\.[^"]+)"/g)) {
      open.push(new URL(specifier ?? "", url).href.slice(ROOT.href.length));
    }
  }
  return texts;
}

/** Runs one test of a copy in a process of its own; says whether it passes. */
export async function passes(
  copy: Copy,
  [file, name]: readonly [string, string],
): Promise<boolean> {
  const filter = `/^${name.replaceAll(/[^\w\s,:']/g, "\\$&").replaceAll("/", "\\/")}$/`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--allow-all", "--no-check", `--config=${new URL("deno.json", ROOT).pathname}`],
      ...[`--filter=${filter}`, new URL(file, copy.root).pathname],
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  if (!/ok \| 1 passed|FAILED \| 0 passed .*\| 1 failed/.test(output)) {
    throw new Error(`Cannot run "${name}": ${output}`);
  }
  return success;
}

/** How {@linkcode runOn} runs cases. */
export interface RunOptions {
  readonly cases: number;
  /** The names of what a case may break, with which it is enough. */
  readonly until: readonly string[];
  /** The source that runs a case. @default {"tests/core/_case.ts"} */
  readonly entry?: string;
}

/** Runs the cases of a property test on a copy until one breaks an invariant that is asked for. */
export async function runOn(
  copy: Copy,
  options: RunOptions,
): Promise<{ seed: number; invariant: string } | undefined> {
  const { entry = "tests/core/_case.ts" } = options;
  const module = await import(new URL(entry, copy.root).href);
  const runCase: (seed: number) => Promise<Pick<Outcome, "violations">> = module.runCase;
  for (let seed = 1; seed <= options.cases; seed++) {
    const { violations } = await runCase(seed);
    const invariant = options.until.find((name) =>
      violations.some((violation) => violation.startsWith(`${name}:`))
    );
    if (invariant) return { seed, invariant };
  }
  return undefined;
}
