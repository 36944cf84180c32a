import type { NamedProcessor } from "./error.ts";
import { ControlFrame } from "./frame.ts";

/** What a {@linkcode ServiceUpdateSettingsFrame} can be given. */
export interface ServiceUpdateSettingsFrameOptions<S = Record<string, unknown>> {
  /** The settings to change; the others stay. */
  readonly delta: Partial<S>;
  /** The service it is for; every service of the kind by default. */
  readonly service?: NamedProcessor | undefined;
  /** Whether a switcher hands it to the services that stand by as well. @default {false} */
  readonly reachInactiveServices?: boolean | undefined;
}

/**
 * Changes settings of a running service.
 *
 * @example
 * ```ts
 * import { TTSUpdateSettingsFrame } from "@parley/sdk/frames";
 * const frame = new TTSUpdateSettingsFrame({ delta: { voice: "alloy" } });
 * console.log(frame.delta.voice);
 * ```
 */
export abstract class ServiceUpdateSettingsFrame<S = Record<string, unknown>> extends ControlFrame {
  /** The settings to change. */
  readonly delta: Partial<S>;
  /** The service it is for. */
  readonly service: NamedProcessor | undefined;
  /** Whether a switcher hands it to the services that stand by as well. */
  readonly reachInactiveServices: boolean;

  /** Makes the frame. */
  constructor(options: ServiceUpdateSettingsFrameOptions<S>) {
    super();
    this.delta = options.delta;
    this.service = options.service;
    this.reachInactiveServices = options.reachInactiveServices ?? false;
  }

  /** Always true. */
  override get uninterruptible(): true {
    return true;
  }
}

/**
 * Changes settings of a running language model service.
 *
 * @example
 * ```ts
 * import { LLMUpdateSettingsFrame } from "@parley/sdk/frames";
 * const frame = new LLMUpdateSettingsFrame({ delta: { model: "small" } });
 * console.log(frame.delta.model);
 * ```
 */
export class LLMUpdateSettingsFrame<S = Record<string, unknown>>
  extends ServiceUpdateSettingsFrame<S> {}

/**
 * Changes settings of a running text to speech service.
 *
 * @example
 * ```ts
 * import { TTSUpdateSettingsFrame } from "@parley/sdk/frames";
 * const frame = new TTSUpdateSettingsFrame({ delta: { model: "small" } });
 * console.log(frame.delta.model);
 * ```
 */
export class TTSUpdateSettingsFrame<S = Record<string, unknown>>
  extends ServiceUpdateSettingsFrame<S> {}

/**
 * Changes settings of a running speech to text service.
 *
 * @example
 * ```ts
 * import { STTUpdateSettingsFrame } from "@parley/sdk/frames";
 * const frame = new STTUpdateSettingsFrame({ delta: { model: "small" } });
 * console.log(frame.delta.model);
 * ```
 */
export class STTUpdateSettingsFrame<S = Record<string, unknown>>
  extends ServiceUpdateSettingsFrame<S> {}
