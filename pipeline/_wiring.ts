import { type AnyFrameProcessor, FrameProcessor, type ProcessorRole } from "../processors/mod.ts";
import type { Part } from "./link.ts";

/** Where a role must stand: what has to come before it on the same way. */
const AFTER: Partial<
  Record<ProcessorRole, readonly { readonly role: ProcessorRole; readonly why: string }[]>
> = {
  filler: [{ role: "llm", why: "whose silence it is to fill" }],
  tts: [
    { role: "llm", why: "which writes what it is to speak" },
    { role: "filler", why: "which gives it something to speak" },
  ],
  "user-context": [{ role: "stt", why: "which hears what it is to collect" }],
  "assistant-context": [{ role: "user-context", why: "which opens the turn it is to close" }],
};

/** Roles of which a way has at most one. */
const ONCE: readonly ProcessorRole[] = ["input", "output", "user-context", "assistant-context"];

/**
 * Checks that a pipeline can work: order of roles, roles that stand twice,
 * halves without their other half.
 */
export function checkWiring(parts: readonly Part[]): void {
  for (const way of waysThrough(parts)) {
    checkTwice(way);
    checkOrder(way);
  }
  const all = [...new Set(waysThrough(parts).flat())];
  for (const { name, partner } of all) {
    if (partner && !all.some((other) => other === partner)) {
      throw new TypeError(
        `Cannot start the pipeline: "${name}" stands in it without "${partner.name}"`,
      );
    }
  }
}

function checkTwice(way: readonly AnyFrameProcessor[]): void {
  for (const role of ONCE) {
    const [first, second] = way.filter((processor) => processor.role === role);
    if (first && second) {
      throw new TypeError(
        `Cannot start the pipeline: "${first.name}" and "${second.name}" stand in a row, ` +
          `and one way has room for one ${role}`,
      );
    }
  }
}

function checkOrder(way: readonly AnyFrameProcessor[]): void {
  way.forEach((processor, at) => {
    for (const { role, why } of AFTER[processor.role] ?? []) {
      const later = way.slice(at + 1).find((other) => other.role === role);
      const earlier = way.slice(0, at).some((other) => other.role === role);
      if (!later || earlier) continue;
      throw new TypeError(
        `Cannot start the pipeline: "${processor.name}" stands before "${later.name}", ${why}`,
      );
    }
  });
}

/** Every way a frame can take from input to output. */
function waysThrough(parts: readonly Part[]): AnyFrameProcessor[][] {
  return parts.reduce<AnyFrameProcessor[][]>((ways, part) => {
    if (part instanceof FrameProcessor) return ways.map((way) => [...way, part]);
    const branches = part.branches.flatMap((branch) => waysThrough(branch.parts));
    return ways.flatMap((way) => branches.map((branch) => [...way, ...branch]));
  }, [[]]);
}
