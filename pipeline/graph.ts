import { type AnyFrameProcessor, FrameProcessor, type ProcessorRole } from "../processors/mod.ts";
import type { Part } from "./link.ts";

/** The processors of a pipeline and the ways between them. */
export interface PipelineGraph {
  /** The processors, in order. */
  readonly nodes: readonly PipelineNode[];
  /** Neighbours, from input to output. */
  readonly edges: readonly PipelineEdge[];
}

/** One processor of a {@linkcode PipelineGraph}. */
export interface PipelineNode {
  /** Its name. */
  readonly name: string;
  /** What it is for. */
  readonly role: ProcessorRole;
}

/** Two neighbours of a {@linkcode PipelineGraph}, by their place in its nodes. */
export interface PipelineEdge {
  /** The one nearer to the input. */
  readonly from: number;
  /** The one nearer to the output. */
  readonly to: number;
}

/**
 * Draws the graph of a pipeline's parts.
 *
 * @example
 * ```ts
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { graphOf, Pipeline } from "@parley/sdk/pipeline";
 * await using pipeline = new Pipeline([new FrameProcessor(), new FrameProcessor()]);
 * console.log(graphOf(pipeline.parts).edges); // [{ from: 0, to: 1 }]
 * ```
 */
export function graphOf(parts: readonly Part[]): PipelineGraph {
  const nodes: AnyFrameProcessor[] = [];
  const edges: PipelineEdge[] = [];
  walk(parts, [], { nodes, edges });
  return { nodes: nodes.map(({ name, role }) => ({ name, role })), edges };
}

/** Adds parts behind the nodes `before`; gives the nodes that stand last. */
function walk(
  parts: readonly Part[],
  before: readonly number[],
  graph: { readonly nodes: AnyFrameProcessor[]; readonly edges: PipelineEdge[] },
): number[] {
  let last = [...before];
  for (const part of parts) {
    if (!(part instanceof FrameProcessor)) {
      const from = last;
      last = part.branches.flatMap((branch) => walk(branch.parts, from, graph));
      continue;
    }
    const to = graph.nodes.push(part) - 1;
    for (const from of last) graph.edges.push({ from, to });
    last = [to];
  }
  return last;
}
