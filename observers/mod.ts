/**
 * Observers: see every frame of a pipeline without standing in its way.
 *
 * @module
 */
export { BaseObserver, type FrameProcessed, type FramePushed } from "../processors/mod.ts";
export { type TurnLatency, TurnLatencyObserver } from "./turn_latency_observer.ts";
