import type { Clock, Timer } from "../async/mod.ts";
import { type Frame, OutputTransportMessageUrgentFrame } from "../frames/mod.ts";
import {
  BaseObserver,
  type FramePushed,
  type TurnLatency,
  TurnLatencyObserver,
} from "../observers/mod.ts";
import type { PipelineGraph } from "../pipeline/mod.ts";
import type { ProcessorRole } from "../processors/mod.ts";
import { RTVIServerMessageFrame } from "../rtvi/mod.ts";

/** Milliseconds that flows are counted before they are told. */
const WINDOW_MS = 250;

const KINDS: Partial<Record<ProcessorRole, string>> = {
  "user-context": "context",
  "assistant-context": "context",
};

/** How many frames of a class went over a link. */
interface Flow {
  readonly from: number;
  readonly to: number;
  readonly direction: "down" | "up";
  readonly frame: string;
  count: number;
}

/** Tells the playground page what RTVI has no message for: graph, flows and turns. */
export class PlaygroundObserver extends BaseObserver {
  readonly #clock: Clock;
  readonly #send: (data: unknown) => void;
  readonly #latency: TurnLatencyObserver;
  /** What flowed, by link and class. */
  readonly #flows: Map<number, Map<unknown, Flow>> = new Map();
  #ids: Map<string, number> = new Map();
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: { readonly clock: Clock; readonly send: (data: unknown) => void }) {
    super();
    this.#clock = options.clock;
    this.#send = options.send;
    this.#latency = new TurnLatencyObserver((turn) => this.#send(messageOf(turn)));
  }

  /** Tells of the pipeline's shape; flows are told from then on. */
  start(graph: PipelineGraph): void {
    if (this.#closed) return;
    this.#ids = new Map(graph.nodes.map((node, id) => [node.name, id]));
    this.#send({
      type: "parley-pipeline",
      nodes: graph.nodes.map(({ name, role }, id) => ({ id, name, kind: KINDS[role] ?? role })),
      edges: graph.edges,
    });
  }

  /** Tells nothing more. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#flows.clear();
  }

  override onPushFrame(data: FramePushed): void {
    if (this.#closed) return;
    this.#latency.onPushFrame(data);
    const from = this.#ids.get(data.source.name);
    const to = this.#ids.get(data.destination.name);
    if (from === undefined || to === undefined || isTelling(data.frame)) return;
    this.#count(data, { from, to });
    this.#timer ??= this.#clock.timer(WINDOW_MS, () => this.#tell());
  }

  #count({ frame, direction }: FramePushed, link: { from: number; to: number }): void {
    const key = link.from * this.#ids.size + link.to;
    let flows = this.#flows.get(key);
    if (!flows) this.#flows.set(key, flows = new Map());
    const flow = flows.get(frame.constructor);
    if (flow) flow.count++;
    else {
      const { name } = frame.constructor;
      const way = direction === "downstream" ? "down" : "up";
      flows.set(frame.constructor, { ...link, direction: way, frame: name, count: 1 });
    }
  }

  #tell(): void {
    this.#timer = undefined;
    const flows = [...this.#flows.values()].flatMap((link) => [...link.values()]);
    this.#flows.clear();
    this.#send({ type: "parley-frames", windowMs: WINDOW_MS, flows });
  }
}

/** Whether a frame tells the client something: to tell of that would never end. */
function isTelling(frame: Frame): boolean {
  return frame instanceof OutputTransportMessageUrgentFrame ||
    frame instanceof RTVIServerMessageFrame;
}

function messageOf(turn: TurnLatency): Record<string, unknown> {
  const { startedAt: _startedAt, ...known } = turn;
  return { type: "parley-turn", ...known, totalMs: turn.firstAudioMs };
}
