/** One file of the project, by its path from the root. */
export interface ProjectFile {
  /** Path from the project's root, with forward slashes. */
  path: string;
  /** The whole text. */
  text: string;
}

/** The project's root. */
export const ROOT: URL = new URL("../", import.meta.url);

/** Folders that hold nothing written by hand. */
const SKIPPED = new Set([".git", "node_modules", "coverage", "runner/playground/dist"]);

/** Reads the project's files whose name ends in one of `endings`, sorted by path. */
export async function readTree(endings: string[], root: URL = ROOT): Promise<ProjectFile[]> {
  const paths: string[] = [];
  await collect("", root, paths);
  const wanted = paths.filter((path) => endings.some((ending) => path.endsWith(ending))).sort();
  return await Promise.all(wanted.map(async (path) => ({
    path,
    text: await Deno.readTextFile(new URL(path, root)),
  })));
}

async function collect(folder: string, root: URL, paths: string[]): Promise<void> {
  for await (const entry of Deno.readDir(new URL(folder || ".", root))) {
    const path = folder + entry.name;
    if (entry.isFile) paths.push(path);
    else if (entry.isDirectory && !SKIPPED.has(path) && !SKIPPED.has(entry.name)) {
      await collect(`${path}/`, root, paths);
    }
  }
}
