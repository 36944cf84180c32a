import { assertEquals } from "@std/assert";
import { type ContractCase, runCase } from "../../testing/mod.ts";

/** A service with a planted fault, and the cases of its contract that the fault turns red. */
export type PlantedFault<Service> = readonly [
  what: string,
  service: Service,
  red: readonly string[],
];

/** Milliseconds after which a case that has to fail hangs: many times what any of them takes. */
const HANGS_MS = 500;

/** Registers a test for each fault: it turns exactly its cases red. */
export function proveContract<Service>(
  contract: string,
  faults: readonly PlantedFault<Service>[],
  casesOf: (service: Service, name: string) => readonly ContractCase[],
): void {
  for (const [what, service, expected] of faults) {
    proveCases(`${contract} sees ${what}`, () => casesOf(service, what), expected);
  }
}

/** Registers a test: exactly these cases are red. */
export function proveCases(
  name: string,
  cases: () => readonly ContractCase[],
  expected: readonly string[],
): void {
  Deno.test({
    name,
    // A service with a fault leaves things behind, which is not what is tested here.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => assertEquals(await red(cases(), expected), expected),
  });
}

/** Names of the cases that fail. Nobody waits long for one that has to. */
async function red(
  cases: readonly ContractCase[],
  expected: readonly string[],
): Promise<string[]> {
  const failed: string[] = [];
  for (const contractCase of cases) {
    if (contractCase.skip !== undefined) continue;
    try {
      await runCase(
        contractCase,
        expected.includes(contractCase.id) ? { timeoutMs: HANGS_MS } : {},
      );
    } catch {
      failed.push(contractCase.id);
    }
  }
  return failed;
}
