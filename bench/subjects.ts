import { consoleLogger, type Logger } from "../async/mod.ts";
import { DataFrame, Frame, StartFrame, SystemFrame } from "../frames/mod.ts";
import { Pipeline, PipelineTask, type PipelineTaskOptions } from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";

/** What flows in the benches. */
export class Chunk extends DataFrame {}

/** What flows the other way. */
export class Tick extends SystemFrame {}

const QUIET: Logger = consoleLogger("silent");

/** A processor as they mostly are: it handles some classes of frames, and passes them on. */
export class Worker extends FrameProcessor {
  constructor() {
    super();
    this.handle(StartFrame, () => {});
    this.handle(Chunk, (frame, context) => context.push(frame));
    this.handle(Tick, (frame, context) => context.push(frame, context.direction));
  }
}

/** Stands at an end, and tells somebody what comes out there. */
export class Sink extends FrameProcessor {
  /** Told of every frame that arrives. */
  arrived: (frame: Frame) => void = () => {};

  constructor() {
    super();
    this.handle(Frame, (frame, context) => {
      this.arrived(frame);
      return context.forward();
    });
  }
}

/** So many frames. */
export function chunks(count: number): Chunk[] {
  return Array.from({ length: count }, () => new Chunk());
}

/** So many workers in a row. */
export function workers(count: number): Worker[] {
  return Array.from({ length: count }, () => new Worker());
}

/** So many plain streams with their default queues, joined by `pipeTo`, as one. */
export function plainStreams(count: number): TransformStream<Frame, Frame> {
  const streams = Array.from({ length: count }, () => new TransformStream<Frame, Frame>());
  const [first] = streams;
  if (!first) throw new RangeError("Cannot join streams: there is none");
  const readable = streams.slice(1).reduce((from, to) => {
    // It rejects when the bench cuts the streams off, which is no error.
    from.pipeTo(to.writable).catch(() => {});
    return to.readable;
  }, first.readable);
  return { writable: first.writable, readable };
}

/** A running session, with a sink at each end. */
export interface Session {
  /** The task that runs. */
  readonly task: PipelineTask;
  /** Where upstream frames come out. */
  readonly first: Sink;
  /** Where downstream frames come out. */
  readonly last: Sink;
}

/** Starts a session of so many workers. */
export async function startSession(
  count: number,
  options: PipelineTaskOptions = {},
): Promise<Session> {
  const [first, last] = [new Sink(), new Sink()];
  const task = makeTask([first, ...workers(count), last], options);
  await start(task);
  return { task, first, last };
}

/** Makes a task that says nothing. */
export function makeTask(
  processors: readonly FrameProcessor[],
  options: PipelineTaskOptions = {},
): PipelineTask {
  return new PipelineTask(new Pipeline(processors), { log: QUIET, ...options });
}

/** Runs a task, and waits until it has started. */
export async function start(task: PipelineTask): Promise<void> {
  const started = Promise.withResolvers<void>();
  task.once("pipelineStarted", () => started.resolve());
  void task.run();
  await started.promise;
}
