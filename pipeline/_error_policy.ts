import type { ErrorFrame } from "../frames/mod.ts";
import type { AnyFrameProcessor } from "../processors/mod.ts";
import type { ProcessorUnusablePolicy } from "./task_options.ts";

/** Says what is to be done about an error: a fatal one cancels, and so may one that leaves its processor useless. */
export function verdictOn(
  { fatal, processor }: ErrorFrame,
  processors: readonly AnyFrameProcessor[],
  policy: ProcessorUnusablePolicy = "continue",
): ProcessorUnusablePolicy {
  if (fatal) return "cancel";
  const own = processors.find((each) => each === processor);
  return own && !own.isUsable ? policy : "continue";
}
