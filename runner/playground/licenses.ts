/**
 * Collects the licences of what is bundled into the playground page.
 *
 * @module
 */

/** A package as its `package.json` tells of it. */
interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly folder: string;
}

/** Packages without a licence file, and the one whose file says the same for them. */
const SAME_LICENSE: Readonly<Record<string, string>> = {
  "@pipecat-ai/client-js": "@pipecat-ai/websocket-transport",
};

const RULE = "-".repeat(78);

/** Code that a package carries inside, under a licence of its own. */
const EMBEDDED = `wavtools (inside @pipecat-ai/websocket-transport)
License: MIT

MIT License

Copyright (c) 2024 Keith Horwood
Copyright (c) 2024 OpenAI

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`;

/** Writes the licences of the packages that the bundled files belong to. */
export async function collectLicenses(
  inputs: readonly string[],
  base: string,
): Promise<string> {
  const packages = new Map<string, Package>();
  for (const input of inputs) {
    const found = await packageOf(new URL(input, `file://${base}`).pathname);
    if (found !== undefined) packages.set(found.name, found);
  }
  const texts: string[] = [];
  for (const found of [...packages.values()].toSorted(byName)) {
    const source = packages.get(SAME_LICENSE[found.name] ?? found.name);
    const text = await licenseText(source ?? found);
    texts.push(
      `${found.name} ${found.version}\nLicense: ${found.license}\n\n${text}\n`,
    );
  }
  const head = "The playground page contains the following packages.\n";
  return [head, ...texts, EMBEDDED].join(`\n${RULE}\n\n`);
}

async function packageOf(path: string): Promise<Package | undefined> {
  const at = path.lastIndexOf("/node_modules/");
  if (at < 0) return undefined;
  const rest = path.slice(at + "/node_modules/".length).split("/");
  const isScoped = rest[0]?.startsWith("@") ?? false;
  const name = rest.slice(0, isScoped ? 2 : 1).join("/");
  const folder = `${path.slice(0, at)}/node_modules/${name}`;
  const json = JSON.parse(await Deno.readTextFile(`${folder}/package.json`));
  return { name, version: json.version, license: json.license, folder };
}

async function licenseText(found: Package): Promise<string> {
  for await (const entry of Deno.readDir(found.folder)) {
    if (!/^licen[cs]e/i.test(entry.name)) continue;
    const text = await Deno.readTextFile(`${found.folder}/${entry.name}`);
    return text.trim();
  }
  throw new Error(
    `Cannot collect the licence of "${found.name}": it has no licence file, ` +
      "name a package with the same licence in SAME_LICENSE",
  );
}

function byName(a: Package, b: Package): number {
  return a.name < b.name ? -1 : 1;
}
