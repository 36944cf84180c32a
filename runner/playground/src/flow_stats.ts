/**
 * Counts the frames that went over each link of the pipeline.
 *
 * @module
 */
import type { Flow, PipelineEdge } from "./server_messages.ts";

/** What went over one link in one direction. */
export interface LinkCount {
  /** The upper processor. */
  readonly from: number;
  /** The lower processor. */
  readonly to: number;
  /** Which way. */
  readonly direction: "down" | "up";
  /** How many frames altogether. */
  total: number;
  /** How many of each class. */
  readonly byFrame: Map<string, number>;
}

/** What a frame carries; decides its colour. */
export type FrameFamily = "audio" | "text" | "control" | "interruption";

/** Names a link, whichever way its frames go. */
export function linkKey(edge: PipelineEdge): string {
  return `${edge.from}>${edge.to}`;
}

/** Tells what a frame of this class carries. */
export function familyOf(frame: string): FrameFamily {
  if (frame.startsWith("Interruption")) return "interruption";
  if (/Audio|Image/.test(frame)) return "audio";
  if (/Text|Transcription|LLM|Function|TTS|Aggregat/.test(frame)) return "text";
  return "control";
}

/** Keeps the counts of all links. */
export class FlowStats {
  readonly #links = new Map<
    string,
    { readonly down: LinkCount; readonly up: LinkCount }
  >();

  /** Counts over the given links, from zero. */
  constructor(edges: readonly PipelineEdge[]) {
    for (const { from, to } of edges) {
      const count = (direction: "down" | "up"): LinkCount => ({
        from,
        to,
        direction,
        total: 0,
        byFrame: new Map(),
      });
      this.#links.set(linkKey({ from, to }), {
        down: count("down"),
        up: count("up"),
      });
    }
  }

  /**
   * Adds frames and gives the count they went into; `undefined` where the
   * pipeline has no such link.
   *
   * A frame that goes upstream is pushed by the lower processor.
   */
  add(flow: Flow): LinkCount | undefined {
    const link = this.#links.get(linkKey(flow)) ??
      this.#links.get(linkKey({ from: flow.to, to: flow.from }));
    const count = link?.[flow.direction];
    if (count === undefined) return undefined;
    count.total += flow.count;
    const seen = count.byFrame.get(flow.frame) ?? 0;
    count.byFrame.set(flow.frame, seen + flow.count);
    return count;
  }

  /** The counts of one link. */
  link(
    edge: PipelineEdge,
  ): { readonly down: LinkCount; readonly up: LinkCount } | undefined {
    return this.#links.get(linkKey(edge));
  }

  /** What reached a processor, by class, most frequent first. */
  receivedBy(id: number): [string, number][] {
    const sums = new Map<string, number>();
    for (const { down, up } of this.#links.values()) {
      if (down.to === id) addAll(sums, down.byFrame);
      if (up.from === id) addAll(sums, up.byFrame);
    }
    return ranked(sums);
  }
}

/** Sorts counts, most frequent first. */
export function ranked(
  counts: ReadonlyMap<string, number>,
): [string, number][] {
  return [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** Writes a count in little room: `950`, `1.2k`. */
export function shortCount(count: number): string {
  if (count < 1000) return String(count);
  if (count < 10_000) return `${(count / 1000).toFixed(1)}k`;
  if (count < 1_000_000) return `${Math.round(count / 1000)}k`;
  return `${(count / 1_000_000).toFixed(1)}m`;
}

function addAll(
  sums: Map<string, number>,
  counts: ReadonlyMap<string, number>,
): void {
  for (const [frame, count] of counts) {
    sums.set(frame, (sums.get(frame) ?? 0) + count);
  }
}
