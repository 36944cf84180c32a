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
 * Copies sources and all that they import to a temporary folder and makes
 * changes there, so that the sources themselves need no switches for faults.
 *
 * @throws {Error} If what is to be changed does not stand there exactly once.
 */
export async function copyOf(
  entries: string | readonly string[],
  changes: readonly Change[],
): Promise<Copy> {
  const folder = await Deno.makeTempDir({ prefix: "planted_" });
  const root = new URL(`file://${folder}/`);
  for (const [file, text] of await closureOf([entries].flat())) {
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

/** The texts of sources and of everything that they import by path. */
async function closureOf(entries: readonly string[]): Promise<Map<string, string>> {
  const texts: Map<string, string> = new Map();
  const open = [...entries];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (texts.has(file)) continue;
    const url = new URL(file, ROOT);
    const text = await textOf(url);
    texts.set(file, text);
    for (const [, specifier] of text.matchAll(/(?:from|import) "(\.[^"]+)"/g)) {
      open.push(new URL(specifier ?? "", url).href.slice(ROOT.href.length));
    }
  }
  return texts;
}

/** Sources as they were first read: every copy is of the same. */
const sources: Map<string, Promise<string>> = new Map();

function textOf(url: URL): Promise<string> {
  const text = sources.get(url.href) ?? Deno.readTextFile(url);
  sources.set(url.href, text);
  return text;
}

/** A file with tests, and the name of one of them. */
export type NamedTest = readonly [file: string, name: string];

/** Runs tests of a copy in a process of their own; gives the names of those that fail. */
export async function failing(copy: Copy, tests: readonly NamedTest[]): Promise<string[]> {
  const names = tests.map(([, name]) =>
    name.replaceAll(/[^\w\s,:']/g, "\\$&").replaceAll("/", "\\/")
  );
  const files = new Set(tests.map(([file]) => new URL(file, copy.root).pathname));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--allow-all", "--no-check", `--config=${new URL("deno.json", ROOT).pathname}`],
      ...[`--filter=/^(${names.join("|")})$/`, ...files],
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const ended = (name: string, how: string) => output.includes(`\n${name} ... ${how} (`);
  return tests.flatMap(([, name]) => {
    if (ended(name, "ok")) return [];
    if (ended(name, "FAILED")) return [name];
    throw new Error(`Cannot run "${name}": ${output}`);
  });
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
