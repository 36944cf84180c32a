import { MissingKeyError } from "./errors.ts";

/** Where a key can come from. */
export interface KeySource {
  /** The provider, as it writes itself. */
  readonly provider: string;
  /** The environment variable that holds the key; none for a provider without a key. */
  readonly env: string | undefined;
  /** The key itself, when the caller gave one. */
  readonly given?: string | undefined;
  /** The option that a caller gives it in. @default {"apiKey"} */
  readonly option?: string | undefined;
}

/**
 * Finds the key of a provider: what was given, else what the environment holds.
 *
 * @example
 * ```ts
 * import { resolveKey } from "@parley/sdk/services/wire";
 * const key = resolveKey({ provider: "Acme", env: "ACME_API_KEY", given: "secret" });
 * console.log(key.length); // 6
 * ```
 * @throws {MissingKeyError} If there is no key.
 */
export function resolveKey(source: KeySource): string {
  const { provider, env, given, option = "apiKey" } = source;
  if (given || env === undefined) return given ?? "";
  const { key, denied } = readKey(env);
  if (key) return key;
  const way = denied ? `set ${env} and allow it to be read (--allow-env=${env})` : `set ${env}`;
  throw new MissingKeyError(
    `Cannot use ${provider} without an API key: pass "${option}" or ${way}`,
  );
}

/**
 * Reads an environment variable that need not be there; one that may not be read is not.
 *
 * @example
 * ```ts
 * import { readEnv } from "@parley/sdk/services/wire";
 * console.log(readEnv("ACME_REGION")); // undefined
 * ```
 */
export function readEnv(name: string): string | undefined {
  return readKey(name).key;
}

function readKey(env: string): { readonly key?: string | undefined; readonly denied?: boolean } {
  try {
    // A key copied from a page or a file often has white space around it.
    return { key: Deno.env.get(env)?.trim() };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return { denied: true };
    throw error;
  }
}
