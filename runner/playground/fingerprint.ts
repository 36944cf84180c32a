/**
 * Tells whether the built page fits its sources.
 *
 * @module
 */
/** The playground's folder. */
export const HERE: URL = new URL(".", import.meta.url);

/** Gives a digest of everything the page is built from. */
export async function fingerprint(): Promise<string> {
  const parts: string[] = [];
  for await (const path of sources()) {
    parts.push(path, await Deno.readTextFile(new URL(path, HERE)));
  }
  const bytes = new TextEncoder().encode(parts.join("\0"));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}

async function* sources(): AsyncGenerator<string> {
  yield* ["build.ts", "licenses.ts", "npm.lock.json"];
  const names: string[] = [];
  for await (const entry of Deno.readDir(new URL("src", HERE))) {
    if (entry.isFile && !entry.name.endsWith("_test.ts")) {
      names.push(entry.name);
    }
  }
  for (const name of names.toSorted()) yield `src/${name}`;
}
