import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { systemClock } from "../../async/mod.ts";
import { type PeerScript, ScriptedSocketServer } from "../../testing/scripted_socket_server.ts";
import { VirtualClock } from "../../testing/virtual_clock.ts";
import { encodeFrame, FrameError, FrameReader, OPCODE } from "./_websocket_frames.ts";
import {
  ConnectionError,
  connectSocket,
  dialTCP,
  ProviderError,
  type Socket,
  type SocketOptions,
} from "./mod.ts";

const URL_WITH_KEY = "ws://acme.example/v1/listen?key=secret&lang=en";

/** A server that says what it is told, and a socket to it, on a virtual clock. */
async function connected(script: PeerScript, options: Partial<SocketOptions> = {}) {
  const clock = new VirtualClock();
  const server = new ScriptedSocketServer(script);
  const { dial } = server;
  const socket = await connectSocket({ url: URL_WITH_KEY }, { clock, dial, ...options });
  return {
    clock,
    server,
    socket,
    [Symbol.asyncDispose]: async () => {
      socket.terminate();
      await server.close();
      assertEquals(server.failures, []);
      assertEquals(clock.timers, 0);
    },
  };
}

/** Lets the client in and then does something. */
function accepting(script: PeerScript): PeerScript {
  return async (peer) => {
    await peer.accept();
    await script(peer);
  };
}

const idle: PeerScript = accepting(async (peer) => {
  while (await peer.next());
});

const echo: PeerScript = accepting(async (peer) => {
  for (let message = await peer.next(); message; message = await peer.next()) {
    peer.send(
      message.type === "bytes"
        ? message.bytes
        : message.type === "text"
        ? message.text
        : message.value,
    );
  }
});

function take(socket: Socket, count: number): Promise<unknown[]> {
  const messages = socket[Symbol.asyncIterator]();
  return Array.fromAsync({ length: count }, async () => (await messages.next()).value);
}

Deno.test("Socket carries text and bytes both ways, in order", async () => {
  await using peers = await connected(echo);
  const { socket } = peers;
  const long = new Uint8Array(70_000).map((_, i) => i);
  for (const message of ["a", new Uint8Array([1, 2]), "ä€😀", "", new Uint8Array(), long]) {
    assert(socket.send(message));
  }
  assertEquals(await take(socket, 6), [
    "a",
    new Uint8Array([1, 2]),
    "ä€😀",
    "",
    new Uint8Array(),
    long,
  ]);
});

Deno.test("Socket asks for the address with its query, headers and subprotocols", async () => {
  const clock = new VirtualClock();
  await using server = new ScriptedSocketServer(async (peer) =>
    await peer.accept({ protocol: "b" })
  );
  const { dial } = server;
  const headers = { Authorization: "Token secret", "X-Two": "2" };
  const protocols = ["a", "b"];
  await using socket = await connectSocket({ url: URL_WITH_KEY, headers, protocols }, {
    clock,
    dial,
  });
  const peer = await server.peer();
  assertEquals(peer.url.href, URL_WITH_KEY);
  assertEquals(peer.headers.get("authorization"), "Token secret");
  assertEquals(peer.headers.get("x-two"), "2");
  assertEquals(peer.protocols, ["a", "b"]);
  assertEquals(socket.protocol, "b");
});

Deno.test("Socket gives the messages before a close, and then how it was closed", async () => {
  await using peers = await connected(accepting(async (peer) => {
    for (const text of ["one", "two", "three"]) peer.send(text);
    await peer.close(4001, "enough of secret");
  }));
  const { socket } = peers;
  await socket.ended;
  assertEquals(await Array.fromAsync(socket), ["one", "two", "three"]);
  assertEquals(socket.end, { code: 4001, reason: "enough of secret", clean: true });
  assertEquals(socket.send("late"), false);
});

Deno.test("Socket gives the messages before the connection breaks", async () => {
  await using peers = await connected(accepting((peer) => {
    peer.send("one");
    return Promise.resolve().then(() => peer.drop());
  }));
  assertEquals(await Array.fromAsync(peers.socket), ["one"]);
  const { code, clean, why } = await peers.socket.ended;
  assertEquals([code, clean, why], [1006, false, "the peer hung up"]);
});

Deno.test("Socket counts a peer that stops sending as gone", async () => {
  await using peers = await connected(accepting((peer) => Promise.resolve(peer.halfClose())));
  assertEquals((await peers.socket.ended).why, "the peer hung up");
});

Deno.test("Socket closes with a peer that answers, once everything is sent", async () => {
  await using peers = await connected(idle);
  const { socket, server } = peers;
  socket.send("last");
  const [end, again] = await Promise.all([socket.close(1000, "bye"), socket.close()]);
  assertEquals([end.code, end.clean], [1000, true]);
  assertEquals(again, end);
  const peer = await server.peer();
  assertEquals(peer.received, [{ type: "text", text: "last" }]);
  await server.settled();
  assertEquals([peer.end?.code, peer.end?.reason], [1000, "bye"]);
});

