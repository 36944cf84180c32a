import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { deadline, systemClock } from "../async/mod.ts";
import { MetricsFrame } from "../frames/mod.ts";
import { type AIService, MissingKeyError } from "../services/wire/mod.ts";
import type { ContractCase, ContractKey, ContractOptions } from "./contract.ts";
import type { TestPipeline } from "./test_pipeline.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** What a case shows. */
export interface CaseName {
  /** What a service does, as the rest of a sentence that begins with its name. */
  readonly name: string;
  /** Whether it is about what a provider does. */
  readonly provider?: boolean;
}

/** The cases of a contract, each with the reason why it is skipped, if it is. */
export function casesOf<C extends string>(
  { alone, skip, key }: ContractOptions<C>,
  cases: {
    readonly names: Readonly<Record<C, CaseName>>;
    readonly runs: Readonly<Record<C, () => Promise<void>>>;
  },
): ContractCase[] {
  const reasonFor = (id: C, { provider }: CaseName) =>
    skip?.[id] ?? (provider ? alone : undefined) ??
      (id === "key" && !key ? alone ?? "it names no key" : undefined);
  return Object.entries<CaseName>(cases.names).map(([name, row]) => {
    const id = name as C;
    return { id, name: row.name, skip: reasonFor(id, row), run: cases.runs[id] };
  });
}

/** A service without its key says at once which one. */
export function checkKey(key: ContractKey | undefined): void {
  if (!key) return;
  const before = Deno.env.get(key.env);
  Deno.env.delete(key.env);
  try {
    const error = assertThrows(() => key.make(), MissingKeyError);
    assertMatch(error.message, new RegExp(`\\b${key.env}\\b`));
  } finally {
    if (before !== undefined) Deno.env.set(key.env, before);
  }
}

/** Something that happens outside happens in time. */
export async function inTime(work: Promise<unknown>, ms: number, doing: string): Promise<void> {
  await deadline(work, { clock: systemClock, timeoutMs: ms, doing });
}

/** One error was reported, and nothing in it or in the logs that has no place there. */
export function checkError(pipeline: TestPipeline, secrets: readonly string[]): void {
  assertEquals(pipeline.errors.map(({ error }) => error).length, 1, logOf(pipeline));
  const [frame] = pipeline.errors;
  assertMatch(frame?.error ?? "", /^Cannot .+: .+/);
  assertEquals(frame?.fatal, false);
  checkSecrets(pipeline, secrets);
}

/** What must not be logged is not logged. */
export function checkSecrets(pipeline: TestPipeline, secrets: readonly string[]): void {
  const shown = [...pipeline.logged, ...pipeline.errors.map((frame) => frame.error)].join("\n");
  for (const secret of secrets) assert(!shown.includes(secret), `"${secret}" was logged: ${shown}`);
}

/** What was measured, all of it by this service and its model. */
export function checkMetrics(
  pipeline: TestPipeline,
  { name, settings }: Pick<AIService, "name" | "settings">,
): MetricsFrame["data"][number][] {
  const data = pipeline.of(MetricsFrame).flatMap((frame) => frame.data);
  for (const { processor, model } of data) {
    assertEquals([processor, model], [name, settings.model]);
  }
  return data;
}

/** Nothing went wrong, and closing left nothing behind. */
export async function checkClosed(pipeline: TestPipeline): Promise<void> {
  await inTime(pipeline.close(), 2_000, "close in time");
  assertEquals((pipeline.clock as VirtualClock).timers, 0, "a timer is left");
  assertEquals(pipeline.errors.map(({ error }) => error), []);
}

function logOf(pipeline: TestPipeline): string {
  return `the errors are [${pipeline.errors.map(({ error }) => error).join("; ")}]`;
}
