import { assert, assertEquals } from "@std/assert";
import { AudioConverter } from "./_converter.ts";
import { AudioQueue } from "./_audio_queue.ts";

Deno.test("AudioConverter passes what fits without a copy", () => {
  const converter = new AudioConverter({ sampleRate: 16_000, numChannels: 1 });
  const pcm = new Int16Array([1, 2, 3]);
  assert(converter.convert(pcm, { sampleRate: 16_000, numChannels: 1 }) === pcm);
  assertEquals(converter.flush().length, 0);
});

Deno.test.each<[number, number, number, number, number]>([
  [48_000, 1, 16_000, 1, 16_000],
  [8_000, 2, 16_000, 1, 16_000],
  [24_000, 2, 24_000, 1, 24_000],
  [24_000, 1, 24_000, 2, 48_000],
  [48_000, 2, 16_000, 2, 32_000],
  [48_000, 1, 8_000, 2, 16_000],
])(
  "AudioConverter brings a second of %d Hz x %d to %d Hz x %d",
  (rate, channels, toRate, toChannels, samples) => {
    const converter = new AudioConverter({ sampleRate: toRate, numChannels: toChannels });
    let count = 0;
    const step = rate * channels / 50;
    for (let i = 0; i < 50; i++) {
      count +=
        converter.convert(new Int16Array(step), { sampleRate: rate, numChannels: channels }).length;
    }
    assertEquals(count + converter.flush().length, samples);
  },
);

Deno.test("AudioConverter keeps the channels apart", () => {
  const converter = new AudioConverter({ sampleRate: 16_000, numChannels: 2 });
  const pcm = Int16Array.from({ length: 9_600 }, (_, i) => i % 2 === 0 ? 1_000 : -500);
  const out = converter.convert(pcm, { sampleRate: 48_000, numChannels: 2 });
  assertEquals([...out.subarray(1_000, 1_004)], [1_000, -500, 1_000, -500]);
});

Deno.test("AudioConverter ends the stream before a change of rate", () => {
  const converter = new AudioConverter({ sampleRate: 16_000, numChannels: 1 });
  const first = converter.convert(new Int16Array(4_800), { sampleRate: 48_000, numChannels: 1 });
  const second = converter.convert(new Int16Array(1_600), { sampleRate: 16_000, numChannels: 1 });
  assertEquals(first.length + second.length, 3_200);
});

Deno.test("AudioQueue gives views of a piece, and one copy across pieces", () => {
  const queue = new AudioQueue();
  const first = new Int16Array([1, 2, 3, 4, 5]);
  queue.push(first, true);
  queue.push(new Int16Array([6, 7]), false);
  const view = queue.take(3);
  assertEquals([[...view.pcm], view.samples, view.speech], [[1, 2, 3], 3, true]);
  assert(view.pcm.buffer === first.buffer);
  const across = queue.take(3);
  assertEquals([[...across.pcm], across.samples, across.speech], [[4, 5, 6], 3, true]);
  assertEquals([queue.samples, queue.speech], [1, false]);
  const padded = queue.take(3);
  assertEquals([[...padded.pcm], padded.samples, padded.speech], [[7, 0, 0], 1, false]);
  assertEquals(queue.take(2), { pcm: new Int16Array(2), samples: 0, speech: false });
});

Deno.test("AudioQueue forgets everything when it is cleared in the middle of a piece", () => {
  const queue = new AudioQueue();
  queue.push(new Int16Array([1, 2, 3]), true);
  queue.take(1);
  queue.clear();
  queue.push(new Int16Array(0), true);
  queue.push(new Int16Array([9]), false);
  assertEquals([queue.samples, queue.speech, [...queue.take(1).pcm]], [1, false, [9]]);
});
