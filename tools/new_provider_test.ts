import { assert, assertEquals } from "@std/assert";
import { KINDS, type ProviderKind, writeProvider } from "./new_provider.ts";
import { ROOT } from "./tree.ts";

const FILES: Readonly<Record<ProviderKind, readonly string[]>> = {
  "tts": ["mod.ts", "testdata/tts_hello.jsonl", "tts.ts", "tts_test.ts"],
  "tts-http": ["http_tts.ts", "http_tts_test.ts", "mod.ts"],
  "stt": ["mod.ts", "stt.ts", "stt_test.ts", "testdata/stt_utterance.jsonl"],
  "stt-http": ["mod.ts", "stt.ts", "stt_test.ts"],
};

/** A folder in which what is written finds the rest of the project. */
async function project(): Promise<AsyncDisposable & { readonly root: URL }> {
  const path = await Deno.makeTempDir();
  const root = new URL(`file://${path}/`);
  await Deno.mkdir(new URL("services", root));
  for (const folder of ["", "services/"]) {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
      if (!isDirectory || name === "services" || name.startsWith(".")) continue;
      await Deno.symlink(new URL(folder + name, ROOT), new URL(folder + name, root));
    }
  }
  return {
    root,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

async function typeErrors(files: readonly URL[]): Promise<string> {
  const config = new URL("deno.json", ROOT).pathname;
  const args = ["check", "--quiet", "--config", config, ...files.map(({ pathname }) => pathname)];
  const { stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  return new TextDecoder().decode(stderr);
}

/** Checks that files lack nothing but what is to be filled in. */
async function checkFilledIn(files: readonly URL[]): Promise<void> {
  assert((await typeErrors(files)).includes("FILL_IN"));
  for (const file of files) {
    const text = await Deno.readTextFile(file);
    assert(!/acme/i.test(text), `${file} names another provider`);
    await Deno.writeTextFile(file, `declare const FILL_IN: never;\n${text}`);
  }
  assertEquals(await typeErrors(files), "");
}

Deno.test("a provider type-checks once it is filled in, and not before", async () => {
  await using place = await project();
  const code: URL[] = [];
  for (const kind of Object.keys(KINDS) as ProviderKind[]) {
    const name = `Zeta${kind.replaceAll("-", "")}`;
    const written = await writeProvider(name, kind, { root: place.root });
    const folder = `services/${name.toLowerCase()}/`;
    assertEquals([...written].sort(), FILES[kind].map((file) => `${folder}${file}`));
    const files = written.filter((path) => path.endsWith(".ts"));
    code.push(...files.map((path) => new URL(path, place.root)));
  }
  await checkFilledIn(code);
});

Deno.test("a provider gets another service beside the one it has", async () => {
  await using place = await project();
  await writeProvider("Zeta", "tts", place);
  const written = await writeProvider("Zeta", "stt", place);
  assertEquals(written.includes("services/zeta/mod.ts"), true);
  const text = await Deno.readTextFile(new URL("services/zeta/mod.ts", place.root));
  assertEquals(text.match(/from "\.\/\w+\.ts"/g), ['from "./stt.ts"', 'from "./tts.ts"']);
  assertEquals(await writeProvider("Zeta", "stt", place), []);
});

Deno.test("two services of a provider that do the same have the same settings", async () => {
  await using place = await project();
  const written = new Set<string>();
  const orders = { Zeta: ["tts", "tts-http"], Eta: ["tts-http", "tts"] } as const;
  for (const [name, kinds] of Object.entries(orders)) {
    for (const kind of kinds) {
      for (const path of await writeProvider(name, kind, place)) written.add(path);
    }
    const room = new URL(`services/${name.toLowerCase()}/mod.ts`, place.root);
    const text = await Deno.readTextFile(room);
    assertEquals(text.match(/\b\w+TTSSettings\b/g), [`${name}TTSSettings`]);
    const from = text.match(/from "\.\/\w+\.ts"/g);
    assertEquals(from, ['from "./http_tts.ts"', 'from "./tts.ts"']);
  }
  const code = [...written].filter((path) => path.endsWith(".ts"));
  await checkFilledIn(code.map((path) => new URL(path, place.root)));
});
