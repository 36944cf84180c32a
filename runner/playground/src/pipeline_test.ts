import { assert, assertEquals } from "@std/assert";
import { familyOf, FlowStats, ranked, shortCount } from "./flow_stats.ts";
import { layOut, NODE_HEIGHT, pointOn } from "./graph_layout.ts";
import type { PipelineEdge, PipelineNode } from "./server_messages.ts";

const nodes = (...ids: number[]): PipelineNode[] =>
  ids.map((id) => ({ id, name: `P${id}`, kind: "other" }));
const edges = (...pairs: [number, number][]): PipelineEdge[] =>
  pairs.map(([from, to]) => ({ from, to }));

Deno.test("layOut puts each processor below those before it, and branches side by side", () => {
  const layout = layOut(
    nodes(1, 2, 3, 4, 5),
    edges([1, 2], [1, 3], [3, 4], [2, 5], [4, 5]),
    400,
  );
  const at = new Map(layout.nodes.map((node) => [node.id, node]));
  const rows = [1, 2, 3, 4, 5].map((id) => at.get(id)?.y ?? -1);
  const [one = 0, two = 0, three = 0, four = 0, five = 0] = rows;
  assert(one < two && two === three && three < four && four < five);
  const [left, right] = [at.get(2), at.get(3)];
  assert(left !== undefined && right !== undefined);
  assert(left.x + left.width <= right.x);
  assert(layout.nodes.every((node) => node.x >= 0 && node.x + node.width <= layout.width));
  assertEquals(layout.edges.length, 5);
});

Deno.test("layOut widens the drawing for more branches than fit", () => {
  const layout = layOut(nodes(1, 2, 3, 4), edges(), 200);
  assert(layout.width > 200);
});

Deno.test("layOut comes to an end on a cycle and on nothing", () => {
  assertEquals(layOut(nodes(1, 2), edges([1, 2], [2, 1], [1, 1]), 300).nodes.length, 2);
  assertEquals(layOut([], [], 300).nodes, []);
});

Deno.test("pointOn runs from the upper box to the lower one", () => {
  const layout = layOut(nodes(1, 2), edges([1, 2]), 300);
  const [edge] = layout.edges;
  const [upper, lower] = layout.nodes;
  assert(edge !== undefined && upper !== undefined && lower !== undefined);
  assertEquals(pointOn(edge.curve, 0).y, upper.y + NODE_HEIGHT);
  assertEquals(pointOn(edge.curve, 1).y, lower.y);
});

Deno.test("FlowStats counts each way by class, whichever end an upstream frame names first", () => {
  const stats = new FlowStats(edges([1, 2], [2, 3]));
  stats.add({ from: 1, to: 2, direction: "down", frame: "TextFrame", count: 3 });
  stats.add({ from: 1, to: 2, direction: "down", frame: "EndFrame", count: 1 });
  stats.add({ from: 3, to: 2, direction: "up", frame: "ErrorFrame", count: 1 });
  stats.add({ from: 2, to: 3, direction: "up", frame: "ErrorFrame", count: 1 });
  const link = stats.link({ from: 1, to: 2 });
  assertEquals(link?.down.total, 4);
  assertEquals(ranked(link?.down.byFrame ?? new Map()), [["TextFrame", 3], ["EndFrame", 1]]);
  assertEquals(stats.link({ from: 2, to: 3 })?.up.total, 2);
  assertEquals(stats.receivedBy(2), [["TextFrame", 3], ["ErrorFrame", 2], ["EndFrame", 1]]);
});

Deno.test("FlowStats passes over links that the pipeline lacks", () => {
  const stats = new FlowStats(edges([1, 2]));
  const flow = { from: 7, to: 8, direction: "down", frame: "TextFrame", count: 1 } as const;
  assertEquals(stats.add(flow), undefined);
});

Deno.test("familyOf sorts frames by what they carry", () => {
  const families = ["InterruptionFrame", "TTSAudioRawFrame", "LLMTextFrame", "StartFrame"]
    .map(familyOf);
  assertEquals(families, ["interruption", "audio", "text", "control"]);
});

Deno.test("shortCount fits a count into little room", () => {
  const counts = [7, 999, 1250, 43_210, 2_500_000].map(shortCount);
  assertEquals(counts, ["7", "999", "1.3k", "43k", "2.5m"]);
});
