/**
 * Compares what our services say to their providers with recordings of another client.
 *
 * ```sh
 * deno task wire:compare PATH…
 * ```
 *
 * Each path is a recording or a folder of them. Each difference is a line; the last line is
 * `wire: F files, E equal, D differ`; the exit status is 0 when nothing differs.
 *
 * @module
 */
import type { AnyFrameProcessor } from "../../processors/mod.ts";
import { parseRecording, type RecordingHead } from "./recording.ts";
import { replay } from "./replay.ts";

/** What a client with a test key has in its environment. */
const ENVIRONMENT = { AWS_ACCESS_KEY_ID: "test-key", AWS_SECRET_ACCESS_KEY: "test-key" };

/** Compares every recording of some paths; says how many there were, and how many differ. */
export async function compareAll(
  paths: readonly string[],
  print: (line: string) => void,
): Promise<{ readonly files: number; readonly equal: number; readonly differ: number }> {
  let [files, equal] = [0, 0];
  for (const file of await filesOf(paths)) {
    files++;
    const lines = await compareFile(file);
    if (lines.differences.length === 0) equal++;
    print(`${lines.differences.length === 0 ? "equal " : "differs"} ${file}`);
    for (const line of [...lines.differences, ...lines.notes.map((note) => `(${note})`)]) {
      print(`    ${line}`);
    }
  }
  const differ = files - equal;
  print(`wire: ${files} files, ${equal} equal, ${differ} differ`);
  return { files, equal, differ };
}

async function compareFile(
  file: string,
): Promise<{ readonly differences: readonly string[]; readonly notes: readonly string[] }> {
  try {
    const recording = parseRecording(await Deno.readTextFile(file));
    return await replay(recording, makeService);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { differences: [`Cannot replay it: ${why}`], notes: [] };
  }
}

/** Makes a service from the class's name and its documented options. */
async function makeService(
  { service, module }: RecordingHead,
  options: Readonly<Record<string, unknown>>,
): Promise<AnyFrameProcessor> {
  const provider = module.split("/")[1] ?? "";
  const room: Record<string, unknown> = await import(`../../services/${provider}/mod.ts`)
    .catch((cause) => {
      throw new Error(`there is no provider "${provider}"`, { cause });
    });
  const Service = room[service];
  if (typeof Service !== "function") throw new Error(`"services/${provider}" has no "${service}"`);
  for (const [key, value] of Object.entries(ENVIRONMENT)) Deno.env.set(key, value);
  const Made = Service as new (options: unknown) => AnyFrameProcessor;
  return new Made({ apiKey: "test-key", ...options });
}

async function filesOf(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if ((await Deno.stat(path)).isFile) files.push(path);
    else {
      for await (const { name, isFile } of Deno.readDir(path)) {
        if (isFile && name.endsWith(".jsonl")) files.push(`${path.replace(/\/$/, "")}/${name}`);
      }
    }
  }
  return files.sort();
}

if (import.meta.main) {
  if (Deno.args.length === 0) {
    console.error("Cannot compare anything: name recordings, or folders of them");
    Deno.exit(2);
  }
  const { differ } = await compareAll(Deno.args, (line) => console.log(line));
  Deno.exit(differ === 0 ? 0 : 1);
}
