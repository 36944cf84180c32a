/**
 * Writes `docs/services.md`: every service, how much of it is its own, and in how many lines. With
 * `--check` it only compares.
 *
 * @module
 */
import { type ProjectFile, readTree, ROOT } from "./tree.ts";

/** A service, and what it is built of. */
export interface ServiceRow {
  /** The class. */
  readonly name: string;
  /** Its file. */
  readonly path: string;
  /** How much is its own: 0 a record, 1 a protocol, 2 a protocol and a hook, 3 a class. */
  readonly rung: 0 | 1 | 2 | 3;
  /** Lines of code in its file: neither empty nor comment. */
  readonly lines: number;
  /** Why it is a class of its own. */
  readonly reason: string;
}

/** Engines that run a protocol, or a record. */
const ENGINES =
  /extends\s+(WebSocketSTTService|HttpSTTService|WebSocketTTSService|HttpTTSService|ChatCompletionsLLMService)\b/;

/** What a class is that says its reason: `// Rung 3: …` above it. */
const REASON = /^\/\/ Rung 3: (.+)$/m;

/** The services of the providers, by name. */
export function servicesOf(files: readonly ProjectFile[]): ServiceRow[] {
  const providers = files.filter(({ path }) =>
    /^services\/(?!stt\/|tts\/|llm\/|wire\/)\w+\/[a-z]\w*\.ts$/.test(path) &&
    !/(_test|mod)\.ts$/.test(path)
  );
  return providers.flatMap(({ path, text }) => {
    const [, name] = /^export class (\w+Service)\b/m.exec(text) ?? [];
    if (!name) return [];
    const rung = rungOf(text);
    const reason = rung === 3 ? REASON.exec(text)?.[1] ?? "" : "";
    return [{ name, path, rung, lines: linesOf(text), reason }];
  }).sort((a, b) => a.name < b.name ? -1 : 1);
}

/** The median of the lines of those that are protocols. */
export function medianOf(rows: readonly ServiceRow[]): number {
  const lines = rows.filter(({ rung }) => rung < 3).map(({ lines }) => lines).sort((a, b) => a - b);
  return lines[Math.floor(lines.length / 2)] ?? 0;
}

/** The page. */
export function pageOf(rows: readonly ServiceRow[]): string {
  const table = rows.map(({ name, path, rung, lines, reason }) =>
    `| [\`${name}\`](../${path}) | ${rung} | ${lines} | ${reason} |`
  );
  return `# Services

What every service does stands once, in the engine of its kind; a provider says what is its own. How
much that is, is its rung: **1** a protocol, data and pure functions; **2** a protocol and a hook;
**3** a class of its own, with its reason. Lines are those of the provider's file that are neither
empty nor comment, types and options included.

| service | rung | lines | why a class of its own |
| --- | --- | --- | --- |
${table.join("\n")}

The median of rungs 1 and 2 is ${medianOf(rows)} lines.

This page is written by \`deno run -A tools/services_table.ts\`.
`;
}

function rungOf(text: string): ServiceRow["rung"] {
  if (!ENGINES.test(text)) return 3;
  const isPlain = /^ {4}super\((\w+, )?options\b.*\);$/m.test(text);
  return isPlain && !text.includes("protected override") ? 1 : 2;
}

function linesOf(text: string): number {
  const code = text.replaceAll(/\/\*\*[\s\S]*?\*\//g, "");
  return code.split("\n").filter((line) => line.trim() !== "" && !line.trim().startsWith("//"))
    .length;
}

if (import.meta.main) {
  const page = new URL("docs/services.md", ROOT);
  await Deno.writeTextFile(page, pageOf(servicesOf(await readTree([".ts"]))));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", page.pathname] }).output();
}
