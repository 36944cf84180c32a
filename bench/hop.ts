import type { Frame } from "../frames/mod.ts";
import { Pipeline } from "../pipeline/mod.ts";
import { deliver, type Figure } from "./figure.ts";
import { alternate, processorTime } from "./measure.ts";
import { Chunk, plainStreams, workers } from "./subjects.ts";

const HOPS = 10;
const FRAMES = 20_000;
const RUNS = 7;

/** Nanoseconds of processor time for each hop of many frames, written as fast as they are taken. */
async function timeHops(through: TransformStream<Frame, Frame>): Promise<number> {
  const writer = through.writable.getWriter();
  const reader = through.readable.getReader();
  const before = processorTime();
  const written = writeAll(writer);
  for (let read = 0, last = 0; read < FRAMES; read++) {
    const { value } = await reader.read();
    if (!value || value.id <= last) throw new Error("Cannot measure a hop: a frame is lost");
    last = value.id;
  }
  const micros = processorTime() - before;
  await written;
  await reader.cancel();
  return micros * 1_000 / (FRAMES * HOPS);
}

async function writeAll(writer: WritableStreamDefaultWriter<Frame>): Promise<void> {
  for (let i = 0; i < FRAMES; i++) {
    await writer.ready;
    void writer.write(new Chunk());
  }
}

/** One hop through a processor that handles the frame, beside one through a plain stream. */
export async function benchHop(): Promise<Figure> {
  const { one, other, ratio } = await alternate(
    RUNS,
    async () => {
      await using pipeline = new Pipeline(workers(HOPS));
      return await timeHops(pipeline);
    },
    () => timeHops(plainStreams(HOPS)),
  );
  return {
    key: "hop_ratio",
    what: `one hop through a processor that handles the frame: ${one.toFixed(0)} ns`,
    value: ratio,
    unit: "×",
    budget: 2,
    baseline: `one hop through a plain stream: ${other.toFixed(0)} ns`,
    details: { hop_ns: one, hop_stream_ns: other },
  };
}

if (import.meta.main) deliver(await benchHop());
