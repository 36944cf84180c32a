import { exportsOf } from "./gen_exports.ts";
import { type Import, importsOf, resolve } from "./imports.ts";
import { isSource, isTest } from "./lint/rooms.ts";
import type { ProjectFile } from "./tree.ts";

/** A place that breaks a rule. */
export interface Finding {
  path: string;
  message: string;
}

/** What `deno.json` says, as far as the rules read it. */
export interface Config {
  exports: Record<string, string>;
  imports: Record<string, string>;
  publish?: { exclude?: string[] };
}

/** A file with its imports, read once for all rules. */
export interface Module extends ProjectFile {
  imports: Import[];
}

/**
 * The rooms from the ground up: a file imports from its own room and from those on lower floors.
 *
 * Rooms on one floor are strangers.
 */
const FLOORS: string[][] = [
  ["frames", "async"],
  ["audio", "text", "context"],
  ["processors"],
  ["observers"],
  ["pipeline", "serializers"],
  ["turns"],
  ["services/wire"],
  ["services/<kind>"],
  ["services/<provider>", "transports"],
  ["rtvi", "flows", "extensions"],
  ["runner"],
  ["testing"],
  ["cli"],
];

const KINDS = new Set(["stt", "tts", "llm", "realtime", "image", "vision"]);

/** What a provider may import beside its own folder. */
const FOR_PROVIDERS = new Set([
  "frames",
  "async",
  "audio",
  "text",
  "context",
  "services/wire",
  "services/<kind>",
]);

/** Folders whose name says nothing. */
const NAMELESS = new Set(["utils", "util", "helpers", "helper", "common", "misc"]);

const MAX_LINES = 400;
/** A test file stands beside one source file and says all there is to say of it. */
const MAX_TEST_LINES = 800;
const MAX_ROOT_NAMES = 40;

/** Reads the imports of every TypeScript file once. */
export function readModules(files: ProjectFile[]): Module[] {
  return files.filter(({ path }) => /\.tsx?$/.test(path))
    .map((file) => ({ ...file, imports: importsOf(file) }));
}

/** Rule 1: a file has at most 400 lines, a test 800; generated files (`.gen.ts`) and tables (`_table.ts`) are free. */
export function findLongFiles(files: ProjectFile[]): Finding[] {
  return files.filter(({ path }) => /\.tsx?$/.test(path) && !/(\.gen|_table)\.ts$/.test(path))
    .map(({ path, text }) => ({
      path,
      lines: text.trimEnd().split("\n").length,
      most: path.endsWith("_test.ts") ? MAX_TEST_LINES : MAX_LINES,
    }))
    .filter(({ lines, most }) => lines > most)
    .map(({ path, lines, most }) => ({
      path,
      message: `has ${lines} lines; ${most} is the limit`,
    }));
}

/** Rule 3: folders import only downward, and strangers not at all, nor by the package's own name. */
export function findUpwardImports(modules: Module[]): Finding[] {
  return eachImport(modules, (path, to) => {
    if (to.startsWith("@parley/sdk")) return `imports "${to}" as its users do: write the path`;
    const [from, target] = [roomOf(path), roomOf(to)];
    if (!isSource(to)) return `imports "${to}", which is not part of the package`;
    if (from.folder === target.folder || path === "mod.ts") return undefined;
    if (to === "deno.json" || path.includes("/testdata/")) return undefined;
    if (from.floor < 0 || target.floor < 0) return `imports "${to}": one has no floor in the plan`;
    if (target.floor < from.floor) return undefined;
    const how = target.floor === from.floor ? "a stranger" : "upward";
    return `imports "${to}", which is ${how} to ${from.folder}`;
  });
}

/** Rule 4: a provider imports its kind, the wire, what carries data, and its own folder. */
export function findProviderImports(modules: Module[]): Finding[] {
  return eachImport(modules, (path, to) => {
    const [from, target] = [roomOf(path), roomOf(to)];
    if (from.room !== "services/<provider>" || from.folder === target.folder) return undefined;
    if (target.room === from.room) return `imports another provider: "${to}"`;
    return FOR_PROVIDERS.has(target.room) ? undefined : `is a provider and imports "${to}"`;
  });
}

/** Rules 5 and 10: folders have names that say something, and files are snake_case. */
export function findBadNames(files: ProjectFile[]): Finding[] {
  return files.flatMap(({ path }) => {
    const folders = path.split("/");
    const file = folders.pop() ?? "";
    const nameless = folders.find((folder) => NAMELESS.has(folder));
    if (nameless) return [{ path, message: `stands in a folder called "${nameless}"` }];
    if (/\.tsx?$/.test(file) && !/^_?[a-z0-9]+(_[a-z0-9]+)*(\.gen|\.d)?\.tsx?$/.test(file)) {
      return [{ path, message: "is not named in snake_case" }];
    }
    return [];
  });
}

