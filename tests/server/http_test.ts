import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ServerRig, silentBot } from "./_rig.ts";

type StartInit = RequestInit & { readonly headers?: Record<string, string> };

/** Asks for a session; gives status and JSON. */
async function start(rig: ServerRig, init: StartInit = {}): Promise<[number, unknown]> {
  const response = await fetch(`${rig.url}/start`, { method: "POST", ...init });
  return [response.status, await response.json()];
}

/** Sends a request as it stands, and gives what comes back until the server closes. */
async function raw(rig: ServerRig, lines: readonly string[], body = ""): Promise<string> {
  const { hostname, port } = new URL(rig.url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const request = [...lines, "Connection: close", "", body].join("\r\n");
  await connection.write(new TextEncoder().encode(request));
  return await new Response(connection.readable).text();
}

Deno.test("GET / leads to the page", async () => {
  await using rig = new ServerRig();
  for (const path of ["/", "/client/"]) {
    const response = await fetch(rig.url + path, { redirect: "manual" });
    await response.body?.cancel();
    assertEquals([response.status, response.headers.get("location")], [302, "/client"]);
  }
  const page = await fetch(rig.url);
  assertEquals([page.status, page.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assertStringIncludes(await page.text(), "<title>");
});

Deno.test("GET /status answers before the first client, and counts sessions", async () => {
  await using rig = new ServerRig(silentBot, { maxSessions: 3 });
  const status = async () => await (await fetch(`${rig.url}/status`)).json();
  const { version, ...rest } = await status();
  assertMatch(version, /^\d+\.\d+\.\d+/);
  assertEquals(rest, { status: "ready", sessions: 0, maxSessions: 3 });
  const client = await rig.converse();
  assertEquals((await status()).sessions, 1);
  await client.leave();
});

Deno.test("HEAD is answered without a body", async () => {
  await using rig = new ServerRig();
  for (const path of ["/status", "/client"]) {
    const answer = await raw(rig, [`HEAD ${path} HTTP/1.1`, "Host: localhost"]);
    assertMatch(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assertEquals(answer.split("\r\n\r\n")[1], "");
  }
});

Deno.test.each<[string, string, number]>([
  ["GET", "/nothing", 404],
  ["POST", "/nothing", 404],
  ["GET", "/client/../../etc/passwd", 404],
  ["GET", "/client/%2e%2e/deno.json", 404],
  ["POST", "/status", 405],
  ["DELETE", "/client", 405],
  ["GET", "/start", 405],
  ["HEAD", "/start", 405],
  ["PUT", "/start", 405],
  ["GET", "/ws-client", 426],
  ["POST", "/ws-client", 426],
])("%s %s is refused with %i", async (method, path, status) => {
  await using rig = new ServerRig();
  const answer = await raw(rig, [`${method} ${path} HTTP/1.1`, "Host: localhost"]);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  assert(head.startsWith(`HTTP/1.1 ${status} `), head);
  if (status === 405) assertMatch(head, /\r\nallow: [A-Z, ]+/i);
  if (method !== "HEAD") assertEquals(Object.keys(JSON.parse(body)), ["detail"]);
});

Deno.test("a broken handshake of a WebSocket is refused", async () => {
  await using rig = new ServerRig();
  const answer = await raw(rig, [
    "GET /ws-client HTTP/1.1",
    "Host: localhost",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
  ]);
  assert(answer.startsWith("HTTP/1.1 426 "), answer);
  assertEquals([rig.server.sessions, rig.lines], [0, []]);
});

Deno.test.each<[string, string | undefined]>([
  ["no body", undefined],
  ["an empty body", ""],
  ["{}", "{}"],
  ["no wish", '{"transport":null}'],
  ["a transport", '{"transport":"websocket"}'],
  ["more than is known", '{"transport":"websocket","enableDefaultIceServers":true,"body":{}}'],
])("POST /start with %s says where to connect", async (_name, body) => {
  await using rig = new ServerRig();
  const { host } = new URL(rig.url);
  assertEquals(await start(rig, body === undefined ? {} : { body }), [200, {
    wsUrl: `ws://${host}/ws-client`,
  }]);
});

Deno.test("POST /start follows the host and the scheme that it was asked by", async () => {
  await using rig = new ServerRig(silentBot, { allowOrigins: ["https://bot.example"] });
  const post = ["POST /start HTTP/1.1", "Content-Length: 0"];
  const asked = async (...headers: string[]) =>
    JSON.parse((await raw(rig, [...post, ...headers])).split("\r\n\r\n")[1] ?? "");
  assertEquals(await asked("Host: localhost:9999"), { wsUrl: "ws://localhost:9999/ws-client" });
  assertEquals(await asked("Host: [::1]:80"), { wsUrl: "ws://[::1]:80/ws-client" });
  assertEquals(await asked("Host: bot.example", "X-Forwarded-Proto: https"), {
    wsUrl: "wss://bot.example/ws-client",
  });
});

Deno.test.each<[string, string, string]>([
  ["no JSON", "{", "Cannot start a session: the body is no JSON"],
  ["a list", "[]", "Cannot start a session: the body is no JSON object"],
  ["null", "null", "Cannot start a session: the body is no JSON object"],
  [
    "another transport",
    '{"transport":"webrtc"}',
    'Cannot start a session on the transport "webrtc": use "websocket"',
  ],
  [
    "a transport that is none",
    '{"transport":{"a":1}}',
    'Cannot start a session on the transport {"a":1}: use "websocket"',
  ],
  ["too much", `{"a":"${"x".repeat(70_000)}"}`, "Cannot start a session: the body has more than"],
])("POST /start with %s is refused", async (_name, body, detail) => {
  await using rig = new ServerRig();
  const [status, answer] = await start(rig, { body });
  assertEquals(status, 400);
  assertStringIncludes(JSON.stringify(answer), JSON.stringify(detail).slice(1, -1));
  assertEquals((await start(rig))[0], 200);
});

Deno.test("POST /start reads no endless body", async () => {
  await using rig = new ServerRig();
  let sent = 0;
  const body = new ReadableStream({
    pull: (controller) => {
      if (sent++ < 10_000) controller.enqueue(new Uint8Array(65_536));
      else controller.close();
    },
  });
  // Whether the refusal is read or the connection breaks first, most of it stays where it is.
  const response = await start(rig, { body }).catch(() => undefined);
  if (response) assertEquals(response[0], 400);
  assert(sent < 5_000, `${sent} pieces were taken`);
});

Deno.test("a page that is asked for beforehand may start a session", async () => {
  await using rig = new ServerRig(silentBot, { allowOrigins: ["https://app.example"] });
  for (const origin of ["https://app.example", "http://localhost:5173"]) {
    const headers = { origin, "access-control-request-headers": "content-type,x-own" };
    const preflight = await fetch(`${rig.url}/start`, { method: "OPTIONS", headers });
    assertEquals([preflight.status, await preflight.text()], [204, ""]);
    assertEquals(preflight.headers.get("access-control-allow-origin"), origin);
    assertEquals(preflight.headers.get("access-control-allow-methods"), "POST");
    assertEquals(preflight.headers.get("access-control-allow-headers"), "content-type,x-own");
    const answer = await fetch(`${rig.url}/start`, { method: "POST", headers: { origin } });
    await answer.body?.cancel();
    assertEquals([answer.status, answer.headers.get("vary")], [200, "origin"]);
    assertEquals(answer.headers.get("access-control-allow-origin"), origin);
  }
});

Deno.test("a foreign origin starts nothing, beforehand asked or not", async () => {
  await using rig = new ServerRig();
  for (const method of ["OPTIONS", "POST"]) {
    const headers = { origin: "https://evil.example" };
    const answer = await fetch(`${rig.url}/start`, { method, headers });
    const { detail } = await answer.json();
    assertEquals([answer.status, answer.headers.get("access-control-allow-origin")], [403, null]);
    assertStringIncludes(detail, "--allow-origin https://evil.example");
  }
  assertEquals(rig.lines.length, 2);
  assertStringIncludes(rig.lines[0] ?? "", 'warn: Cannot serve the origin "https://evil.example"');
});

Deno.test("a foreign host starts nothing", async () => {
  await using rig = new ServerRig();
  const upgrade = ["Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
  const requests = [
    ["POST /start HTTP/1.1", "Host: evil.example", "Content-Length: 0"],
    ["GET /ws-client HTTP/1.1", "Host: evil.example", "Sec-WebSocket-Version: 13", ...upgrade],
  ];
  for (const request of requests) {
    const [head = "", body = ""] = (await raw(rig, request)).split("\r\n\r\n");
    assert(head.startsWith("HTTP/1.1 403 "), head);
    assertStringIncludes(JSON.parse(body).detail, 'Cannot serve the host "evil.example"');
  }
  assertEquals([rig.server.sessions, rig.lines.length], [0, 2]);
});

Deno.test("a server that is closed twice, before anybody came, is closed", async () => {
  const rig = new ServerRig();
  await Promise.all([rig.server.close(), rig.server.close(), rig.server.stopWhenDone()]);
  await rig.server.close();
});

Deno.test("a server does not wait for who has sent half a request", async () => {
  const rig = new ServerRig();
  const { hostname, port } = new URL(rig.url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const half = "POST /start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{";
  await connection.write(new TextEncoder().encode(half));
  assertEquals((await start(rig))[0], 200);
  await rig.server.close();
  assertEquals(rig.lines, []);
});
