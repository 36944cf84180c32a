import type { NamedProcessor } from "./error.ts";
import { ControlFrame } from "./frame.ts";

/**
 * Tells a service switcher something. Make your own for a strategy of your own.
 *
 * @example
 * ```ts
 * import { ServiceSwitcherFrame } from "@parley/sdk/frames";
 * class PreferCheapFrame extends ServiceSwitcherFrame {}
 * console.log(new PreferCheapFrame().kind); // "control"
 * ```
 */
export abstract class ServiceSwitcherFrame extends ControlFrame {}

/**
 * Has a service switcher use another of its services from now on. It survives
 * interruptions: what the application decided does not depend on who speaks.
 *
 * @example
 * ```ts
 * import { ManuallySwitchServiceFrame } from "@parley/sdk/frames";
 * console.log(new ManuallySwitchServiceFrame({ name: "SpareTTSService#1" }).service.name);
 * ```
 */
export class ManuallySwitchServiceFrame extends ServiceSwitcherFrame {
  /** The service to use. */
  readonly service: NamedProcessor;

  /** Makes the frame. */
  constructor(service: NamedProcessor) {
    super();
    this.service = service;
  }

  /** Always true. */
  override get uninterruptible(): true {
    return true;
  }
}

/**
 * Has a service say again what it is: after a switch, those behind it need to know.
 *
 * @example
 * ```ts
 * import { ServiceSwitcherRequestMetadataFrame } from "@parley/sdk/frames";
 * console.log(new ServiceSwitcherRequestMetadataFrame({ name: "SpareSTTService#1" }).service.name);
 * ```
 */
export class ServiceSwitcherRequestMetadataFrame extends ControlFrame {
  /** The service that is asked. */
  readonly service: NamedProcessor;

  /** Makes the frame. */
  constructor(service: NamedProcessor) {
    super();
    this.service = service;
  }
}
