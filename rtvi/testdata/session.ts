import type { Logger } from "../../async/mod.ts";
import {
  type Frame,
  type FrameDirection,
  InputTransportMessageFrame,
  OutputTransportMessageUrgentFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { FrameProcessor, type ProcessorRole } from "../../processors/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import { type RTVIMessage, RTVIProcessor, type RTVIProcessorOptions } from "../mod.ts";

/** A place in a pipeline from which a test pushes frames. */
export class Place extends FrameProcessor {
  readonly #role: ProcessorRole;

  constructor(role: ProcessorRole = "other") {
    super();
    this.#role = role;
  }

  override get role(): ProcessorRole {
    return this.#role;
  }

  push(frame: Frame, direction?: FrameDirection): void {
    void this.scope({ uninterruptible: true }).push(frame, direction);
  }

  broadcast(make: () => Frame): void {
    void this.scope({ uninterruptible: true }).broadcast(make);
  }
}

/** Stands for an output: what is sent to the client is kept, texts that are to be heard stay here. */
export class Output extends Place {
  readonly sent: RTVIMessage[] = [];

  constructor() {
    super("output");
    this.handle(OutputTransportMessageUrgentFrame, (frame) => {
      // As it is after the wire: without what is not defined.
      this.sent.push(JSON.parse(JSON.stringify(frame.message)));
    });
    this.handle(TTSTextFrame, () => {});
  }
}

/** Keeps what comes by. */
export class Probe extends Place {
  frames: Frame[] = [];

  constructor(...kept: (abstract new (...args: never[]) => Frame)[]) {
    super();
    for (const frameClass of kept) {
      this.handle<Frame>(frameClass, (frame, context) => {
        this.frames.push(frame);
        return context.forward();
      });
    }
  }
}

export interface SessionOptions extends RTVIProcessorOptions {
  /** Frames that the probe keeps. */
  readonly kept?: readonly (abstract new (...args: never[]) => Frame)[];
  /** What stands between probe and output. */
  readonly parts?: readonly FrameProcessor[];
  /** Whether RTVI stands behind the input, as a part of the pipeline. */
  readonly behindInput?: boolean;
}

/** A pipeline of input, probe and output that speaks RTVI, on a virtual clock. */
export class Session implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly warnings: string[] = [];
  readonly rtvi: RTVIProcessor;
  readonly input = new Place("input");
  readonly probe: Probe;
  readonly output = new Output();
  readonly task: PipelineTask;

  constructor(options: SessionOptions = {}) {
    const { kept = [], parts = [], behindInput = false, ...rest } = options;
    this.rtvi = new RTVIProcessor(rest);
    this.probe = new Probe(...kept);
    const { clock, rtvi, input, probe, output } = this;
    const log: Logger = {
      debug: () => {},
      info: () => {},
      warn: (message) => void this.warnings.push(message),
      error: () => {},
    };
    this.task = behindInput
      ? new PipelineTask(new Pipeline([input, rtvi, probe, ...parts, output]), {
        clock,
        log,
        observers: [rtvi.observer],
      })
      : new PipelineTask(new Pipeline([input, probe, ...parts, output]), { clock, log, rtvi });
    void this.task.run();
  }

  /** Has the client send something. */
  send(message: unknown): void {
    this.input.broadcast(() => new InputTransportMessageFrame(message));
  }

  /** Has the client send a message of the protocol. */
  ask(type: string, data?: unknown, id = "1"): void {
    this.send({ label: "rtvi-ai", type, id, ...(data === undefined ? {} : { data }) });
  }

  /** What the client was sent since the last time. */
  async take(): Promise<RTVIMessage[]> {
    await this.clock.settle();
    return this.output.sent.splice(0);
  }

  /** The same in short: the type, and the data if there is any. */
  async told(): Promise<unknown[]> {
    return (await this.take()).map(({ type, data }) => data === undefined ? type : [type, data]);
  }

  /** What came by the probe since the last time. */
  async passed(): Promise<Frame[]> {
    await this.clock.settle();
    return this.probe.frames.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clock.runUntil(this.task.cancel());
  }
}
