import type { Clock, Logger, Timer } from "../async/mod.ts";
import { HeartbeatFrame } from "../frames/mod.ts";
import type { AnyFrameProcessor } from "../processors/mod.ts";
import type { PipelineParams } from "./params.ts";
import { millisecondsOf } from "./_seconds.ts";
import { heldUpBy, nameOf, oldestHeartbeat } from "./_culprits.ts";

export interface HeartbeatsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** The number of interruptions so far. */
  readonly epochs: { readonly current: number };
  readonly periodMs: number;
  /** Milliseconds after which a heartbeat is missed. */
  readonly monitorMs: number;
  /** Sends one from the beginning of the pipeline. */
  readonly send: (frame: HeartbeatFrame) => void | Promise<void>;
  readonly processors: () => readonly AnyFrameProcessor[];
  /** Told of those that hold a missed one. */
  readonly missed: (processors: readonly string[]) => void;
}

/** Sends heartbeats through a pipeline, and finds out who holds them up. */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  #sentAt = -Infinity;
  /** When the oldest one was sent that has not come through. */
  #missingSince: number | undefined;
  #warnedAt = -Infinity;
  #epoch = 0;
  /** Whether there is no room for another at the beginning of the pipeline. */
  #full = false;
  #timer: Timer | undefined;

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, periodMs, monitorMs } = this.#options;
    const now = clock.now();
    this.#forgetStale();
    if (now - this.#sentAt >= periodMs) this.#beat(now);
    if (now - this.#warnedAt >= monitorMs) this.#check(now);
    this.#timer = clock.timer(Math.min(periodMs, monitorMs), () => this.start());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** One has come through. */
  received({ timestamp }: HeartbeatFrame): void {
    const { clock, log, periodMs } = this.#options;
    log.debug(`A heartbeat took ${Math.round(clock.now() - timestamp)} ms`);
    // The next one was sent a period later.
    this.#missingSince = timestamp >= this.#sentAt ? undefined : timestamp + periodMs;
  }

  /** What an interruption dropped does not come through; what it left is found where it is. */
  #forgetStale(): void {
    const { current } = this.#options.epochs;
    if (current !== this.#epoch) this.#missingSince = undefined;
    this.#epoch = current;
  }

  #beat(now: number): void {
    this.#sentAt = now;
    if (this.#full) return;
    this.#missingSince ??= now;
    const room = this.#options.send(new HeartbeatFrame(now));
    if (!room) return;
    this.#full = true;
    void room.then(() => this.#full = false);
  }

  /** Missed is one that did not come through, and one that hangs in a branch while another let it by. */
  #check(now: number): void {
    const { monitorMs, processors, log, missed } = this.#options;
    const oldest = oldestHeartbeat(processors());
    const since = Math.min(this.#missingSince ?? Infinity, oldest?.timestamp ?? Infinity);
    if (now - since < monitorMs) return;
    this.#warnedAt = now;
    const culprits = heldUpBy(oldest?.holders ?? []);
    const who = culprits.map(nameOf).join(" and ") ||
      "nobody, so it was swallowed or is in a stream";
    log.warn(
      `Cannot get a heartbeat through the pipeline: held for ${
        Math.round(now - since)
      } ms by ${who}`,
    );
    missed(culprits.map(({ name }) => name));
  }
}

/** Makes what a pipeline's parameters ask for. */
export function heartbeatsOf(
  params: PipelineParams,
  task: Omit<HeartbeatsOptions, "periodMs" | "monitorMs">,
): Heartbeats | undefined {
  const { enableHeartbeats, heartbeatsPeriodSecs = 1, heartbeatsMonitorSecs } = params;
  if (!enableHeartbeats) return undefined;
  const monitorSecs = heartbeatsMonitorSecs ?? heartbeatsPeriodSecs * 10;
  return new Heartbeats({
    ...task,
    periodMs: millisecondsOf("heartbeatsPeriodSecs", heartbeatsPeriodSecs),
    monitorMs: millisecondsOf("heartbeatsMonitorSecs", monitorSecs),
  });
}
