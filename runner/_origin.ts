/** Reads an origin of the web: scheme, host and port, and nothing else. */
export function parseOrigin(origin: string): URL | undefined {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) &&
    url.href === `${url.origin}/` && !url.hostname.includes("*");
  return isOrigin ? url : undefined;
}
