/**
 * Builds the playground page: `deno task build:playground`.
 *
 * Installs the browser's packages from npm into a temporary folder (their
 * versions are those of `src/deno.json`, locked by `npm.lock.json`), bundles
 * the page, collects the licences of what went in, and writes it all into
 * `dist.gen.ts`, which is what the repository and JSR carry. With `--dist` it
 * also writes the plain files into `dist/`, to look at.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { encodeBase64 } from "@std/encoding";
import { fingerprint, HERE } from "./fingerprint.ts";
import { collectLicenses } from "./licenses.ts";

/** The page's files by name. */
type Files = Map<string, Uint8Array<ArrayBuffer>>;

const LINE_LENGTH = 120;

async function main(): Promise<void> {
  const packages = await installPackages({ update: Deno.args.includes("--update") });
  try {
    const files = await bundle(packages);
    await writeModule(files);
    if (Deno.args.includes("--dist")) await writeDist(files);
  } finally {
    await esbuild.stop();
    await Deno.remove(packages, { recursive: true });
  }
}

/** Installs the browser's packages and gives the folder they are in, which is the caller's to remove. */
export async function installPackages(options: { update?: boolean } = {}): Promise<string> {
  const config: { imports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(new URL("src/deno.json", HERE)),
  );
  const dependencies = Object.fromEntries(
    Object.entries(config.imports).map(([name, specifier]) => [
      name,
      specifier.slice(specifier.lastIndexOf("@") + 1),
    ]),
  );
  const folder = await Deno.makeTempDir({ prefix: "playground_" });
  const json = JSON.stringify({ private: true, dependencies });
  await Deno.writeTextFile(`${folder}/package.json`, json);
  const lock = new URL("npm.lock.json", HERE);
  const isLocked = !options.update;
  if (isLocked) await Deno.copyFile(lock, `${folder}/deno.lock`);
  const install = new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet", ...(isLocked ? ["--frozen"] : [])],
    cwd: folder,
  });
  const { success } = await install.spawn().status;
  if (!success) {
    throw new Error(
      "Cannot install the browser's packages: is npm's registry reachable, " +
        'and does "npm.lock.json" fit "src/deno.json" ("--update" renews it)?',
    );
  }
  if (!isLocked) await Deno.copyFile(`${folder}/deno.lock`, lock);
  return folder;
}

async function bundle(packages: string): Promise<Files> {
  const result = await esbuild.build({
    absWorkingDir: HERE.pathname,
    entryPoints: ["src/app.ts", "src/app.css"],
    outdir: "dist",
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    // The media manager's recorder reports its progress there.
    drop: ["console"],
    nodePaths: [`${packages}/node_modules`],
    alias: { "@daily-co/daily-js": "./src/no_daily.ts" },
    tsconfigRaw: {},
  });
  const files: Files = new Map();
  files.set("index.html", await Deno.readFile(new URL("src/index.html", HERE)));
  for (const { path, contents } of result.outputFiles) {
    files.set(path.slice(path.lastIndexOf("/") + 1), new Uint8Array(contents));
  }
  const inputs = Object.keys(result.metafile.inputs);
  const licenses = await collectLicenses(inputs, HERE.pathname);
  files.set("LICENSES.txt", new TextEncoder().encode(licenses));
  return files;
}

async function writeModule(files: Files): Promise<void> {
  const entries: string[] = [];
  for (const [name, bytes] of [...files].toSorted()) {
    const packed = encodeBase64(await deflate(bytes));
    const lines = packed.match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [];
    entries.push(`  ${JSON.stringify(name)}: \`\n${lines.join("\n")}\n\`,`);
    console.log(`${name}: ${bytes.length} bytes, ${packed.length} packed`);
  }
  const source = `// deno-fmt-ignore-file
// deno-lint-ignore-file
/**
 * The playground page, written by \`deno task build:playground\`.
 *
 * Each file is deflated and written in base64.
 *
 * @module
 */

/** What the page was built from. */
export const FINGERPRINT = "${await fingerprint()}";

/** The page's files. */
export const FILES: Readonly<Record<string, string>> = {
${entries.join("\n")}
};
`;
  await Deno.writeTextFile(new URL("dist.gen.ts", HERE), source);
}

async function deflate(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream("deflate-raw"));
  return await new Response(packed).bytes();
}

async function writeDist(files: Files): Promise<void> {
  const dist = new URL("dist/", HERE);
  await Deno.mkdir(dist, { recursive: true });
  for (const [name, bytes] of files) {
    await Deno.writeFile(new URL(name, dist), bytes);
  }
}

if (import.meta.main) await main();
