import { SystemFrame } from "./frame.ts";

/** Turn strategies, as frames carry them: `UserTurnStrategies` of `@parley/sdk/turns` is one. */
export interface UserTurnStrategiesLike {
  /** When a turn begins. */
  readonly start: readonly object[];
  /** When a turn is over. */
  readonly stop: readonly object[];
}

/** What a {@linkcode ServiceMetadataFrame} can be given. */
export interface ServiceMetadataFrameOptions {
  /** How turns are to be found with this service, for conversations that do not say. */
  readonly userTurnStrategies?: UserTurnStrategiesLike | undefined;
}

/**
 * What a service says of itself when it starts. Kinds of services extend it.
 *
 * @example
 * ```ts
 * import { ServiceMetadataFrame } from "@parley/sdk/frames";
 * console.log(new ServiceMetadataFrame("OpenAILLMService#1").serviceName);
 * ```
 */
export class ServiceMetadataFrame extends SystemFrame {
  /** Name of the service. */
  readonly serviceName: string;
  /** How turns are to be found with this service, for conversations that do not say. */
  readonly userTurnStrategies: UserTurnStrategiesLike | undefined;

  /** Makes the frame. */
  constructor(serviceName: string, options: ServiceMetadataFrameOptions = {}) {
    super();
    this.serviceName = serviceName;
    this.userTurnStrategies = options.userTurnStrategies;
  }
}
