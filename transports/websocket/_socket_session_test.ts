import { assert, assertEquals } from "@std/assert";
import { EndFrame, OutputTransportMessageUrgentFrame } from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import { FakeSocket } from "../../tests/transports/fake_socket.ts";
import { KeptLog } from "../../tests/transports/output_rig.ts";
import { codec, SocketRig, utterance } from "../../tests/transports/socket_rig.ts";
import { WebSocketTransport } from "./mod.ts";

Deno.test("a client that leaves in mid-sentence ends the task", async () => {
  const rig = await new SocketRig().start();
  rig.send(...utterance(5_000, ["One ", ...Array(49).fill("more ")]));
  await rig.clock.advance(250);
  rig.socket.leave();
  await rig.clock.runUntil(rig.running ?? Promise.resolve());
  assertEquals(rig.events, ["0 connected", "250 gone"]);
  assertEquals(rig.transport.signal.aborted, true);
  assertEquals(rig.heard, "One more ");
  assertEquals([rig.clock.timers, rig.socket.closes], [0, []]);
});

Deno.test("a client that has left before the start ends the task at once", async () => {
  const rig = new SocketRig({}, new FakeSocket());
  rig.socket.leave();
  await rig.start();
  await rig.running;
  assertEquals([rig.task.hasFinished(), rig.events], [true, ["0 gone"]]);
});

Deno.test("without anybody who listens, a lost client loses no more than its audio", async () => {
  const socket = new FakeSocket();
  const transport = new WebSocketTransport({
    websocket: socket,
    params: { serializer: codec, audioOutEnabled: true, audioOutEndSilenceSecs: 2 },
  });
  const clock = new VirtualClock();
  const log = new KeptLog();
  const task = new PipelineTask(new Pipeline([transport.input(), transport.output()]), {
    clock,
    log,
  });
  const running = task.run();
  await clock.settle();
  for (const frame of utterance(3_000)) void task.queueFrame(frame);
  await clock.advance(100);
  socket.leave();
  void task.queueFrame(new OutputTransportMessageUrgentFrame("late"));
  void task.queueFrame(new EndFrame());
  await clock.runUntil(running);
  assertEquals([clock.now(), log.errors, clock.timers], [100, [], 0]);
});

Deno.test("the end closes the socket, after everything was sent", async () => {
  const rig = await new SocketRig({ wsCloseTimeout: 1 }).start();
  rig.send(...utterance(200), new EndFrame());
  await rig.clock.runUntil(rig.running ?? Promise.resolve());
  assertEquals(rig.audio.length, 5);
  assertEquals(rig.socket.closes, [{ code: 1000, reason: "" }]);
  assertEquals([rig.clock.now(), rig.clock.timers, rig.events], [200, 0, ["0 connected"]]);
});

Deno.test("a peer that does not answer the close is not waited for for long", async () => {
  const rig = await new SocketRig().start();
  rig.socket.answersClose = false;
  rig.send(new EndFrame());
  await rig.clock.runUntil(rig.running ?? Promise.resolve());
  assertEquals([rig.clock.now(), rig.clock.timers], [500, 0]);
});

Deno.test("a transport whose pipeline never ran can be closed, twice", async () => {
  const rig = new SocketRig();
  await rig.transport.close();
  await rig.transport.close();
  assertEquals(rig.socket.closes.length, 1);
});

Deno.test("a session that lasts too long is announced", async () => {
  const rig = await new SocketRig({ sessionTimeout: 30 }).start();
  await rig.clock.advance(29_999);
  assertEquals(rig.events, ["0 connected"]);
  await rig.clock.advance(1);
  assertEquals(rig.events, ["0 connected", "30000 timeout"]);
  rig.send(new EndFrame());
  await rig.clock.runUntil(rig.running ?? Promise.resolve());
  const short = await new SocketRig({ sessionTimeout: 30 }).start();
  short.send(new EndFrame());
  await short.clock.runUntil(short.running ?? Promise.resolve());
  assertEquals(short.clock.timers, 0);
});

Deno.test("a client that does not read loses audio, is warned about once, and comes back", async () => {
  await using rig = await new SocketRig().start();
  rig.socket.bufferedAmount = 300_000;
  rig.send(...utterance(1_000, ["lost"]));
  await rig.clock.advance(500);
  assertEquals(rig.audio.length, 0);
  assertEquals(rig.log.warnings, [
    "A client does not read: 300000 bytes wait for it, and audio is dropped",
  ]);
  rig.socket.bufferedAmount = 0;
  await rig.clock.advance(1_500);
  assert(rig.audio.length > 10);
  await rig.clock.advance(20_000);
  assertEquals([rig.socket.closes, rig.below.list().some((line) => line.includes("Heard"))], [
    [],
    false,
  ]);
});

Deno.test("a client that does not read for too long is disconnected", async () => {
  const rig = await new SocketRig({ stallTimeoutMs: 3_000 }).start();
  rig.socket.answersClose = false;
  rig.socket.bufferedAmount = 300_000;
  rig.send(...utterance(1_000));
  await rig.clock.runUntil(rig.running ?? Promise.resolve());
  assertEquals(rig.clock.now(), 3_000);
  assertEquals(rig.events, ["0 connected", "3000 gone"]);
  assertEquals(rig.socket.closes, [{ code: 1008, reason: "The client does not read" }]);
  assertEquals(rig.log.warnings.length, 2);
});

Deno.test("a client for which too much waits is disconnected at once", async () => {
  const rig = await new SocketRig({ maxBufferedBytes: 1_000 }).start();
  rig.socket.bufferedAmount = 1_001;
  rig.send(new OutputTransportMessageUrgentFrame("one more"));
  await rig.clock.runUntil(rig.running ?? Promise.resolve());
  assertEquals([rig.socket.sent, rig.events], [[], ["0 connected", "0 gone"]]);
});