Deno.test("Socket leaves a peer that does not answer a close", async () => {
  await using peers = await connected(accepting((peer) => Promise.resolve(peer.hang())));
  const { socket, clock } = peers;
  const { code, clean, why } = await clock.runUntil(socket.close());
  assertEquals([code, clean, why], [1006, false, "it did not answer a close"]);
  assertEquals(clock.now(), 1_000);
});

Deno.test("Socket leaves a peer that reads nothing when it is closed", async () => {
  await using peers = await connected(accepting((peer) => Promise.resolve(peer.pause())));
  const { socket, clock } = peers;
  await clock.settle();
  while (socket.hasRoom) socket.send(new Uint8Array(10_000));
  await clock.runUntil(socket.close());
  assertEquals(clock.now(), 1_000);
});

Deno.test("Socket says when a peer is too slow, and when there is room again", async () => {
  await using peers = await connected(accepting(async (peer) => {
    peer.pause();
    while (await peer.next());
  }));
  const { socket, server, clock } = peers;
  const peer = await server.peer();
  await clock.settle();
  let sent = 0;
  while (socket.hasRoom) sent += socket.send(new Uint8Array(1_000)) ? 1 : 0;
  await clock.settle();
  assert(socket.bufferedAmount < 70_000, `${socket.bufferedAmount}`);
  peer.resume();
  await socket.drained();
  assert(socket.hasRoom);
  await clock.settle();
  assertEquals(peer.received.length, sent);
});

Deno.test("Socket gives back what never left", async () => {
  await using peers = await connected(accepting((peer) => Promise.resolve(peer.pause())));
  const { socket, server, clock } = peers;
  await clock.settle();
  const all = Array.from({ length: 40 }, (_, i) => new Uint8Array(10_000).fill(i));
  for (const message of all) socket.send(message);
  await clock.settle();
  (await server.peer()).drop();
  await socket.ended;
  const unsent = socket.takeUnsent();
  assert(unsent.length > 0 && unsent.length < 40, `${unsent.length}`);
  assertEquals(unsent, all.slice(-unsent.length));
  assertEquals(socket.takeUnsent(), []);
});

Deno.test("Socket slows down a peer that sends more than is read", async () => {
  let sent = 0;
  await using peers = await connected(
    accepting(async (peer) => {
      const piece = new Uint8Array(100_000);
      for (; sent < 100; sent++) {
        peer.send(piece);
        await peer.drained();
      }
    }),
    { pingMs: 0 },
  );
  const { socket, clock } = peers;
  await clock.settle();
  assert(sent < 20, `${sent} pieces were taken`);
  assertEquals((await take(socket, 100)).length, 100);
});

for (
  const [what, bytes, code] of [
    ["what is no frame", new TextEncoder().encode("HTTP/1.1 500 Oops\r\n\r\n"), 1002],
    ["a masked frame", encodeFrame(OPCODE.text, new Uint8Array(3), { masked: true }), 1002],
    ["an unknown kind of frame", encodeFrame(3, new Uint8Array(), { masked: false }), 1002],
    ["the rest of no message", encodeFrame(OPCODE.more, new Uint8Array(), { masked: false }), 1002],
    [
      "text that is no text",
      encodeFrame(OPCODE.text, new Uint8Array([0xff]), { masked: false }),
      1007,
    ],
    [
      "too large a message",
      encodeFrame(OPCODE.binary, new Uint8Array(2_000), { masked: false }),
      1009,
    ],
  ] as const
) {
  Deno.test(`Socket refuses ${what}, and says so`, async () => {
    await using peers = await connected(
      accepting(async (peer) => {
        peer.send("before");
        await Promise.resolve();
        await peer.sendRaw(bytes);
      }),
      { maxMessageBytes: 1_000 },
    );
    const { socket, server } = peers;
    assertEquals(await Array.fromAsync(socket), ["before"]);
    assertEquals(socket.end?.clean, false);
    await server.settled();
    assertEquals((await server.peer()).end?.code, code);
  });
}

Deno.test("Socket puts a message together that comes in pieces, with a ping between", async () => {
  const text = new TextEncoder().encode("Grüße");
  await using peers = await connected(accepting(async (peer) => {
    const bytes = [
      ...encodeFrame(OPCODE.text, text.slice(0, 3), { masked: false, final: false }),
      ...encodeFrame(OPCODE.ping, new Uint8Array([7]), { masked: false }),
      ...encodeFrame(OPCODE.more, text.slice(3), { masked: false }),
    ];
    for (const byte of bytes) await peer.sendRaw(new Uint8Array([byte]));
  }));
  assertEquals(await take(peers.socket, 1), ["Grüße"]);
});

