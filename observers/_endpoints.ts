import { FrameProcessor, type Named, type ProcessorRole } from "../processors/mod.ts";

/** Whether a processor is for something. */
export function isOf(processor: Named, role: ProcessorRole): boolean {
  return processor instanceof FrameProcessor && processor.role === role;
}
