import { assertEquals } from "@std/assert";
import {
  type Config,
  findBadNames,
  findHeavyRoot,
  type Finding,
  findLongFiles,
  findMissingSuites,
  findProviderImports,
  findPublished,
  findRootExcess,
  findStaleExports,
  findUnsourcedTranscripts,
  findUnstable,
  findUpwardImports,
  readModules,
} from "../tools/architecture.ts";
import { type ProjectFile, readTree, ROOT } from "../tools/tree.ts";

/** What a rule is given: the files, and the configuration. */
interface Project {
  files: ProjectFile[];
  config: Config;
}

/** A rule, what it finds in a project, and small projects that break it, each with the files it must name. */
interface Rule {
  name: string;
  find: (project: Project) => Finding[];
  broken: { files?: Record<string, string>; config?: Partial<Config>; at: string[] }[];
}

const DOC = "/**\n * A room.\n *\n * @module\n */\n";
const SOUND_CONFIG: Config = {
  exports: {},
  imports: { zod: "npm:zod@4", openai: "npm:openai@7", "@std/assert": "jsr:@std/assert@^1" },
};

const RULES: Rule[] = [
  {
    name: "a file has at most 400 lines",
    find: ({ files }) => findLongFiles(files),
    broken: [{ files: { "audio/long.ts": "f();\n".repeat(401) }, at: ["audio/long.ts"] }],
  },
  {
    name: "folders import only downward, and no strangers",
    find: ({ files }) => findUpwardImports(readModules(files)),
    broken: [
      { files: { "audio/a.ts": 'import "../pipeline/b.ts";' }, at: ["audio/a.ts"] },
      { files: { "frames/a.ts": 'import "../async/b.ts";' }, at: ["frames/a.ts"] },
      { files: { "audio/a.ts": 'export { t } from "../text/t.ts";' }, at: ["audio/a.ts"] },
      { files: { "audio/a.ts": 'import type { T } from "../turns/t.ts";' }, at: ["audio/a.ts"] },
      { files: { "audio/a.ts": 'const t = await import("../turns/t.ts");' }, at: ["audio/a.ts"] },
      { files: { "transports/a.ts": 'import "../services/x/b.ts";' }, at: ["transports/a.ts"] },
      { files: { "services/stt/a.ts": 'import "../tts/b.ts";' }, at: ["services/stt/a.ts"] },
      { files: { "frames/a.ts": 'import "../mod.ts";' }, at: ["frames/a.ts"] },
      { files: { "cli/a.ts": 'import "@parley/sdk/audio";' }, at: ["cli/a.ts"] },
      { files: { "cli/a.ts": 'import "../tools/b.ts";' }, at: ["cli/a.ts"] },
      { files: { "cli/a.ts": 'import "../audio/b_test.ts";' }, at: ["cli/a.ts"] },
      { files: { "novelties/a.ts": 'import "../audio/b.ts";' }, at: ["novelties/a.ts"] },
    ],
  },
  {
    name: "a provider imports neither another provider nor the pipeline around it",
    find: ({ files }) => findProviderImports(readModules(files)),
    broken: [
      { files: { "services/a/tts.ts": 'import "../b/tts.ts";' }, at: ["services/a/tts.ts"] },
      { files: { "services/a/x.ts": 'import "../../turns/b.ts";' }, at: ["services/a/x.ts"] },
    ],
  },
  {
    name: "folders have names that say something, and files are snake_case",
    find: ({ files }) => findBadNames(files),
    broken: [
      { files: { "audio/utils/a.ts": "" }, at: ["audio/utils/a.ts"] },
      { files: { "audio/wavWriter.ts": "" }, at: ["audio/wavWriter.ts"] },
      { files: { "audio/wav-writer.ts": "" }, at: ["audio/wav-writer.ts"] },
    ],
  },
  {
    name: "the root mod.ts has at most 40 names and no provider",
    find: ({ files }) => findRootExcess(readModules(files)),
    broken: [
      {
        files: {
          "mod.ts": `export { ${Array.from({ length: 41 }, (_, i) => `a${i}`)} } from "./a.ts";`,
        },
        at: ["mod.ts"],
      },
      { files: { "mod.ts": 'export { A } from "./services/openai/llm.ts";' }, at: ["mod.ts"] },
    ],
  },
  {
    name: "the exports in deno.json are those the folders ask for",
    find: ({ files, config }) => findStaleExports(files, config),
    broken: [
      { files: { "text/mod.ts": DOC }, at: ["deno.json"] },
      { config: { exports: { "./gone": "./gone/mod.ts" } }, at: ["deno.json"] },
    ],
  },
  {
    name: "the root module loads no npm package but zod",
    find: ({ files, config }) => findHeavyRoot(readModules(files), config),
    broken: [
      {
        files: { "mod.ts": 'export { a } from "./a.ts";', "a.ts": 'import OpenAI from "openai";' },
        at: ["a.ts"],
      },
      { files: { "mod.ts": 'export const a = () => import("openai/x");' }, at: ["mod.ts"] },
      { files: { "mod.ts": 'import { type A } from "openai";' }, at: ["mod.ts"] },
      { files: { "mod.ts": 'export { a } from "npm:left-pad@1";' }, at: ["mod.ts"] },
    ],
  },
  {
    name: "what is stable imports nothing unstable, and deprecations say when and for what",
    find: ({ files }) => findUnstable(readModules(files)),
    broken: [
      { files: { "audio/a.ts": 'import "./unstable_b.ts";' }, at: ["audio/a.ts"] },
      { files: { "audio/a.ts": "/** @deprecated Use b. */" }, at: ["audio/a.ts"] },
    ],
  },
  {
    name: "every provider's service runs the contract suite of its kind",
    find: ({ files }) => findMissingSuites(files),
    broken: [
      { files: { "services/acme/tts.ts": "" }, at: ["services/acme/tts.ts"] },
      {
        files: { "services/acme/stt.ts": "", "services/acme/stt_test.ts": "testTTS({});" },
        at: ["services/acme/stt.ts"],
      },
    ],
  },
  {
    name: "a transcript says where it is from",
    find: ({ files }) => findUnsourcedTranscripts(files),
    broken: [{
      files: { "services/acme/testdata/hello.jsonl": '{"client": "hello"}' },
      at: ["services/acme/testdata/hello.jsonl"],
    }],
  },
  {
    name: "tests, tools, examples and benches stay out of the package",
    find: ({ config }) => findPublished(config),
    broken: [{ config: { publish: { exclude: [] } }, at: Array(6).fill("deno.json") }],
  },
];

