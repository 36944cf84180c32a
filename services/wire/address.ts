/** What a query can hold: a list becomes one pair for each item, and what is absent none. */
export type QueryValue =
  | string
  | number
  | boolean
  | readonly (string | number)[]
  | null
  | undefined;

/**
 * An address with a query behind it.
 *
 * @example
 * ```ts
 * import { withQuery } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 * const query = { model: "large", keyterm: ["Ada", "Lovelace Ltd"], tag: undefined };
 * assertEquals(
 *   withQuery("wss://api.acme.example/v1", query),
 *   "wss://api.acme.example/v1?model=large&keyterm=Ada&keyterm=Lovelace%20Ltd",
 * );
 * ```
 */
export function withQuery(url: string, query: Readonly<Record<string, QueryValue>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value];
    return values.filter((item) => item !== null && item !== undefined)
      .map((item) => `${encodeURIComponent(name)}=${encodeURIComponent(String(item))}`);
  });
  if (pairs.length === 0) return url;
  return `${url}${url.includes("?") ? "&" : "?"}${pairs.join("&")}`;
}

/**
 * A base address without slashes at its end, for who puts a path behind it.
 *
 * @example
 * ```ts
 * import { baseAddress } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 * assertEquals(baseAddress("https://api.acme.example/v1/"), "https://api.acme.example/v1");
 * ```
 */
export function baseAddress(url: string): string {
  return url.trim().replace(/\/+$/, "");
}

/**
 * The address of a WebSocket at a base that may be given as any of `wss:`,
 * `https:`, `ws:`, `http:`, or as a bare host, which is reached with TLS.
 *
 * @example
 * ```ts
 * import { socketAddress } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 * assertEquals(socketAddress("api.acme.example", "/v1/listen"), "wss://api.acme.example/v1/listen");
 * assertEquals(socketAddress("http://10.0.0.1:8080/", "/v1/listen"), "ws://10.0.0.1:8080/v1/listen");
 * ```
 */
export function socketAddress(base: string, path: string): string {
  const [, scheme = "wss", rest = ""] = /^(?:([a-z]+):\/\/)?(.*?)\/*$/i.exec(base.trim()) ?? [];
  const secure = scheme.toLowerCase() !== "ws" && scheme.toLowerCase() !== "http";
  return `${secure ? "wss" : "ws"}://${rest}${path}`;
}