Deno.test("Socket pings a quiet peer, and leaves one that does not answer", async () => {
  await using peers = await connected(idle, { pingMs: 5_000 });
  const { socket, clock, server } = peers;
  await clock.advance(60_000);
  assert(socket.isOpen);
  (await server.peer()).hang();
  await clock.runUntil(socket.ended);
  assertEquals(socket.end?.why, "it answered no ping");
  assert(clock.now() <= 70_000, `${clock.now()}`);
});

Deno.test("Socket ends at once when its signal aborts", async () => {
  const controller = new AbortController();
  await using peers = await connected(idle, { signal: controller.signal });
  controller.abort();
  assertEquals((await peers.socket.ended).why, "it was given up");
  assertEquals(await Array.fromAsync(peers.socket), []);
});

for (
  const [status, category, retryable] of [
    [401, "auth", false],
    [429, "rate_limit", true],
    [503, "server_error", true],
    [200, "invalid_request", false],
  ] as const
) {
  Deno.test(`connectSocket says what ${status} means, without the key`, async () => {
    const body = '{"error":"secret is no key"}';
    await using server = new ScriptedSocketServer((peer) =>
      peer.refuse(status, { headers: { "Retry-After": "7" }, body })
    );
    const { dial } = server;
    const options = { clock: new VirtualClock(), dial, provider: "Acme", doing: "transcribe" };
    const error = await assertRejects(
      () => connectSocket({ url: URL_WITH_KEY }, options),
      ProviderError,
      "Cannot transcribe with Acme: ",
    );
    assertEquals([error.status, error.category, error.retryable], [status, category, retryable]);
    assertEquals([error.retryAfterMs, error.body], [7_000, body]);
    assertEquals(options.clock.timers, 0);
    assert(!Deno.inspect(error).includes("secret"));
  });
}

Deno.test("connectSocket gives up a peer that does not answer in time", async () => {
  const clock = new VirtualClock();
  await using server = new ScriptedSocketServer(async (peer) => {
    peer.hang();
    await peer.accept();
  });
  const { dial } = server;
  const connecting = connectSocket({ url: URL_WITH_KEY }, { clock, dial, connectTimeoutMs: 3_000 });
  const error = await assertRejects(
    () => clock.runUntil(connecting),
    ConnectionError,
    "no answer in 3000 ms",
  );
  assertEquals([clock.now(), error.retryable, error.host], [3_000, true, "acme.example"]);
  assert(!Deno.inspect(error).includes("secret"));
});

Deno.test("connectSocket stops when its signal aborts", async () => {
  const controller = new AbortController();
  await using server = new ScriptedSocketServer(async (peer) => {
    peer.hang();
    await peer.accept();
  });
  const options = { clock: new VirtualClock(), dial: server.dial, signal: controller.signal };
  const connecting = connectSocket({ url: URL_WITH_KEY }, options);
  await server.peer();
  controller.abort(new Error("enough"));
  await assertRejects(() => connecting, Error, "enough");
  await assertRejects(() => connectSocket({ url: URL_WITH_KEY }, options), Error, "enough");
});

Deno.test("connectSocket knows a server that is none", async () => {
  await using web = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("no"),
  );
  const url = `ws://127.0.0.1:${web.addr.port}/`;
  await assertRejects(() => connectSocket({ url }, { clock: systemClock }), ProviderError, "(200)");
  await using server = new ScriptedSocketServer(async (peer) => {
    await peer.sendRaw(new TextEncoder().encode("SSH-2.0-OpenSSH\r\n\r\n"));
    peer.drop();
  });
  const options = { clock: systemClock, dial: server.dial };
  await assertRejects(
    () => connectSocket({ url }, options),
    ConnectionError,
    "no WebSocket server",
  );
});

Deno.test("connectSocket refuses an address that is none", async () => {
  for (const url of ["https://acme.example?key=secret", "acme", ""]) {
    const error = await assertRejects(
      () => connectSocket({ url }, { clock: systemClock }),
      TypeError,
    );
    assert(!error.message.includes("secret"));
  }
});

Deno.test("connectSocket talks with the server of the runtime over TCP", async () => {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "p" });
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => socket.send(data);
    return response;
  });
  const url = `ws://127.0.0.1:${server.addr.port}/`;
  await using socket = await connectSocket({ url, protocols: ["p"] }, { clock: systemClock });
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  for (let i = 0; i < 20; i++) socket.send(bytes);
  socket.send("end");
  assertEquals(await take(socket, 21), [...Array.from({ length: 20 }, () => bytes), "end"]);
  assertEquals((await socket.close()).code, 1000);
});

