import { isDeepStrictEqual } from "node:util";
import { AssertionError } from "@std/assert";
import { EndFrame, type Frame, type FrameClass, type FrameDirection } from "../frames/mod.ts";
import type { PipelineElement, PipelineParams } from "../pipeline/mod.ts";
import { digestOf, ValueEncoder } from "./_record_values.ts";
import { sideBySide } from "./_side_by_side.ts";
import { TestPipeline } from "./test_pipeline.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** A frame that is expected: any of a class, or one that carries the same. */
export type ExpectedFrame = FrameClass | Frame;

/** What goes in, and what is to come out. */
export interface RunTestOptions {
  /** What is sent, in order; a number is so many milliseconds of waiting. */
  readonly framesToSend: readonly (Frame | number)[];
  /** What is to leave downstream, in order; anything by default. */
  readonly expectedDownFrames?: readonly ExpectedFrame[] | undefined;
  /** What is to leave upstream, in order; anything by default. */
  readonly expectedUpFrames?: readonly ExpectedFrame[] | undefined;
  /** How the pipeline is to run. */
  readonly params?: PipelineParams | undefined;
}

/** What came out, start and end apart. */
export interface RunTestResult {
  /** What left downstream, in order. */
  readonly down: readonly Frame[];
  /** What left upstream, in order. */
  readonly up: readonly Frame[];
}

/**
 * Sends frames through a processor, or several, on a virtual clock, and compares
 * what comes out.
 *
 * @example
 * ```ts
 * import { InterruptionFrame, TextFrame } from "@parley/sdk/frames";
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { runTest } from "@parley/sdk/testing";
 * class Shout extends FrameProcessor {
 *   constructor() {
 *     super();
 *     this.handle(TextFrame, ({ text }, context) => context.push(new TextFrame(`${text}!`)));
 *   }
 * }
 * await runTest(new Shout(), {
 *   framesToSend: [new TextFrame("Hello"), 100, new InterruptionFrame()],
 *   expectedDownFrames: [new TextFrame("Hello!"), InterruptionFrame],
 *   expectedUpFrames: [],
 * });
 * ```
 * @throws {AssertionError} If something else comes out.
 */
export async function runTest(
  processors: PipelineElement | readonly PipelineElement[],
  options: RunTestOptions,
): Promise<RunTestResult> {
  const elements = isList(processors) ? processors : [processors];
  const clock = new VirtualClock();
  const pipeline = new TestPipeline(elements, { clock, params: options.params });
  for (const item of options.framesToSend) {
    if (typeof item === "number") await clock.advance(item);
    else {
      pipeline.push(item);
      await clock.settle();
    }
  }
  await pipeline.end();
  const down = pipeline.down.filter((frame) => !(frame instanceof EndFrame));
  const { up } = pipeline;
  compare(options.expectedDownFrames, down, "downstream");
  compare(options.expectedUpFrames, up, "upstream");
  return { down, up };
}

function isList(
  processors: PipelineElement | readonly PipelineElement[],
): processors is readonly PipelineElement[] {
  return Array.isArray(processors);
}

function compare(
  expected: readonly ExpectedFrame[] | undefined,
  actual: readonly Frame[],
  direction: FrameDirection,
): void {
  if (!expected) return;
  const comparison = { matches, expected: lineOf, actual: lineOf };
  const difference = sideBySide<ExpectedFrame, Frame>(expected, actual, comparison);
  if (difference === undefined) return;
  throw new AssertionError(
    `Cannot find the frames as expected: others left ${direction}\n${difference}\n`,
  );
}

function matches(expected: ExpectedFrame, frame: Frame): boolean {
  if (typeof expected === "function") return frame instanceof expected;
  return expected.constructor === frame.constructor &&
    isDeepStrictEqual(fieldsOf(expected), fieldsOf(frame));
}

function lineOf(frame: ExpectedFrame): string {
  if (typeof frame === "function") return frame.name;
  const fields = fieldsOf(frame);
  const name = frame.constructor.name;
  return Object.keys(fields).length > 0 ? `${name} ${JSON.stringify(fields)}` : name;
}

function fieldsOf(frame: Frame): Record<string, unknown> {
  return new ValueEncoder({ audio: digestOf, name: (text) => text }).fields(frame);
}
