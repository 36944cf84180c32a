/**
 * Writes what a new provider begins with.
 *
 * ```sh
 * deno task new provider Rime tts
 * ```
 *
 * The files stand in `services/<name>/`, made of the templates in `tools/new/<kind>/`. Every place
 * that the provider's own documentation has to fill says `FILL_IN`, which does not type-check: what
 * is forgotten is found.
 *
 * @module
 */
import { ROOT } from "./tree.ts";

/** The kinds of providers, and what each is for. */
export const KINDS = {
  "tts": "text to speech over a WebSocket",
  "tts-http": "text to speech by a request for each sentence",
  "stt": "speech to text over a WebSocket",
  "stt-http": "speech to text by a request for each segment of speech",
} as const;

/** A kind of provider. */
export type ProviderKind = keyof typeof KINDS;

const USAGE = `Usage: deno task new provider NAME KIND

  NAME   the provider as it writes itself, such as ElevenLabs
  KIND   ${
  Object.entries(KINDS).map(([kind, what]) => `${kind.padEnd(9)} ${what}`).join("\n         ")
}`;

/** Writes the files of a provider, and gives their paths; what is there already is kept. */
export async function writeProvider(
  name: string,
  kind: ProviderKind,
  options: { readonly root?: URL } = {},
): Promise<string[]> {
  const { root = ROOT } = options;
  const folder = `services/${name.toLowerCase()}/`;
  const written: string[] = [];
  const before = await read(new URL(`${folder}mod.ts`, root));
  for (const template of await templatesOf(new URL(`tools/new/${kind}/`, ROOT))) {
    const text = template.text.replaceAll("Acme", name).replaceAll("acme", name.toLowerCase())
      .replaceAll("ACME", name.toUpperCase());
    const path = `${folder}${template.path}`;
    const file = new URL(path, root);
    if (path.endsWith("/mod.ts")) {
      if (await writeRoom(file, text, before)) written.push(path);
    } else if (await write(file, withSettingsOf(before ?? "", text))) written.push(path);
  }
  await format(written.map((path) => new URL(path, root)));
  return written;
}

interface Template {
  readonly path: string;
  readonly text: string;
}

async function templatesOf(folder: URL, path = ""): Promise<Template[]> {
  const templates: Template[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(path, folder))) {
    if (isDirectory) templates.push(...await templatesOf(folder, `${path}${name}/`));
    else {
      const text = await Deno.readTextFile(new URL(path + name, folder));
      templates.push({ path: path + name.replace(/\.txt$/, ""), text });
    }
  }
  return templates;
}

async function read(file: URL): Promise<string | undefined> {
  return await Deno.readTextFile(file).catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
}

/** Writes a file, unless it is there. */
async function write(file: URL, text: string): Promise<boolean> {
  if (await read(file) !== undefined) return false;
  await Deno.mkdir(new URL(".", file), { recursive: true });
  await Deno.writeTextFile(file, text);
  return true;
}

/** Writes a `mod.ts`; one that is there gets the exports that it has not, in order. */
async function writeRoom(
  file: URL,
  text: string,
  before: string | undefined,
): Promise<boolean> {
  if (before === undefined) return await write(file, text);
  const [from = ""] = text.match(/from "\.\/\w+\.ts"/) ?? [];
  if (before.includes(from)) return false;
  const known = new Set(before.match(/\w+/g));
  const [added = ""] = exportsOf(text);
  const names = added.match(/(?:type )?\w+(?=,|\s*\})/g) ?? [];
  const unknown = names.filter((name) => !known.has(name.replace("type ", "")));
  const all = [...exportsOf(before), `export { ${unknown.join(", ")} } ${from};\n`];
  all.sort((a, b) => pathOf(a) < pathOf(b) ? -1 : 1);
  const at = before.search(EXPORT);
  await Deno.writeTextFile(file, before.slice(0, at) + all.join(""));
  return true;
}

const EXPORT = /^export [^;]*;\n/m;

function exportsOf(text: string): string[] {
  return text.match(new RegExp(EXPORT, "gm")) ?? [];
}

function pathOf(statement: string): string {
  return statement.match(/from "(.*)"/)?.[1] ?? "";
}

/** A service that has the settings of another of its provider's, if there are such. */
function withSettingsOf(room: string, text: string): string {
  const declared = /\/\*\* Settings [^\n]*\nexport interface (\w+) extends (\w+) \{[^}]*\}\n\n/;
  const [block = "", name = "", parent = ""] = text.match(declared) ?? [];
  const origin = exportsOf(room).find((statement) => statement.match(/\w+/g)?.includes(name));
  if (name === "" || !origin) return text;
  const last = text.lastIndexOf('.ts";\n') + '.ts";\n'.length;
  const imported = `import type { ${name} } from "${pathOf(origin)}";\n`;
  return (text.slice(0, last) + imported + text.slice(last)).replace(block, "")
    .replace(new RegExp(`^ *type ${parent},\n`, "m"), "");
}

/** Long names break lines elsewhere than the templates do. */
async function format(files: readonly URL[]): Promise<void> {
  const code = files.map(({ pathname }) => pathname).filter((path) => path.endsWith(".ts"));
  if (code.length === 0) return;
  const config = new URL("deno.json", ROOT).pathname;
  const args = ["fmt", "--quiet", "--config", config, ...code];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(`Cannot format: ${new TextDecoder().decode(stderr)}`);
}

if (import.meta.main) {
  const [what, name = "", kind = ""] = Deno.args;
  if (what !== "provider" || !/^[A-Z][A-Za-z0-9]*$/.test(name) || !isKind(kind)) {
    console.error(USAGE);
    Deno.exit(2);
  }
  const written = await writeProvider(name, kind);
  if (written.length === 0) {
    console.error(`Cannot write ${name} for "${kind}": its files are there already`);
    Deno.exit(1);
  }
  console.log(written.map((path) => `wrote ${path}`).join("\n"));
  console.log(`
Now, with the provider's own documentation open (CONTRIBUTING.md, "Adding a provider"):
  1. Fill in each FILL_IN: the protocol, and in its test the other side of it.
  2. Say above the protocol where the wire format came from, and when it was read.
  3. deno task gen && deno test -A services/${name.toLowerCase()}/
  4. deno task wire:compare with a recording, if there is one.
  5. deno task ok`);
}

function isKind(kind: string): kind is ProviderKind {
  return kind in KINDS;
}