/** Rule 6: the root `mod.ts` holds at most 40 names, and no provider. */
export function findRootExcess(modules: Module[]): Finding[] {
  const root = modules.find(({ path }) => path === "mod.ts");
  if (!root) return [];
  const names = root.imports.flatMap(({ exported }) => exported);
  const findings = root.imports.map(({ specifier }) => resolve("mod.ts", specifier) ?? specifier)
    .filter((to) => roomOf(to).room === "services/<provider>")
    .map((to) => ({ path: "mod.ts", message: `re-exports a provider: "${to}"` }));
  if (names.length > MAX_ROOT_NAMES) {
    const message = `re-exports ${names.length} names; ${MAX_ROOT_NAMES} is the limit`;
    findings.push({ path: "mod.ts", message });
  }
  return findings;
}

/** Rule 7: the exports are those that the folders ask for. */
export function findStaleExports(files: ProjectFile[], { exports }: Config): Finding[] {
  const wanted = exportsOf(files);
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(exports)])];
  return keys.filter((key) => wanted[key] !== exports[key]).map((key) => ({
    path: "deno.json",
    message: `exports "${key}" as "${exports[key]}", not "${wanted[key]}": run "deno task gen"`,
  }));
}

/** Rule 8: importing the root loads no npm package but zod, not even by an `import()` that never runs. */
export function findHeavyRoot(modules: Module[], { imports }: Config): Finding[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const seen = new Set(["mod.ts"]);
  const findings: Finding[] = [];
  for (const path of seen) {
    for (const { specifier, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (typeOnly) continue;
      const local = resolve(path, specifier);
      if (local !== undefined) seen.add(local);
      else if (isHeavy(specifier, imports)) {
        findings.push({ path, message: `loads "${specifier}" with the root module` });
      }
    }
  }
  return findings;
}

/** Rule 40: what is stable does not import what is not, and what leaves says when and for what. */
export function findUnstable(modules: Module[]): Finding[] {
  const unstable = (path: string) => /(^|\/)unstable_[^/]*$/.test(path);
  const imported = eachImport(
    modules,
    (path, to) => unstable(to) && !unstable(path) ? `is stable and imports "${to}"` : undefined,
  );
  const wrong =
    /@deprecated (?!This will be removed in \d+\.0\.0\. Use \{@linkcode [^}]+\} instead\.)/;
  const deprecated = modules.filter(({ path, text }) => isSource(path) && wrong.test(text))
    .map(({ path }) => ({ path, message: "deprecates something in words of its own" }));
  return [...imported, ...deprecated];
}

/** Rule 43: every provider's service has a test that runs the contract suite of its kind. */
export function findMissingSuites(files: ProjectFile[]): Finding[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return files.flatMap(({ path }) => {
    const [, kind] = /^services\/[^/]+\/(stt|tts|llm|realtime|image|vision)\.ts$/.exec(path) ?? [];
    if (!kind || roomOf(path).room !== "services/<provider>") return [];
    const test = texts.get(path.replace(/\.ts$/, "_test.ts"));
    const suite = new RegExp(`\\btest${kind}\\w*\\(`, "i");
    if (test && suite.test(test)) return [];
    return [{ path, message: `runs no contract suite of its kind (${kind}) in its _test.ts` }];
  });
}

/** Rule 44: a transcript says in its first line where it is from. */
export function findUnsourcedTranscripts(files: ProjectFile[]): Finding[] {
  return files.filter(({ path }) => /^services\/.*\/testdata\/.*\.jsonl$/.test(path))
    .filter(({ text }) => !/^\{"source": ?"(recorded \d{4}-\d\d-\d\d|from docs \S+)"/.test(text))
    .map(({ path }) => ({ path, message: 'does not begin with {"source": …}' }));
}

/** Rule 51: what only the repository needs stays out of the package. */
export function findPublished({ publish }: Config): Finding[] {
  const owed = ["**/*_test.ts", "**/testdata", "tests", "tools", "examples", "bench"];
  return owed.filter((pattern) => !publish?.exclude?.includes(pattern))
    .map((pattern) => ({ path: "deno.json", message: `does not exclude "${pattern}" in publish` }));
}

/** Applies a rule to every import of one source file from another, by path or by the package's name. */
function eachImport(
  modules: Module[],
  rule: (path: string, to: string) => string | undefined,
): Finding[] {
  return modules.filter(({ path }) => isSource(path) && !isTest(path))
    .flatMap(({ path, imports }) =>
      imports.flatMap(({ specifier }) => {
        const own = specifier.startsWith("@parley/sdk") ? specifier : undefined;
        const to = resolve(path, specifier) ?? own;
        const message = to === undefined ? undefined : rule(path, to);
        return message === undefined ? [] : [{ path, message }];
      })
    );
}

/** The room of a file in the plan, the folder that is its own, and its floor; below zero where it has none. */
function roomOf(path: string): { room: string; folder: string; floor: number } {
  const [first = "", second = ""] = path.split("/");
  let room = path.includes("/") ? first : "";
  let folder = room;
  if (room === "services") {
    folder = `services/${second}`;
    room = second === "wire"
      ? folder
      : KINDS.has(second)
      ? "services/<kind>"
      : "services/<provider>";
  }
  return { room, folder, floor: FLOORS.findIndex((floor) => floor.includes(room)) };
}

/** Whether a bare specifier is an npm package that the root may not load. */
function isHeavy(specifier: string, map: Record<string, string>): boolean {
  const name = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const target = map[specifier] ?? map[name] ?? specifier;
  return target.startsWith("npm:") && name !== "zod";
}
