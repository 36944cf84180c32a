import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { Session } from "node:inspector";
import { DataFrame, HeardTextFrame, OutputAudioRawFrame, TextFrame, TTSTextFrame } from "./mod.ts";

Deno.test("frames are numbered within their class, and have ids that no other has", () => {
  class MoodFrame extends DataFrame {}
  class WarmMoodFrame extends MoodFrame {}
  const made = [new MoodFrame(), new WarmMoodFrame(), new MoodFrame()];
  assertEquals(made.map(({ name }) => name), ["MoodFrame#1", "WarmMoodFrame#1", "MoodFrame#2"]);
  assertEquals(`${made[2]}`, "MoodFrame#2");
  assertEquals(new Set(made.map(({ id }) => id)).size, 3);
});

Deno.test("every frame has metadata of its own", () => {
  const [one, other] = [new TextFrame("one"), new TextFrame("other")];
  one.metadata.mood = "calm";
  assertEquals([one.metadata, other.metadata], [{ mood: "calm" }, {}]);
  assertStrictEquals(one.metadata, one.metadata);
});

Deno.test("a frame makes its metadata when somebody first asks for it", async () => {
  const frame = new TextFrame("one");
  assertEquals(await privateField(frame, "#metadata"), "undefined");
  assertEquals(frame.metadata, {});
  assertEquals(await privateField(frame, "#metadata"), "object");
});

Deno.test("what is written on a frame on its way stays on that frame", () => {
  const [down, up] = [new TextFrame("Hi"), new TextFrame("Hi")];
  down.broadcastSiblingId = up.id;
  down.pts = 7;
  down.transportSource = "microphone";
  down.transportDestination = "stage";
  const read = ({ broadcastSiblingId, pts, transportSource, transportDestination }: TextFrame) => [
    ...[broadcastSiblingId, pts, transportSource, transportDestination],
  ];
  assertEquals(read(down), [up.id, 7, "microphone", "stage"]);
  assertEquals(read(up), [undefined, undefined, undefined, undefined]);
});

Deno.test("HeardTextFrame says of a spoken text what was said of it, as a frame of its own", () => {
  const spoken = new TTSTextFrame("**Hello** ", {
    contextId: "1",
    endMs: 320,
    span: { id: 4, text: "**Hello** there.", start: 0, end: 10 },
    segmentId: 4,
    rawText: "<b>Hello</b> ",
    appendToContext: false,
    includesInterFrameSpaces: true,
  });
  spoken.pts = 7;
  spoken.transportDestination = "stage";
  const heard = HeardTextFrame.of(spoken);
  assertNotEquals(heard.id, spoken.id);
  assertEquals([heard.kind, spoken.kind], ["system", "data"]);
  const { text, contextId, endMs, span, segmentId, rawText, appendToContext, pts } = spoken;
  assertEquals(
    [heard.text, heard.contextId, heard.endMs, heard.span, heard.segmentId, heard.rawText],
    [text, contextId, endMs, span, segmentId, rawText],
  );
  assertEquals([heard.appendToContext, heard.pts], [appendToContext, pts]);
  assertEquals([heard.transportDestination, heard.includesInterFrameSpaces], ["stage", true]);
  assert(heard.willBeSpoken);
});

Deno.test("audio knows how many samples each channel has, and is not copied", () => {
  const samples = new Int16Array(480);
  const frame = new OutputAudioRawFrame(samples, { sampleRate: 24_000, numChannels: 2 });
  assertEquals([frame.numFrames, frame.audio === samples], [240, true]);
});

/** What a debugger says of an object; the types of "node:inspector" leave private fields out. */
interface Properties {
  result: unknown[];
  privateProperties?: { name: string; value?: { type: string } }[];
}

/** The type of a private field, which only a debugger can see. */
function privateField(object: object, name: string): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  const session = new Session();
  const key = "frameUnderTest";
  session.connect();
  Reflect.set(globalThis, key, object);
  session.post("Runtime.evaluate", { expression: key }, (error, { result: { objectId = "" } }) => {
    if (error) return reject(error);
    session.post("Runtime.getProperties", { objectId }, (error, properties: Properties) => {
      if (error) return reject(error);
      const { privateProperties = [] } = properties;
      resolve(privateProperties.find((field) => field.name === name)?.value?.type);
    });
  });
  return promise.finally(() => {
    session.disconnect();
    Reflect.deleteProperty(globalThis, key);
  });
}
