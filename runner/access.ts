import { parseOrigin } from "./_origin.ts";

/** Who may use a server. */
export interface AccessOptions {
  /** The address it listens on. */
  readonly hostname: string;
  /** Origins that may use it beside loopback ones, such as `https://example.com`. */
  readonly allowOrigins: readonly string[];
}

/**
 * Says why a request may not start a session, or nothing when it may.
 *
 * A page of any site can make its visitor's browser send requests to
 * localhost, and with a name of its own that leads there (DNS rebinding) read
 * the answers too. So both where the page is from and by which name it asks
 * are checked. A name that is not known is refused; an address cannot be
 * rebound, so a server that listens on more than loopback can be asked by any
 * of its addresses.
 *
 * @example
 * ```ts
 * import { refusalOf } from "@parley/sdk/runner";
 * const request = new Request("http://127.0.0.1:7860/start", {
 *   headers: { host: "127.0.0.1:7860" },
 * });
 * console.log(refusalOf(request, { hostname: "127.0.0.1", allowOrigins: [] })); // undefined
 * ```
 */
export function refusalOf(request: Request, options: AccessOptions): string | undefined {
  const header = request.headers.get("host") ?? new URL(request.url).host;
  const host = parseOrigin(`http://${header}`);
  if (!host) return `Cannot serve the host "${header}": it is none`;
  if (!isKnownHost(host, options)) {
    return `Cannot serve the host "${header}": allow it with --allow-origin ${host.origin}`;
  }
  const from = request.headers.get("origin");
  if (from === null) return undefined;
  const origin = parseOrigin(from);
  if (!origin) return `Cannot serve the origin "${from}": it is not that of a web page`;
  const known = isLoopback(origin.hostname) || origin.host === host.host;
  if (known || isAllowed(origin, options)) return undefined;
  return `Cannot serve the origin "${from}": allow it with --allow-origin ${origin.origin}`;
}

/**
 * Whether a host name can only mean this machine.
 *
 * @example
 * ```ts
 * import { isLoopback } from "@parley/sdk/runner";
 * console.log(isLoopback("127.0.0.1")); // true
 * ```
 */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return name === "localhost" || name.endsWith(".localhost") || name === "[::1]" ||
    name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}

function isAllowed({ origin }: URL, { allowOrigins }: AccessOptions): boolean {
  return allowOrigins.some((allowed) => parseOrigin(allowed)?.origin === origin);
}

function isKnownHost(host: URL, { hostname, allowOrigins }: AccessOptions): boolean {
  if (isLoopback(host.hostname)) return true;
  if (allowOrigins.some((allowed) => parseOrigin(allowed)?.host === host.host)) return true;
  if (isLoopback(hostname)) return false;
  return isAddress(host.hostname) || host.hostname === hostname.toLowerCase();
}

/** Whether a host is a number instead of a name. */
function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname);
}
