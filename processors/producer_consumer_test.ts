import { assert, assertEquals } from "@std/assert";
import {
  type Frame,
  InterruptionFrame,
  TextFrame,
  TTSSpeakFrame,
  UserStartedSpeakingFrame,
} from "../frames/mod.ts";
import { ParallelPipeline } from "../pipeline/mod.ts";
import { TestPipeline, VirtualClock } from "../testing/mod.ts";
import { NullFilter } from "./filters/mod.ts";
import { ConsumerProcessor, ProducerProcessor } from "./mod.ts";

const isText = (frame: Frame) => frame instanceof TextFrame;

function texts(frames: readonly Frame[]): string[] {
  return frames.filter((frame) => frame instanceof TextFrame).map(({ text }) => text);
}

/** A branch that shares, and one in which nothing but what is shared comes out. */
function branches(producer: ProducerProcessor, consumer: ConsumerProcessor): ParallelPipeline {
  return new ParallelPipeline([producer], [new NullFilter(), consumer]);
}

Deno.test("what a producer shares comes out in another branch, changed on both sides", async () => {
  const producer = new ProducerProcessor({
    filter: isText,
    transformer: (frame) => new TextFrame(`${texts([frame])}!`),
  });
  const consumer = new ConsumerProcessor({
    producer,
    transformer: (frame) => Promise.resolve(new TextFrame(`(${texts([frame])})`)),
  });
  await using pipeline = new TestPipeline([branches(producer, consumer)]);
  pipeline.push(new TextFrame("a"), new TTSSpeakFrame("c"), new TextFrame("b"));
  await pipeline.settle();
  assertEquals(texts(pipeline.down).toSorted(), ["(a!)", "(b!)", "a", "b"]);
  assertEquals(pipeline.of(TTSSpeakFrame).length, 1);
});

Deno.test("what a producer does not pass on comes out of its consumers alone", async () => {
  const producer = new ProducerProcessor({
    filter: (frame) => Promise.resolve(isText(frame)),
    passthrough: false,
  });
  const consumers = [1, 2].map((n) =>
    new ConsumerProcessor({
      producer,
      transformer: (frame) => new TextFrame(`${texts([frame])}${n}`),
    })
  );
  const [first, second] = consumers;
  assert(first && second);
  await using pipeline = new TestPipeline([
    new ParallelPipeline([producer], [new NullFilter(), first], [new NullFilter(), second]),
  ]);
  pipeline.push(new TextFrame("a"), new TextFrame("b"));
  await pipeline.settle();
  assertEquals(texts(pipeline.down).toSorted(), ["a1", "a2", "b1", "b2"]);
});

Deno.test("a consumer keeps the order, however long each frame takes to be changed", async () => {
  const clock = new VirtualClock();
  const producer = new ProducerProcessor({ filter: isText, passthrough: false });
  const consumer = new ConsumerProcessor({
    producer,
    transformer: async (frame) => {
      await clock.sleep(texts([frame])[0] === "slow" ? 500 : 10);
      return frame;
    },
  });
  await using pipeline = new TestPipeline([branches(producer, consumer)], { clock });
  pipeline.push(new TextFrame("slow"), new TextFrame("fast"));
  await clock.advance(400);
  assertEquals(texts(pipeline.down), []);
  await clock.advance(100);
  assertEquals(texts(pipeline.down), ["slow", "fast"]);
});

Deno.test("a consumer sends upstream where it is told to", async () => {
  const producer = new ProducerProcessor({ filter: isText, passthrough: false });
  const consumer = new ConsumerProcessor({ producer, direction: "upstream" });
  await using pipeline = new TestPipeline([consumer, producer]);
  pipeline.push(new TextFrame("back"));
  await pipeline.settle();
  assertEquals([texts(pipeline.down), texts(pipeline.up)], [[], ["back"]]);
});

Deno.test("an interruption drops what a consumer has not put in yet", async () => {
  const clock = new VirtualClock();
  const producer = new ProducerProcessor({ filter: isText, passthrough: false });
  const consumer = new ConsumerProcessor({
    producer,
    transformer: async (frame) => {
      await clock.sleep(100);
      return frame;
    },
  });
  await using pipeline = new TestPipeline([branches(producer, consumer)], { clock });
  pipeline.push(new TextFrame("stale"));
  await clock.settle();
  pipeline.push(new InterruptionFrame());
  await clock.settle();
  pipeline.push(new TextFrame("fresh"));
  await clock.advance(200);
  assertEquals(texts(pipeline.down), ["fresh"]);
});

Deno.test("a producer shares nothing that starts, ends or interrupts, and system frames in their lane", async () => {
  const producer = new ProducerProcessor({ filter: () => true, passthrough: true });
  const seen: string[] = [];
  using _consumer = producer.addConsumer((frame) => void seen.push(frame.constructor.name));
  await using pipeline = new TestPipeline([producer]);
  pipeline.push(new UserStartedSpeakingFrame(), new InterruptionFrame());
  await pipeline.end();
  assertEquals(seen, ["UserStartedSpeakingFrame"]);
});

Deno.test("a consumer reports a frame that it cannot change, and goes on", async () => {
  const producer = new ProducerProcessor({ filter: isText, passthrough: false });
  const consumer = new ConsumerProcessor({
    producer,
    transformer: (frame) => {
      if (texts([frame])[0] === "bad") throw new Error("no such thing");
      return frame;
    },
  });
  await using pipeline = new TestPipeline([branches(producer, consumer)]);
  pipeline.push(new TextFrame("bad"), new TextFrame("good"));
  await pipeline.settle();
  assertEquals(texts(pipeline.down), ["good"]);
  assert(pipeline.errors[0]?.error.includes("no such thing"));
});

Deno.test("a consumer that is closed takes nothing more", async () => {
  const producer = new ProducerProcessor({ filter: isText });
  let asked = 0;
  const consumer = new ConsumerProcessor({
    producer,
    transformer: (frame) => {
      asked++;
      return frame;
    },
  });
  await using pipeline = new TestPipeline([producer]);
  await consumer.close();
  pipeline.push(new TextFrame("a"));
  await pipeline.settle();
  assertEquals(asked, 0);
});
