/** Debian packages that carry the programs of their name. */
type Program = "chromium" | "flite";

/**
 * Finds a program that these tests run.
 *
 * @throws {Error} If it is not installed.
 */
export async function findProgram(name: Program): Promise<string> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${folder}/${name}`;
    try {
      if ((await Deno.stat(path)).isFile) return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error(
    `Cannot run the browser tests: there is no "${name}"; "apt-get install ${name}" brings it`,
  );
}
