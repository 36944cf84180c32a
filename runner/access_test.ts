import { assertEquals } from "@std/assert";
import { type AccessOptions, isLoopback, refusalOf } from "./access.ts";
import { parseOrigin } from "./_origin.ts";

const LOCAL: AccessOptions = { hostname: "127.0.0.1", allowOrigins: [] };
const LAN: AccessOptions = { hostname: "0.0.0.0", allowOrigins: [] };
const SITE: AccessOptions = { hostname: "127.0.0.1", allowOrigins: ["https://Example.com/"] };
const HERE = "127.0.0.1:7860";

/** By which name a request asks, from which page (`null`: none), and what may be. */
interface Case {
  readonly host?: string;
  readonly origin?: string;
  readonly options?: AccessOptions;
}

const SERVED: Record<string, Case> = {
  "no page at all": { host: HERE },
  "the same page": { host: HERE, origin: `http://${HERE}` },
  "localhost": { host: "localhost:7860", origin: "http://localhost:7860" },
  "localhost in capitals": { host: "LocalHost:7860", origin: "http://LOCALHOST:7860" },
  "localhost without a port": { host: "localhost" },
  "a name under localhost": { host: "bot.localhost:7860", origin: "http://bot.localhost:7860" },
  "another loopback address": { host: "127.0.0.2:7860" },
  "IPv6": { host: "[::1]:7860", origin: "http://[::1]:7860" },
  "IPv6 without a port": { host: "[::1]" },
  "a page of another local server": { host: HERE, origin: "http://localhost:3000" },
  "a page of a local server with TLS": { host: HERE, origin: "https://localhost" },
  "an allowed page": { host: HERE, origin: "https://example.com", options: SITE },
  "an allowed page that is behind a proxy here": {
    host: "example.com",
    origin: "https://example.com",
    options: SITE,
  },
  "no host, where the address has one": {},
  "an address of this machine": {
    host: "192.168.1.5:7860",
    origin: "http://192.168.1.5:7860",
    options: LAN,
  },
  "an IPv6 address of this machine": { host: "[fe80::1]:7860", options: LAN },
  "the address of all addresses": {
    host: "0.0.0.0:7860",
    origin: "http://0.0.0.0:7860",
    options: LAN,
  },
  "localhost, on all addresses": { host: HERE, origin: "http://localhost:7860", options: LAN },
  "the name it listens on": {
    host: "bot.lan:7860",
    origin: "http://bot.lan:7860",
    options: { hostname: "Bot.lan", allowOrigins: [] },
  },
};

const REFUSED_ORIGINS: Record<string, Case> = {
  "a foreign page": { host: HERE, origin: "https://evil.com" },
  "a foreign page on the same port": { host: HERE, origin: "http://evil.com:7860" },
  "a page that hides where it is from": { host: HERE, origin: "null" },
  "an empty origin": { host: HERE, origin: "" },
  "a name that begins like localhost": { host: HERE, origin: "http://localhost.evil.com" },
  "a name that begins like loopback": { host: HERE, origin: "http://127.0.0.1.evil.com" },
  "a name that ends like localhost": { host: HERE, origin: "http://evil-localhost" },
  "a name that ends like loopback": { host: HERE, origin: "http://evil.127.0.0.1.com" },
  "localhost as a user's name": { host: HERE, origin: "http://localhost:7860@evil.com" },
  "loopback in a path": { host: HERE, origin: "http://evil.com/127.0.0.1" },
  "an extension": { host: HERE, origin: "chrome-extension://localhost" },
  "another scheme": { host: HERE, origin: "tauri://localhost" },
  "a wildcard": { host: HERE, origin: "*" },
  "an allowed name with another scheme": {
    host: HERE,
    origin: "http://example.com",
    options: SITE,
  },
  "an allowed name with another port": {
    host: HERE,
    origin: "https://example.com:8443",
    options: SITE,
  },
  "a name under an allowed one": { host: HERE, origin: "https://a.example.com", options: SITE },
  "an allowed name with more behind it": {
    host: HERE,
    origin: "https://example.com.evil.com",
    options: SITE,
  },
  "a wildcard that was allowed": {
    host: HERE,
    origin: "https://evil.com",
    options: { hostname: "127.0.0.1", allowOrigins: ["*", "https://*", "null"] },
  },
  "a hidden page, even if that was allowed": {
    host: HERE,
    origin: "null",
    options: { hostname: "127.0.0.1", allowOrigins: ["null"] },
  },
  "a foreign page, on all addresses": {
    host: "192.168.1.5:7860",
    origin: "http://192.168.1.6:7860",
    options: LAN,
  },
};