Deno.test("ScriptedSocketServer talks with the client of the runtime over TCP", async () => {
  await using server = new ScriptedSocketServer(echo);
  const socket = new WebSocket(server.url);
  socket.binaryType = "arraybuffer";
  const { promise, resolve } = Promise.withResolvers<ArrayBuffer>();
  socket.onopen = () => socket.send(new Uint8Array([1, 2, 3]));
  socket.onmessage = ({ data }) => resolve(data);
  assertEquals(new Uint8Array(await promise), new Uint8Array([1, 2, 3]));
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  socket.close(1000);
  assertEquals((await closed).code, 1000);
});

Deno.test("connectSocket reaches a server over TCP and drops it at once when told to", async () => {
  await using server = new ScriptedSocketServer(accepting((peer) => Promise.resolve(peer.hang())));
  const socket = await connectSocket({ url: server.url }, { clock: systemClock, dial: dialTCP });
  socket.terminate();
  assertEquals((await socket.ended).code, 1006);
});

Deno.test("connectSocket says where nothing answers", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const error = await assertRejects(
    () => connectSocket({ url: `ws://127.0.0.1:${port}/?key=secret` }, { clock: systemClock }),
    ConnectionError,
    `nothing answers at "127.0.0.1:${port}"`,
  );
  assert(!Deno.inspect(error).includes("secret"));
});

Deno.test("connectSocket says that a server without TLS is none", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answered = listener.accept().then(async (conn) => {
    await conn.read(new Uint8Array(1_000));
    await conn.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
    conn.close();
  });
  const url = `wss://127.0.0.1:${listener.addr.port}`;
  const connecting = connectSocket({ url }, { clock: systemClock });
  await assertRejects(() => connecting, ConnectionError, "nothing answers");
  await answered;
});

Deno.test("FrameReader gives the same frames however the bytes are cut", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
  for (let round = 0; round < 60; round++) {
    const masked = random(2) === 0;
    const frames = Array.from({ length: 1 + random(5) }, () => ({
      final: random(3) > 0,
      opcode: random(3),
      payload: new Uint8Array(random(2) ? random(130) : 6_000 + random(60_000))
        .map((_, i) => i * round),
    }));
    const bytes = Uint8Array.from(
      frames.flatMap((
        { opcode, payload, final },
      ) => [...encodeFrame(opcode, payload, { masked, final })]),
    );
    const reader = new FrameReader({ maxBytes: 100_000, masked });
    const seen = [];
    for (let at = 0; at < bytes.length;) {
      const size = 1 + random(random(2) ? 20 : 30_000);
      reader.push(bytes.subarray(at, at += size));
      for (let frame = reader.next(); frame; frame = reader.next()) seen.push(frame);
    }
    assertEquals(seen, frames, `seed ${seed}, round ${round}`);
  }
});

Deno.test("FrameReader refuses a frame by its head, before it is there", () => {
  const reader = new FrameReader({ maxBytes: 1_000, masked: false });
  reader.push(encodeFrame(OPCODE.binary, new Uint8Array(1_001), { masked: false }).subarray(0, 4));
  assertEquals(assertThrows(() => reader.next(), FrameError).code, 1009);
});

/** A socket whose connection writes as it is told, once it is open. */
async function writing(write: () => Promise<void>) {
  const clock = new VirtualClock();
  const server = new ScriptedSocketServer(idle);
  let isOpen = false;
  const dial: typeof server.dial = async (url, options) => {
    const connection = await server.dial(url, options);
    return {
      read: () => connection.read(),
      write: (bytes) => isOpen ? write() : connection.write(bytes),
      close: () => connection.close(),
    };
  };
  const socket = await connectSocket({ url: URL_WITH_KEY }, { clock, dial, pingMs: 0 });
  isOpen = true;
  return {
    clock,
    socket,
    [Symbol.asyncDispose]: async () => {
      socket.terminate();
      await server.close();
      assertEquals(clock.timers, 0);
    },
  };
}

Deno.test("Socket ends soon when nothing can be written, though reading does not end", async () => {
  await using session = await writing(() => Promise.reject(new Deno.errors.BrokenPipe("gone")));
  const { clock, socket } = session;
  socket.send("hello");
  const end = await clock.runUntil(socket.ended, { limitMs: 1_500 });
  assertEquals([end.clean, end.why], [false, "the connection broke"]);
  assertEquals(socket.takeUnsent(), ["hello"]);
});

Deno.test("Socket gives nothing back that left while it was ending", async () => {
  const gate = Promise.withResolvers<void>();
  await using session = await writing(() => gate.promise);
  const { clock, socket } = session;
  socket.send("one");
  socket.send("two");
  socket.terminate();
  gate.resolve();
  await clock.settle();
  assertEquals(socket.takeUnsent(), ["two"]);
});
