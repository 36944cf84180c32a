import { deadline, systemClock } from "../async/mod.ts";

/** One thing that every service of a kind must do. */
export interface ContractCase {
  /** What it is called in options. */
  readonly id: string;
  /** What it does, as the rest of a sentence that begins with the service's name. */
  readonly name: string;
  /** Why this service need not show it. */
  readonly skip?: string | undefined;
  /** Shows it, or throws. */
  readonly run: () => Promise<void>;
}

/** Where a service's key comes from. */
export interface ContractKey {
  /** The environment variable. */
  readonly env: string;
  /** Makes the service without a key. */
  readonly make: () => unknown;
}

/** What the contracts of every kind want to know. */
export interface ContractOptions<C extends string> {
  /** Name of the class. */
  readonly name: string;
  /** Its key, if it needs one. */
  readonly key?: ContractKey | undefined;
  /**
   * Why there is no provider whose trouble could be shown, such as `"it runs in
   * this process"`: the cases about a provider are skipped with this reason.
   */
  readonly alone?: string | undefined;
  /** Further cases that it need not show, each with the reason. */
  readonly skip?: Partial<Readonly<Record<C, string>>> | undefined;
  /** Milliseconds after an interruption in which a request is closed. @default {50} */
  readonly closeWithinMs?: number | undefined;
}

/**
 * Registers the cases of a contract as tests, each with a deadline and with
 * everything that it leaves behind counted as a failure.
 *
 * @example
 * ```ts
 * import { registerContract } from "@parley/sdk/testing";
 * registerContract("Acme", []);
 * ```
 */
export function registerContract(subject: string, cases: readonly ContractCase[]): void {
  for (const contractCase of cases) {
    const { name, skip } = contractCase;
    Deno.test({
      name: skip === undefined ? `${subject} ${name}` : `${subject} ${name} (skipped: ${skip})`,
      ignore: skip !== undefined,
      sanitizeOps: true,
      sanitizeResources: true,
      sanitizeExit: true,
      fn: () => runCase(contractCase),
    });
  }
}

/**
 * Runs one case of a contract within its deadline.
 *
 * @example
 * ```ts
 * import { runCase } from "@parley/sdk/testing";
 * await runCase({ id: "rest", name: "does nothing", run: () => Promise.resolve() });
 * ```
 */
export async function runCase(
  { name, run }: ContractCase,
  options: {
    /** Milliseconds that it may take. @default {10000} */
    readonly timeoutMs?: number;
  } = {},
): Promise<void> {
  const { timeoutMs = 10_000 } = options;
  await deadline(run(), { clock: systemClock, timeoutMs, doing: `show that it ${name}` });
}