/** A project in which no rule finds anything, though each of its files comes near breaking one. */
const SOUND: Record<string, string> = {
  "audio/full.ts": "f();\n".repeat(400),
  "audio/languages_table.ts": "f();\n".repeat(401),
  "audio/a.ts": '/** `import "../turns/t.ts"` */\nconst text = `\nimport "../turns/t.ts";\n`;',
  "audio/a_test.ts": 'import "../testing/mod.ts";',
  "services/acme/tts.ts": 'import "../tts/mod.ts";\nimport "../wire/key.ts";\nimport "./_x.ts";',
  "services/acme/tts_test.ts": 'testTTS({ name: "AcmeTTSService" });',
  "services/acme/testdata/hello.jsonl": '{"source": "from docs https://example.com"}\n',
  "transports/base.ts": 'import "../frames/mod.ts";',
  "examples/bot.ts": 'import "../runner/mod.ts";',
  "frames/unstable_a.ts": 'import "./unstable_b.ts";',
  "frames/b.ts":
    "/** @deprecated This will be removed in 2.0.0. Use {@linkcode Y} instead. */\nexport const x = 1;",
  "frames/c.ts": 'import type OpenAI from "openai";\nimport { z } from "zod";',
  "frames/heavy.ts": 'import OpenAI from "openai";',
  "mod.ts": `${DOC}export type { C } from "./frames/heavy.ts";\nexport { c } from "./frames/c.ts";`,
};

const project: Project = {
  files: await readTree([".ts", ".tsx", ".jsonl"]),
  config: JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT))),
};

for (const { name, find, broken } of RULES) {
  Deno.test(`rule: ${name}`, () => {
    assertEquals(find(project).map(({ path, message }) => `${path} ${message}`), []);
  });

  for (const { files = {}, config, at } of broken) {
    const [path = "deno.json", text = JSON.stringify(config)] = Object.entries(files).at(-1) ?? [];
    const title = `${path} (${text.trim().slice(0, 40)})`;
    Deno.test(`rule: ${name}: a broken ${title} is found`, () => {
      const found = find({ files: tree(files), config: { ...SOUND_CONFIG, ...config } });
      assertEquals(found.map(({ path }) => path), at);
    });
  }

  Deno.test(`rule: ${name}: a sound project passes`, () => {
    const exclude = ["**/*_test.ts", "**/testdata", "tests", "tools", "examples", "bench"];
    const config = { ...SOUND_CONFIG, exports: { ".": "./mod.ts" }, publish: { exclude } };
    assertEquals(find({ files: tree(SOUND), config }), []);
  });
}

/** Files by path, each with a text. */
function tree(texts: Record<string, string>): ProjectFile[] {
  return Object.entries(texts).map(([path, text]) => ({ path, text }));
}
