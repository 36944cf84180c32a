import { assert, assertEquals } from "@std/assert";
import {
  InputTransportMessageFrame,
  OutputTransportMessageFrame,
  OutputTransportMessageUrgentFrame,
  TextFrame,
} from "../../frames/mod.ts";
import { FakeSocket } from "../../tests/transports/fake_socket.ts";
import {
  audioIn,
  codec,
  message,
  SocketRig,
  utterance,
} from "../../tests/transports/socket_rig.ts";

Deno.test("a client's audio and messages go down the pipeline", async () => {
  await using rig = await new SocketRig().start();
  // The published client sends 256 samples at a time.
  for (let i = 0; i < 5; i++) rig.socket.receive(audioIn(256));
  rig.socket.receive(message({ label: "rtvi-ai", type: "client-ready" }));
  rig.socket.receive(codec.serialize(new TextFrame("typed")) ?? "");
  assertEquals(rig.socket.binaryType, "arraybuffer");
  const list = rig.above.list();
  assertEquals(list, [
    "0 Start",
    "0 ClientConnected",
    ...Array(4).fill("0 InputAudioRaw"),
    "0 InputTransportMessage",
    "0 Text",
  ]);
  assertEquals(rig.messages, [{ label: "rtvi-ai", type: "client-ready" }]);
});

Deno.test("what the client sends before the pipeline has started is kept for it", async () => {
  await using rig = new SocketRig({}, new FakeSocket({ open: false }));
  rig.socket.open();
  rig.socket.receive(message("first"));
  assertEquals(rig.events, []);
  await rig.start();
  rig.socket.receive(message("second"));
  assertEquals(rig.messages, ["first", "second"]);
  assertEquals(rig.events, ["0 connected"]);
});

Deno.test("a socket that opens after the start is announced then", async () => {
  await using rig = await new SocketRig({}, new FakeSocket({ open: false })).start();
  assertEquals(rig.events, []);
  await rig.clock.advance(50);
  rig.socket.open();
  await rig.clock.settle();
  assertEquals(rig.events, ["50 connected"]);
  assertEquals(rig.above.list().at(-1), "50 ClientConnected");
});

Deno.test("speech goes to the client at 24 kHz, whatever the pipeline's rate, at most 80 ms ahead", async () => {
  await using rig = await new SocketRig().start();
  rig.send(...utterance(400, ["Hello."], 16_000));
  assertEquals(rig.audio.length, 2);
  await rig.clock.advance(1_000);
  assertEquals(
    rig.audio.map(({ sampleRate, numFrames }) => [sampleRate, numFrames]),
    Array(10).fill([24_000, 960]),
  );
});

Deno.test("the user's own rate goes before the client's", async () => {
  await using rig = await new SocketRig({ audioOutSampleRate: 8_000 }).start();
  rig.send(...utterance(40));
  assertEquals(rig.audio[0]?.sampleRate, 8_000);
});

Deno.test("messages go to the client, urgent ones before the speech that waits", async () => {
  await using rig = await new SocketRig().start();
  rig.send(...utterance(100), new OutputTransportMessageFrame({ n: 1 }));
  rig.send(new OutputTransportMessageUrgentFrame({ n: 2 }));
  await rig.clock.advance(200);
  const sent = rig.socket.sent.map((data) => codec.deserialize(data));
  const kinds = sent.map((frame) =>
    frame instanceof InputTransportMessageFrame ? frame.message : "audio"
  );
  assertEquals(kinds, ["audio", "audio", { n: 2 }, "audio", { n: 1 }]);
});

Deno.test("a message that cannot be written is an error, and the conversation goes on", async () => {
  await using rig = await new SocketRig().start();
  const bad = new OutputTransportMessageUrgentFrame({ n: 1n });
  rig.send(bad, new OutputTransportMessageUrgentFrame("good"));
  await rig.clock.settle();
  assertEquals(rig.log.errors.length, 1);
  assert(rig.log.errors[0]?.startsWith(`Cannot send "${bad.name}"`));
  assertEquals(rig.socket.sent.length, 1);
});

Deno.test("bad messages are warnings that say what was wrong, and the conversation goes on", async () => {
  await using rig = await new SocketRig({ maxMessageBytes: 1_000 }).start();
  rig.socket.receive("not binary");
  rig.socket.receive(new Uint8Array([255, 255, 255]));
  rig.socket.receive(message("whole").subarray(0, 6));
  rig.socket.receive(message("still here"));
  assertEquals(rig.messages, ["still here"]);
  const { name } = rig.transport.input();
  assertEquals(
    rig.log.warnings.map((line) => line.replace(`"${name}" could not read a message: `, "")),
    [
      "it is text, where binary protocol buffers are expected",
      "its 3 bytes are no protocol buffers, or cut short",
      "its 6 bytes are no protocol buffers, or cut short",
    ],
  );
});

Deno.test.each<[string, string | Uint8Array, RegExp]>([
  ["too large", new Uint8Array(1_001), /1001 bytes are more than the 1000/],
  ["too long a text", "x".repeat(1_001), /1001 bytes/],
  [
    "an odd number of bytes",
    new Uint8Array([0x12, 0x03, 0x1a, 0x01, 0x00]),
    /16-bit samples are even/,
  ],
  ["an absurd rate", audioIn(16, 1_000_000), /1000000 Hz/],
])("a message with %s is a warning", async (_name, data, expected) => {
  await using rig = await new SocketRig({ maxMessageBytes: 1_000 }).start();
  rig.socket.receive(data);
  assertEquals(rig.log.warnings.length, 1);
  assert(expected.test(rig.log.warnings[0] ?? ""), rig.log.warnings[0]);
  rig.socket.receive(message("still here"));
  assertEquals(rig.messages, ["still here"]);
});

Deno.test("a flood of bad messages does not flood the log", async () => {
  await using rig = await new SocketRig().start();
  for (let i = 0; i < 1_000; i++) rig.socket.receive("garbage");
  assertEquals(rig.log.warnings.length, 13);
  assert(rig.log.warnings.at(-1)?.endsWith("(1000 so far)"));
});
