/**
 * Where each processor of a pipeline stands: one row for each step from the
 * input, branches side by side.
 *
 * @module
 */
import type { PipelineEdge, PipelineNode } from "./server_messages.ts";

/** A processor with its place. */
export interface PlacedNode extends PipelineNode {
  /** Left edge. */
  readonly x: number;
  /** Upper edge. */
  readonly y: number;
  /** Width of its box. */
  readonly width: number;
}

/** A link with the points of its curve. */
export interface PlacedEdge extends PipelineEdge {
  /** Start, two control points and end of a cubic curve. */
  readonly curve: readonly [Point, Point, Point, Point];
}

/** A place in the drawing. */
export interface Point {
  /** From the left. */
  readonly x: number;
  /** From above. */
  readonly y: number;
}

/** A pipeline ready to be drawn. */
export interface GraphLayout {
  /** The processors. */
  readonly nodes: readonly PlacedNode[];
  /** The links. */
  readonly edges: readonly PlacedEdge[];
  /** Width of the drawing. */
  readonly width: number;
  /** Height of the drawing. */
  readonly height: number;
}

/** Height of a processor's box. */
export const NODE_HEIGHT = 32;
/** From one row to the next. */
export const ROW_STEP = 58;
const WIDEST_NODE = 248;
const NARROWEST_NODE = 92;
const COLUMN_GAP = 14;
const MARGIN = 8;

/** Places the processors within a width. */
export function layOut(
  nodes: readonly PipelineNode[],
  edges: readonly PipelineEdge[],
  width: number,
): GraphLayout {
  const rows = orderRows(rowsOf(nodes, edges), edges);
  const most = Math.max(1, ...rows.map((row) => row.length));
  const needed = most * (NARROWEST_NODE + COLUMN_GAP) - COLUMN_GAP + 2 * MARGIN;
  const fullWidth = Math.max(width, needed);
  const placed = rows.flatMap((row, y) => placeRow(row, y, fullWidth));
  const byId = new Map(placed.map((node) => [node.id, node]));
  return {
    nodes: placed,
    edges: edges.flatMap((edge) => placeEdge(edge, byId)),
    width: fullWidth,
    height: Math.max(0, rows.length - 1) * ROW_STEP + NODE_HEIGHT + 2 * MARGIN,
  };
}

/** Gives the point of a curve at a share of its way. */
export function pointOn(curve: PlacedEdge["curve"], share: number): Point {
  const [a, b, c, d] = curve;
  const rest = 1 - share;
  const wa = rest * rest * rest;
  const wb = 3 * rest * rest * share;
  const wc = 3 * rest * share * share;
  const wd = share * share * share;
  return {
    x: wa * a.x + wb * b.x + wc * c.x + wd * d.x,
    y: wa * a.y + wb * b.y + wc * c.y + wd * d.y,
  };
}

/** Sorts the processors into rows by their longest way from the input. */
function rowsOf(
  nodes: readonly PipelineNode[],
  edges: readonly PipelineEdge[],
): PipelineNode[][] {
  const row = new Map(nodes.map((node) => [node.id, 0]));
  // Each round moves a row further; a cycle would never come to rest.
  for (let round = 0; round < nodes.length; round++) {
    let moved = false;
    for (const { from, to } of edges) {
      const wanted = (row.get(from) ?? 0) + 1;
      if (from === to || (row.get(to) ?? 0) >= wanted) continue;
      row.set(to, wanted);
      moved = true;
    }
    if (!moved) break;
  }
  const rows: PipelineNode[][] = [];
  for (const node of nodes) {
    (rows[row.get(node.id) ?? 0] ??= []).push(node);
  }
  return Array.from(rows, (found) => found ?? []).filter((r) => r.length > 0);
}

/** Orders each row by where its processors' predecessors stand. */
function orderRows(
  rows: PipelineNode[][],
  edges: readonly PipelineEdge[],
): PipelineNode[][] {
  const place = new Map<number, number>();
  return rows.map((row) => {
    const key = (node: PipelineNode) => {
      const above = edges.filter((edge) => edge.to === node.id)
        .map((edge) => place.get(edge.from) ?? 0.5);
      return above.length === 0 ? 0.5 : above.reduce((sum, x) => sum + x, 0) / above.length;
    };
    const sorted = row.toSorted((a, b) => key(a) - key(b));
    sorted.forEach((node, i) => place.set(node.id, (i + 0.5) / sorted.length));
    return sorted;
  });
}

function placeRow(
  row: readonly PipelineNode[],
  rowNumber: number,
  fullWidth: number,
): PlacedNode[] {
  const room = (fullWidth - 2 * MARGIN + COLUMN_GAP) / row.length - COLUMN_GAP;
  const width = Math.min(WIDEST_NODE, room);
  const step = width + COLUMN_GAP;
  const left = (fullWidth - row.length * step + COLUMN_GAP) / 2;
  const y = MARGIN + rowNumber * ROW_STEP;
  return row.map((node, i) => ({ ...node, x: left + i * step, y, width }));
}

function placeEdge(
  edge: PipelineEdge,
  byId: ReadonlyMap<number, PlacedNode>,
): PlacedEdge[] {
  const from = byId.get(edge.from);
  const to = byId.get(edge.to);
  if (from === undefined || to === undefined) return [];
  const start = { x: from.x + from.width / 2, y: from.y + NODE_HEIGHT };
  const end = { x: to.x + to.width / 2, y: to.y };
  const bend = Math.max(10, (end.y - start.y) / 2);
  return [{
    ...edge,
    curve: [
      start,
      { x: start.x, y: start.y + bend },
      { x: end.x, y: end.y - bend },
      end,
    ],
  }];
}