const REFUSED_HOSTS: Record<string, Case> = {
  "a name that leads here": { host: "evil.com:7860", origin: "http://evil.com:7860" },
  "a name that leads here, without a page": { host: "evil.com:7860" },
  "a name that begins like localhost": { host: "localhost.evil.com:7860" },
  "a name that begins like loopback": { host: "127.0.0.1.evil.com" },
  "an address that is not loopback": { host: "192.168.1.5:7860" },
  "the address of all addresses": { host: "0.0.0.0:7860" },
  "a name that leads here, on all addresses": {
    host: "evil.com:7860",
    origin: "http://evil.com:7860",
    options: LAN,
  },
  "an empty host": { host: "" },
  "a host with a user": { host: "evil.com@localhost" },
  "a host with a path": { host: "localhost/evil.com" },
  "two hosts": { host: "localhost, evil.com" },
  "an address without brackets": { host: "::1" },
  "an allowed name on another port": { host: "example.com:7860", options: SITE },
};

const NO_HOSTS = ["", "evil.com@localhost", "localhost/evil.com", "localhost, evil.com", "::1"];

function ask({ host, origin, options = LOCAL }: Case): string | undefined {
  const headers = new Headers();
  if (host !== undefined) headers.set("host", host);
  if (origin !== undefined) headers.set("origin", origin);
  return refusalOf(new Request("http://127.0.0.1:7860/start", { headers }), options);
}

for (const [name, request] of Object.entries(SERVED)) {
  Deno.test(`A session may be started by ${name}`, () => {
    assertEquals(ask(request), undefined);
  });
}

for (const [name, request] of Object.entries(REFUSED_ORIGINS)) {
  Deno.test(`No session may be started from ${name}`, () => {
    const { origin = "" } = request;
    const hint = parseOrigin(origin)
      ? `allow it with --allow-origin ${origin}`
      : "it is not that of a web page";
    assertEquals(ask(request), `Cannot serve the origin "${origin}": ${hint}`);
  });
}

for (const [name, request] of Object.entries(REFUSED_HOSTS)) {
  Deno.test(`No session may be started by the name of ${name}`, () => {
    const { host = "" } = request;
    const hint = NO_HOSTS.includes(host)
      ? "it is none"
      : `allow it with --allow-origin http://${host}`;
    assertEquals(ask(request), `Cannot serve the host "${host}": ${hint}`);
  });
}

Deno.test("isLoopback knows names and addresses that cannot be elsewhere", () => {
  const yes = ["localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"];
  const no = ["", "0.0.0.0", "::", "localhost.com", "127.0.0.1.com", "1.127.0.0.1", "128.0.0.1"];
  assertEquals(yes.filter((name) => !isLoopback(name)), []);
  assertEquals(no.filter(isLoopback), []);
});

Deno.test("parseOrigin takes an origin and nothing more", () => {
  const yes = ["http://a.com", "https://a.com:8443", "HTTPS://A.com/", "http://[::1]:1"];
  assertEquals(yes.map((origin) => parseOrigin(origin)?.origin), [
    "http://a.com",
    "https://a.com:8443",
    "https://a.com",
    "http://[::1]:1",
  ]);
  const no = ["", "*", "null", "a.com", "a.com:80", "http://*", "http://a.com/b", "http://u@a.com"];
  const worse = ["ftp://a.com", "file:///", "http://", "http://a.com?", "http://a.com#"];
  assertEquals([...no, ...worse].filter((origin) => parseOrigin(origin)), []);
});
