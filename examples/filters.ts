// Which frames pass which filter, key by key and word by word.
// Needs no key and no permission: `deno run examples/filters.ts`.
import {
  type Frame,
  InputDTMFFrame,
  isKeypadEntry,
  TextFrame,
  TranscriptionFrame,
  TTSSpeakFrame,
} from "@parley/sdk/frames";
import { Pipeline, type PipelineElement, PipelineTask } from "@parley/sdk/pipeline";
import { ConsumerProcessor, FrameProcessor, ProducerProcessor } from "@parley/sdk/processors";
import { DTMFAggregator } from "@parley/sdk/processors/aggregators";
import {
  EventNotifier,
  FrameFilter,
  FunctionFilter,
  WakeCheckFilter,
  WakeNotifierFilter,
} from "@parley/sdk/processors/filters";

/** Prints every text that comes by. */
class Printer extends FrameProcessor {
  constructor() {
    super();
    this.handle(TextFrame, (frame, context) => {
      console.log(`  ${frame.constructor.name}: ${frame.text}`);
      return context.forward();
    });
  }
}

/** Sends frames through some processors and prints the texts that come out. */
async function show(
  title: string,
  processors: readonly PipelineElement[],
  frames: readonly Frame[],
): Promise<void> {
  console.log(title);
  const task = new PipelineTask(new Pipeline([...processors, new Printer()]));
  const running = task.run();
  await task.queueFrames(frames);
  await task.stopWhenDone();
  await running;
}

const said = (...texts: string[]) => texts.map((text) => new TranscriptionFrame(text));

if (import.meta.main) {
  await show(
    "FrameFilter lets transcripts by:",
    [new FrameFilter({ types: [TranscriptionFrame] })],
    [new TextFrame("a note"), new TTSSpeakFrame("Hello."), ...said("What time is it?")],
  );
  await show(
    "FunctionFilter lets by what a function accepts:",
    [
      new FunctionFilter({
        filter: (frame) => frame instanceof TextFrame && !/^(um+|uh+)$/i.test(frame.text),
      }),
    ],
    said("um", "What time is it?"),
  );
  await show(
    "WakeCheckFilter waits for its phrase:",
    [new WakeCheckFilter({ wakePhrases: ["hey parley"] })],
    said("what a day", "oh hey, Parley, what time is it?", "and the date?"),
  );
  const notifier = new EventNotifier();
  void notifier.wait().then(() => console.log("  (somebody asked for help)"));
  await show(
    "WakeNotifierFilter tells somebody else:",
    [
      new WakeNotifierFilter({
        notifier,
        types: [TranscriptionFrame],
        filter: (frame) => frame instanceof TranscriptionFrame && /\bhelp\b/.test(frame.text),
      }),
    ],
    said("I need help"),
  );
  await show(
    "DTMFAggregator makes a transcript of keys:",
    [new DTMFAggregator()],
    [..."42#"].filter(isKeypadEntry).map((key) => new InputDTMFFrame(key)),
  );
  const producer = new ProducerProcessor({
    filter: (frame) => frame instanceof TranscriptionFrame,
    passthrough: false,
  });
  const consumer = new ConsumerProcessor({
    producer,
    transformer: (frame) => new TextFrame(`heard: ${frame instanceof TextFrame && frame.text}`),
  });
  await show("A producer shares with a consumer:", [producer, consumer], said("Good day."));
}
