import { TypedEvents } from "../../async/mod.ts";
import type { AnyFrameProcessor } from "../../processors/mod.ts";

/** What every transport can be given. */
export interface BaseTransportOptions {
  /** Its name in logs; that of its class by default. */
  readonly name?: string | undefined;
  /** Name of its input in logs and metrics. */
  readonly inputName?: string | undefined;
  /** Name of its output in logs and metrics. */
  readonly outputName?: string | undefined;
}

/**
 * A way to a user: an input that stands first in a pipeline, an output behind what speaks, and events.
 *
 * @typeParam M The events.
 *
 * @example
 * ```ts
 * import { BaseTransport } from "@parley/sdk/transports/base";
 * import { FrameProcessor } from "@parley/sdk/processors";
 *
 * class NowhereTransport extends BaseTransport {
 *   readonly #input = new FrameProcessor();
 *   readonly #output = new FrameProcessor();
 *   override input() {
 *     return this.#input;
 *   }
 *   override output() {
 *     return this.#output;
 *   }
 * }
 * console.log(new NowhereTransport().name); // "NowhereTransport"
 * ```
 */
export abstract class BaseTransport<
  M extends { [K in keyof M]: readonly unknown[] } = Record<never, readonly unknown[]>,
> extends TypedEvents<M> {
  /** Its name in logs. */
  readonly name: string;

  /** Makes a transport. */
  constructor(options: BaseTransportOptions = {}) {
    super();
    this.name = options.name ?? new.target.name;
  }

  /** Where what the user says and sends enters the pipeline; the same each time. */
  abstract input(): AnyFrameProcessor;

  /** Where what the bot says and sends leaves the pipeline; the same each time. */
  abstract output(): AnyFrameProcessor;
}
