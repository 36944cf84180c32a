import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { interleave } from "../channels.ts";
import { concatAudio } from "../pcm.ts";
import { findSine, sine } from "../testdata/signals.ts";
import { encodeWav } from "../wav.ts";
import { SoundfileMixer, type SoundfileMixerOptions } from "./soundfile.ts";

const RATE = 24_000;

function wav(samples: Int16Array, { sampleRate = RATE, numChannels = 1 } = {}): Uint8Array {
  return encodeWav(samples, { sampleRate, numChannels });
}

const COUNT = Int16Array.of(10, 20, 30, 40, 50);
const FLAT = new Int16Array(1_000).fill(1_000);
const SOUNDS = { count: wav(COUNT), flat: wav(FLAT), low: wav(FLAT.map((sample) => -sample)) };

async function started(
  options: Partial<SoundfileMixerOptions> = {},
  rate = RATE,
): Promise<SoundfileMixer> {
  const mixer = new SoundfileMixer({
    soundFiles: SOUNDS,
    defaultSound: "count",
    volume: 1,
    ...options,
  });
  await mixer.start(rate);
  return mixer;
}

/** What the mixer adds to silence, in chunks of these lengths. */
function added(mixer: SoundfileMixer, ...lengths: readonly number[]): number[] {
  return lengths.flatMap((length) => [...mixer.mix(new Int16Array(length))]);
}

Deno.test("SoundfileMixer plays a sound round and round, without a gap", async () => {
  const mixer = await started();
  assertEquals(added(mixer, 3, 4, 5), [10, 20, 30, 40, 50, 10, 20, 30, 40, 50, 10, 20]);
  assertEquals(added(mixer, 11), [30, 40, 50, 10, 20, 30, 40, 50, 10, 20, 30]);
});

Deno.test("SoundfileMixer plays a sound once, down to its last sample, when it is told to", async () => {
  const mixer = await started({ loop: false });
  assertEquals(added(mixer, 3, 4), [10, 20, 30, 40, 50, 0, 0]);
  const pcm = Int16Array.of(1, 2);
  assertStrictEquals(mixer.mix(pcm), pcm);
  mixer.updateSettings({ loop: true });
  assertEquals(added(mixer, 2), [10, 20]);
});

Deno.test("SoundfileMixer adds at its volume, rounded, and clamps what is too loud", async () => {
  const mixer = await started({ volume: 0.25 });
  const speech = Int16Array.of(100, -100, 32_767, 0, -32_768);
  assertEquals([...mixer.mix(speech)], [103, -95, 32_767, 10, -32_755]);
  assertEquals([...speech], [100, -100, 32_767, 0, -32_768]);
  const usual = new SoundfileMixer({ soundFiles: SOUNDS, defaultSound: "flat" });
  await usual.start(RATE);
  assertEquals(added(usual, 2), [400, 400]);
});

Deno.test("a change of volume fades over the next chunk", async () => {
  const mixer = await started({ defaultSound: "flat", volume: 0 });
  const pcm = Int16Array.of(1, 2);
  assertStrictEquals(mixer.mix(pcm), pcm);
  mixer.updateSettings({ volume: 1 });
  assertEquals(added(mixer, 4, 2), [250, 500, 750, 1_000, 1_000, 1_000]);
  mixer.updateSettings({ volume: 2 });
  assertEquals(added(mixer, 4, 1), [1_250, 1_500, 1_750, 2_000, 2_000]);
});

Deno.test("a mixer that is turned off fades out, stands still, and fades in again", async () => {
  const mixer = await started();
  assertEquals(added(mixer, 1), [10]);
  mixer.setEnabled(false);
  assertEquals(added(mixer, 2), [10, 0]);
  const pcm = Int16Array.of(1, 2);
  assertStrictEquals(mixer.mix(pcm), pcm);
  mixer.setEnabled(true);
  assertEquals(added(mixer, 2, 1), [20, 50, 10]);
});

Deno.test("a mixer that starts off is silent until it is turned on", async () => {
  const mixer = await started({ mixing: false });
  const pcm = Int16Array.of(1, 2);
  assertStrictEquals(mixer.mix(pcm), pcm);
  mixer.setEnabled(true);
  assertEquals(added(mixer, 1, 2), [10, 20, 30]);
});

Deno.test("another sound begins at its beginning and fades in while the old one fades out", async () => {
  const mixer = await started({ defaultSound: "low" });
  assertEquals(added(mixer, 2), [-1_000, -1_000]);
  mixer.updateSettings({ sound: "flat" });
  assertEquals(added(mixer, 4, 2), [-500, 0, 500, 1_000, 1_000, 1_000]);
  mixer.updateSettings({ sound: "count" });
  assertEquals(added(mixer, 1), [10]);
});

Deno.test("settings that are wrong are refused, all of them, and nothing changes", async () => {
  const mixer = await started();
  const wrong: [Record<string, unknown>, new () => Error, string][] = [
    [{ volume: 0.5, sound: "street" }, RangeError, 'Cannot play "street"'],
    [{ volume: -1 }, RangeError, "volume to -1"],
    [{ volume: NaN }, RangeError, "volume to NaN"],
    [{ sound: "flat", volume: "loud" }, TypeError, '"volume"'],
    [{ loop: 1 }, TypeError, '"loop"'],
    [{ sound: "flat", pitch: 2 }, TypeError, '"pitch"'],
  ];
  for (const [settings, kind, text] of wrong) {
    assertThrows(() => mixer.updateSettings(settings), kind, text);
  }
  assertEquals(added(mixer, 3), [10, 20, 30]);
});

