import { assertEquals, assertThrows } from "@std/assert";
import { connectSocket, type Socket } from "../services/wire/mod.ts";
import { ScriptedSocketServer } from "./scripted_socket_server.ts";
import { parseTranscript } from "./transcript.ts";
import { TranscriptPlayer } from "./transcript_player.ts";
import { VirtualClock } from "./virtual_clock.ts";

const TEXT = `{"source": "from docs https://acme.example/docs", "service": "Acme"}
{"from": "input", "frame": "StartFrame"}
{"from": "client", "open": {"url": "wss://acme.example/v1?b=2&a=1", "headers": {"X-Key": "k"}, "protocols": ["p"]}}
{"from": "server", "text": {"type": "hello"}}
{"from": "client", "audio": {"bytes": 8}}
{"from": "client", "text": {"type": "finalize"}}

{"from": "server", "bytes": "AQI="}
{"from": "client", "audio": {}}
{"from": "client", "text": "bye", "json": false}
{"from": "server", "close": 1000, "reason": "done"}
`;

const REQUEST = {
  url: "wss://acme.example/v1?a=1&b=2",
  headers: { "X-Key": "k", "X-More": "m" },
  protocols: ["p"],
};

/** Has a client say something to a player; gives the failures. */
async function play(
  say: (socket: Socket) => void,
  request: Partial<typeof REQUEST> = {},
): Promise<string> {
  const player = new TranscriptPlayer(parseTranscript(TEXT));
  await using server = new ScriptedSocketServer(player.script);
  const clock = new VirtualClock();
  const socket = await connectSocket({ ...REQUEST, ...request }, { clock, dial: server.dial })
    .catch(() => undefined);
  if (socket) say(socket);
  await clock.settle();
  await socket?.close();
  await server.settled();
  try {
    player.check(server);
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  return "";
}

function all(socket: Socket): void {
  for (const size of [2, 4, 2]) socket.send(new Uint8Array(size));
  socket.send('{"type": "finalize"}');
  for (const size of [100, 200]) socket.send(new Uint8Array(size));
  socket.send("bye");
}

Deno.test("parseTranscript reads what was said and leaves notes out", () => {
  const { source, lines } = parseTranscript(TEXT);
  assertEquals([source, lines.length], ["from docs https://acme.example/docs", 8]);
});

Deno.test("parseTranscript refuses what it does not know", () => {
  assertThrows(() => parseTranscript("{}"), SyntaxError, "source");
  assertThrows(
    () => parseTranscript('{"source": "x"}\n{"from": "client"}'),
    SyntaxError,
    "none of",
  );
  assertThrows(() => parseTranscript('{"source": "x"}\nno'), SyntaxError);
});

Deno.test("TranscriptPlayer is content with a client that says its side", async () => {
  assertEquals(await play(all), "");
});

for (
  const [what, request, say, message] of [
    ["another path", { url: "wss://acme.example/v2?a=1&b=2" }, all, "path"],
    ["another host", { url: "wss://acme.test/v1?a=1&b=2" }, all, "host"],
    ["another query", { url: "wss://acme.example/v1?a=1&b=3" }, all, "query"],
    ["a missing header", { headers: { "X-Key": "", "X-More": "" } }, all, "headers"],
    ["another subprotocol", { protocols: ["q"] }, all, "subprotocols"],
    [
      "too much audio",
      {},
      (s: Socket) => s.send(new Uint8Array(9)),
      "9 bytes of audio came, not 8",
    ],
    ["too little audio", {}, (s: Socket) => s.send("early"), "audio was expected, after 0 bytes"],
    ["audio too late", {}, (s: Socket) => {
      for (const size of [8, 8]) s.send(new Uint8Array(size));
    }, "8 bytes of audio that nobody expects"],
    ["another message", {}, (s: Socket) => {
      s.send(new Uint8Array(8));
      s.send('{"type": "other"}');
    }, "other"],
    ["an early end", {}, (s: Socket) => void s.send(new Uint8Array(8)), "closed before it said"],
    ["nothing", {}, () => {}, "audio was expected"],
  ] as const
) {
  Deno.test(`TranscriptPlayer sees ${what}`, async () => {
    const failure = await play(say, request as Partial<typeof REQUEST>);
    assertEquals(failure.includes(message), true, `"${failure}" says nothing of "${message}"`);
  });
}

Deno.test("TranscriptPlayer sees a connection that never came", () => {
  const player = new TranscriptPlayer(parseTranscript(TEXT));
  assertThrows(() => player.check({ failures: [] }), Error, "not played to their end");
});

const NAMED = parseTranscript(`{"source": "from docs https://acme.example/docs"}
{"from": "client", "open": {"url": "wss://acme.example/v1"}}
{"from": "client", "text": {"speak": ["$CTX1", "$CTX2"]}}
{"from": "client", "text": {"cancel": "$CTX1"}}
{"from": "server", "text": {"cancelled": "$CTX1"}}
{"from": "client", "close": 1000}`);

for (
  const [what, first, second, failure] of [
    ["takes", "one", "two", undefined],
    ["is not content when one is changed in", "one", "three", "three"],
    ["is not content with the same for two in", "one", "one", "$CTX2"],
  ] as const
) {
  Deno.test(`TranscriptPlayer ${what} the ids that a client makes up`, async () => {
    const player = new TranscriptPlayer(NAMED);
    await using server = new ScriptedSocketServer(player.script);
    const options = { clock: new VirtualClock(), dial: server.dial };
    const socket = await connectSocket({ url: "wss://acme.example/v1" }, options);
    const ids = failure === "$CTX2" ? [first, second] : [first, "two"];
    const cancelled = failure === "three" ? second : first;
    socket.send(JSON.stringify({ speak: ids }));
    socket.send(JSON.stringify({ cancel: cancelled }));
    if (failure !== undefined) {
      await server.settled();
      assertThrows(() => player.check(server), Error, failure);
      return;
    }
    const { value } = await socket[Symbol.asyncIterator]().next();
    assertEquals(value, JSON.stringify({ cancelled: first }));
    await socket.close();
    await server.settled();
    player.check(server);
  });
}
