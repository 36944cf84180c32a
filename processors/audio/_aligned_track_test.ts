import { assert, assertEquals, assertLess } from "@std/assert";
import { concatAudio, resample, rms } from "../../audio/mod.ts";
import { cut, noise, sine } from "../../audio/testdata/signals.ts";
import { AlignedTrack } from "./_aligned_track.ts";

const RATE = 8_000;
const PIECE = 160;

/** A sender whose pieces of 20 ms arrive when a test says. */
class Sender {
  readonly track = new AlignedTrack(RATE);
  #sent = 0;

  /** A piece that arrives at a moment, when it is over. */
  send(atMs: number, sample: number): void {
    const pcm = new Int16Array(PIECE).fill(sample);
    this.track.write("", { pcm, sampleRate: RATE, atMs: atMs - 20, loose: true });
    this.#sent++;
  }

  get sent(): number {
    return this.#sent;
  }

  /** The samples at every 20 ms of the track. */
  get story(): number[] {
    const { end } = this.track;
    return [...this.track.read(end).filter((_, i) => i % PIECE === 0)];
  }
}

Deno.test("what a network held back and then delivers at once stays whole", () => {
  const sender = new Sender();
  for (let i = 1; i <= 10; i++) sender.send(20 * i, 1_000 + i);
  // Nothing for 400 ms, then all of it.
  for (let i = 11; i <= 30; i++) sender.send(600, 1_000 + i);
  sender.send(620, 2_000);
  const spoken = sender.story.filter((sample) => sample !== 0);
  assertEquals(spoken.length, 31);
  assertEquals(spoken.slice(0, 30), Array.from({ length: 30 }, (_, i) => 1_001 + i));
});

Deno.test("after that, pauses make up for the silence that was put in", () => {
  const sender = new Sender();
  for (let i = 1; i <= 10; i++) sender.send(20 * i, 1_000);
  for (let i = 11; i <= 30; i++) sender.send(600, 1_000);
  let now = 600;
  for (let i = 0; i < 100; i++) sender.send(now += 20, 3);
  const next = sender.track.end * 1000 / RATE;
  // Where the track ends and where the clock stands are as near as jitter.
  assertLess(Math.abs(next - now), 81);
  sender.send(now += 20, 1_000);
  assertEquals(sender.story.at(-1), 1_000);
});

Deno.test.each([[1.002], [0.998]])(
  "a sender whose clock runs %f times as fast stays in time, and loses no speech",
  (speed) => {
    const sender = new Sender();
    let words = 0;
    let now = 0;
    for (let i = 1; i <= 60_000; i++) {
      now = 20 * i / speed;
      // A word of 400 ms, a pause of 600 ms.
      const speaks = i % 50 < 20;
      if (speaks) words++;
      sender.send(now, speaks ? 1_000 : 2);
    }
    assertLess(Math.abs(sender.track.end * 1000 / RATE - now), 250);
    const track = sender.track.read(sender.track.end);
    assertEquals(track.filter((sample) => sample === 1_000).length, words * PIECE);
    // Silence was put into pauses only: what follows it is one.
    const ends = [...track.keys()].filter((i) => track[i] === 0 && track[i + 1] !== 0);
    assertEquals(ends.filter((i) => track[i + 1] === 1_000), []);
  },
);

Deno.test("a piece that comes too late for what was taken follows it", () => {
  const track = new AlignedTrack(RATE);
  track.write("a", { pcm: new Int16Array(10).fill(1), sampleRate: RATE, atMs: 0, loose: false });
  assertEquals(track.take(8_000).filter((sample) => sample === 1).length, 10);
  track.write("b", { pcm: new Int16Array(20).fill(2), sampleRate: RATE, atMs: 500, loose: false });
  assertEquals([track.end, [...track.take(30)]], [
    8_020,
    [...Array(20).fill(2), ...Array(10).fill(0)],
  ]);
  assertEquals(track.end, 8_030);
});

Deno.test("a track gives silence where there is nothing, and forgets what it gave", () => {
  const track = new AlignedTrack(RATE);
  assertEquals([...track.take(3)], [0, 0, 0]);
  const write = (sample: number, atMs: number) =>
    track.write("", {
      pcm: new Int16Array(8).fill(sample),
      sampleRate: RATE,
      atMs,
      loose: false,
    });
  write(1, 1);
  write(2, 4);
  assertEquals([...track.read(37)], [
    ...Array(5).fill(0),
    ...Array(8).fill(1),
    ...Array(16).fill(0),
    ...Array(8).fill(2),
  ]);
  assertEquals([...track.take(9)], [...Array(5).fill(0), ...Array(4).fill(1)]);
  write(3, 7);
  assertEquals([...track.take(52)], [
    ...Array(4).fill(1),
    ...Array(16).fill(0),
    ...Array(8).fill(2),
    ...Array(16).fill(0),
    ...Array(8).fill(3),
  ]);
});

Deno.test("a resampled stream is the same whatever is taken of it meanwhile", () => {
  const input = noise(16_000, 8_000);
  const whole = resample(input, { fromRate: 16_000, toRate: RATE });
  const track = new AlignedTrack(RATE);
  const taken: Int16Array[] = [];
  cut(input, 320).forEach((pcm, i) => {
    track.write("", { pcm, sampleRate: 16_000, atMs: i * 20, loose: false });
    if (i % 7 === 6) taken.push(track.take(500));
  });
  track.settle(Infinity);
  assertEquals(concatAudio([...taken, track.take(track.end - 500 * taken.length)]), whole);
});

Deno.test("a source that falls silent is written to its last sample", () => {
  const track = new AlignedTrack(RATE);
  const tone = sine(400, { rate: 24_000, samples: 2_400 });
  track.write("", { pcm: tone, sampleRate: 24_000, atMs: 0, loose: false });
  const before = track.end;
  assert(before < 800);
  track.settle(16_000);
  assertEquals(track.end, 800);
  const rest = track.read(800).subarray(before);
  assert(rms(rest) > 4_000);
  // It goes on later, where it is then.
  track.write("", { pcm: tone, sampleRate: 24_000, atMs: 3_000, loose: false });
  track.settle(Infinity);
  assertEquals(track.end, 24_800);
});

Deno.test("what is loud from two sources is clamped, and a source may change its rate", () => {
  const track = new AlignedTrack(RATE);
  const loud = new Int16Array(80).fill(30_000);
  for (const key of ["a", "b"]) {
    track.write(key, { pcm: loud, sampleRate: RATE, atMs: 0, loose: false });
  }
  track.write("a", { pcm: loud, sampleRate: 16_000, atMs: 10, loose: false });
  track.settle(Infinity);
  assertEquals([...track.read(80)], Array(80).fill(32_767));
  assertEquals(track.end, 120);
});