Deno.test("settings may be changed before the start", async () => {
  const mixer = new SoundfileMixer({ soundFiles: SOUNDS, defaultSound: "flat", volume: 0 });
  mixer.updateSettings({ sound: "count", volume: 1, loop: undefined });
  const pcm = Int16Array.of(1, 2);
  assertStrictEquals(mixer.mix(pcm), pcm);
  await mixer.start(RATE);
  assertEquals(added(mixer, 2), [10, 20]);
  mixer.stop();
  assertStrictEquals(mixer.mix(pcm), pcm);
});

Deno.test("a mixer needs a sound that exists, and a volume that is one", () => {
  const make = (options: Partial<SoundfileMixerOptions>) => () =>
    new SoundfileMixer({ soundFiles: SOUNDS, defaultSound: "count", ...options });
  assertThrows(make({ defaultSound: "street" }), RangeError, '"count", "flat", "low"');
  assertThrows(make({ soundFiles: {} }), RangeError, 'Cannot play "count"');
  assertThrows(make({ volume: -0.1 }), RangeError, "-0.1");
  assertThrows(make({ volume: Infinity }), RangeError, "Infinity");
});

Deno.test("a sound whose file is missing is told when it is to be played; the others play", async () => {
  const gone = new URL("./testdata/gone.wav", import.meta.url);
  const mixer = await started({ soundFiles: { ...SOUNDS, gone } });
  assertThrows(() => mixer.updateSettings({ sound: "gone" }), Error, 'Cannot play "gone": ');
  assertEquals(added(mixer, 2), [10, 20]);
  const first = new SoundfileMixer({
    soundFiles: { ...SOUNDS, gone },
    defaultSound: "gone",
    volume: 1,
  });
  await assertRejects(() => first.start(RATE), Error, 'Cannot play "gone": ');
  const pcm = Int16Array.of(1, 2);
  assertStrictEquals(first.mix(pcm), pcm);
  first.updateSettings({ sound: "count" });
  assertEquals(added(first, 2), [10, 20]);
});

Deno.test.each<[string, Uint8Array]>([
  ["no bytes", new Uint8Array(0)],
  ["text", new TextEncoder().encode("this is no sound at all, whatever its name says")],
  ["an empty WAV file", wav(new Int16Array(0))],
  ["half a header", wav(COUNT).subarray(0, 20)],
])("a file with %s is refused", async (_what, bytes) => {
  await assertRejects(
    () => started({ soundFiles: { count: bytes } }),
    Error,
    'Cannot play "count"',
  );
});

Deno.test("channels are averaged, and the rate becomes the output's", async () => {
  const tone = sine(440, { rate: 48_000, samples: 24_000, amplitude: 8_000 });
  const stereo = wav(interleave([tone, tone.map((sample) => sample / 2)]), {
    sampleRate: 48_000,
    numChannels: 2,
  });
  const mixer = await started({ soundFiles: { count: stereo }, loop: false }, 16_000);
  const pcm = Int16Array.from(added(mixer, 8_000));
  const { amplitude, snrDb } = findSine(pcm.subarray(100, 7_900), 440, 16_000);
  assertAlmostEquals(amplitude, 6_000, 10);
  assert(snrDb > 60);
  assertEquals(added(mixer, 2), [0, 0]);
});

Deno.test.each([["mp3"], ["flac"], ["ogg"], ["opus"], ["m4a"]])(
  "SoundfileMixer reads %s files, by path and by URL",
  async (kind) => {
    const url = new URL(`../testdata/tone.${kind}`, import.meta.url);
    for (const source of [url, url.href, url.pathname]) {
      const mixer = await started({ soundFiles: { count: source } });
      const pcm = concatAudio(
        Array.from({ length: 12 }, () => mixer.mix(new Int16Array(RATE / 25))),
      );
      // What a codec puts before the first sample lies outside.
      const { amplitude, snrDb } = findSine(pcm.subarray(4_000, 10_000), 440, RATE);
      assertAlmostEquals(amplitude, 4_096, 400, kind);
      assert(snrDb > 20, `${kind} ${snrDb}`);
    }
  },
);

Deno.test("SoundfileMixer fetches a file by its address, and says when there is none", async () => {
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    ({ url }) =>
      url.endsWith("/count.wav")
        ? new Response(wav(COUNT).slice().buffer)
        : new Response("no", { status: 404 }),
  );
  const base = `http://127.0.0.1:${server.addr.port}`;
  const mixer = await started({ soundFiles: { count: `${base}/count.wav` } });
  assertEquals(added(mixer, 2), [10, 20]);
  await assertRejects(
    () => started({ soundFiles: { count: new URL("/none", base) } }),
    Error,
    'Cannot play "count": Cannot fetch it: the server answers 404',
  );
});

Deno.test("importing the mixers loads no decoder", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-lock", new URL("./mod.ts", import.meta.url).href],
    stdout: "piped",
  }).output();
  const graph = new TextDecoder().decode(stdout);
  assert(graph.includes("_sound_file.ts"));
  assertLess(graph.indexOf("audio-decode"), 0);
});
