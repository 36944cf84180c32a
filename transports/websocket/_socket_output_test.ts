import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { bytesToPcm, decodeWav, pcmToBytes } from "../../audio/mod.ts";
import { EndFrame, InputAudioRawFrame, InterruptionFrame } from "../../frames/mod.ts";
import { counting } from "../../tests/transports/output_rig.ts";
import { RawSerializer, SocketRig, utterance } from "../../tests/transports/socket_rig.ts";

Deno.test("an interruption is not announced to a client that cannot flush", async () => {
  await using rig = await new SocketRig().start();
  rig.send(...utterance(1_000));
  await rig.clock.advance(100);
  const { length } = rig.socket.sent;
  rig.send(new InterruptionFrame());
  await rig.clock.advance(1_000);
  assertEquals(rig.socket.sent.length, length);
});

Deno.test.each([[false], [true]])(
  "a client that can flush is told to (serialized later: %s)",
  async (later) => {
    const serializer = new RawSerializer();
    serializer.later = later;
    await using rig = await new SocketRig({ serializer }).start();
    rig.send(...utterance(1_000, ["One ", "two ", "three ", "four ", "five."]));
    await rig.clock.advance(410);
    rig.send(new InterruptionFrame());
    await rig.clock.advance(1_000);
    assertEquals(rig.socket.sent.at(-1), "clear");
    assertEquals(rig.heard, "One two ");
  },
);

Deno.test("a serializer says goodbye its own way", async () => {
  const rig = await new SocketRig({ serializer: new RawSerializer() }).start();
  rig.send(new EndFrame());
  await rig.clock.runUntil(rig.running ?? Promise.resolve());
  assertEquals([rig.socket.sent, rig.socket.closes.length], [["hang up"], 1]);
});

Deno.test("messages that are read later stay in order", async () => {
  const serializer = new RawSerializer();
  serializer.later = true;
  await using rig = await new SocketRig({ serializer }).start();
  for (const text of ["1", "2", "3", "4"]) rig.socket.receive(text);
  await rig.clock.settle();
  serializer.later = false;
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  rig.socket.receive("5");
  assertEquals(rig.messages, ["1", "2", "3", "4", "5"]);
});

Deno.test("a serializer that throws costs one message", async () => {
  await using rig = await new SocketRig({ serializer: new RawSerializer() }).start();
  rig.socket.receive("throw");
  rig.socket.receive("next");
  assertEquals([rig.messages, rig.log.warnings.length], [["next"], 1]);
});

Deno.test("audio goes in packets of one size to a client that insists", async () => {
  const serializer = new RawSerializer();
  await using rig = await new SocketRig({
    serializer,
    audioOutSampleRate: 16_000,
    fixedAudioPacketSize: 700,
  }).start();
  const frames = utterance(120, [], 16_000);
  rig.send(...frames);
  await rig.clock.advance(1_000);
  const packets = rig.socket.sent.filter((data) => typeof data !== "string");
  assert(packets.every(({ length }) => length === 700));
  const samples = [...bytesToPcm(new Uint8Array(packets.flatMap((packet) => [...packet])))];
  // The last packet is filled up and not held back.
  assertEquals(samples.length, 2_100);
  assertEquals(samples.slice(0, 1_920), [...counting(120, 0, 16_000)]);
  assertEquals(samples.slice(1_920).every((sample) => sample === 0), true);
});

Deno.test("a chunk is a whole WAV file when that is asked for", async () => {
  await using rig = await new SocketRig({ addWavHeader: true }).start();
  rig.send(...utterance(40));
  const [frame] = rig.audio;
  assertInstanceOf(frame, InputAudioRawFrame);
  const wav = decodeWav(pcmToBytes(frame.audio));
  assertEquals([wav.sampleRate, wav.samples.length, wav.warnings], [24_000, 960, []]);
  assertEquals([...wav.samples.slice(0, 3)], [1, 2, 3]);
});

Deno.test("a handler of an event that throws is reported", async () => {
  await using rig = new SocketRig();
  rig.transport.on("clientConnected", () => {
    throw new Error("no such person");
  });
  await rig.start();
  await rig.clock.settle();
  assertEquals(rig.log.errors, ['Cannot run a handler of "clientConnected": no such person']);
});
