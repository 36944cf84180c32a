import { TypedEvents } from "../async/mod.ts";
import type { AnyFrameProcessor } from "../processors/mod.ts";
import { engineOf } from "../processors/frame_processor.ts";
import {
  chain,
  checkFree,
  checkOnce,
  type Composite,
  type Part,
  processorsOf,
  shareEnvironment,
} from "./link.ts";
import { SwitchDoor } from "./_switch_door.ts";
import { SwitchRoutes } from "./_switch_routes.ts";
import {
  type ServiceSwitcherEvents,
  type ServiceSwitcherStrategy,
  ServiceSwitcherStrategyManual,
} from "./service_switcher_strategy.ts";

/** A class of strategies, which the switcher makes one of. */
export type ServiceSwitcherStrategyType<
  T extends ServiceSwitcherStrategy = ServiceSwitcherStrategy,
> = new (services: readonly AnyFrameProcessor[]) => T;

/** What a {@linkcode ServiceSwitcher} can be given. */
export interface ServiceSwitcherOptions<
  T extends ServiceSwitcherStrategy = ServiceSwitcherStrategy,
> {
  /** The services, of which the first is active to begin with. */
  readonly services: readonly AnyFrameProcessor[];
  /** How it is decided which one is active. @default {ServiceSwitcherStrategyManual} */
  readonly strategyType?: ServiceSwitcherStrategyType<T> | undefined;
}

let count = 0;

/**
 * Several services of one kind in one place, of which one is active: it alone
 * gets audio, text and requests. The others are started and know their settings.
 *
 * A switch cuts nothing in two: what one service was given it brings to its
 * end, an answer is spoken by one voice, and what is said in one go is heard by
 * one recogniser. When a service fails and the strategy names another, that one
 * goes on where it failed: a model is asked again unless it has begun to
 * answer, a voice speaks on from the next word, and a recogniser hears again
 * what was not transcribed. The error goes on to the task only where something
 * is lost, or no service is left.
 *
 * @example
 * ```ts
 * import { ManuallySwitchServiceFrame, TextFrame } from "@parley/sdk/frames";
 * import { ServiceSwitcher } from "@parley/sdk/pipeline";
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { TestPipeline } from "@parley/sdk/testing";
 * const [first, second] = [new FrameProcessor(), new FrameProcessor({ name: "spare" })];
 * const switcher = new ServiceSwitcher({ services: [first, second] });
 * await using pipeline = new TestPipeline([switcher]);
 * pipeline.push(new ManuallySwitchServiceFrame(second), new TextFrame("Hello"));
 * await pipeline.until(TextFrame);
 * console.log(switcher.strategy.activeService.name); // "spare"
 * ```
 */
export class ServiceSwitcher<T extends ServiceSwitcherStrategy = ServiceSwitcherStrategy>
  extends TypedEvents<ServiceSwitcherEvents>
  implements Composite {
  /** Its name in logs and errors. */
  readonly name: string;
  /** Its two ends and the services between them. */
  readonly parts: readonly Part[];
  /** Where frames enter. */
  readonly head: AnyFrameProcessor;
  /** Where frames leave. */
  readonly tail: AnyFrameProcessor;
  /** Decides which service is active. */
  readonly strategy: T;

  /**
   * Makes a switcher.
   *
   * @throws {TypeError} If there is no service, or if one stands in a pipeline already.
   */
  constructor(options: ServiceSwitcherOptions<T>) {
    super();
    this.name = `${new.target.name}#${++count}`;
    const { name } = this;
    const { services, strategyType = ServiceSwitcherStrategyManual } = options;
    this.strategy = new strategyType([...services]) as T;
    const { strategy } = this;
    const head = new SwitchDoor({ name: `${name}.in`, direction: "downstream", strategy });
    const tail = new SwitchDoor({ name: `${name}.out`, direction: "upstream", strategy });
    const branches = services.map((service) => chain([service]));
    this.parts = [head, { branches }, tail];
    checkOnce([...processorsOf(this.parts)]);
    for (const branch of branches) checkFree(engineOf(branch.head), engineOf(branch.tail));
    head.routes = tail.routes = new SwitchRoutes({
      name,
      head: engineOf(head),
      tail: engineOf(tail),
      strategy,
      switched: (service) => this.emit("serviceSwitched", service),
    });
    shareEnvironment(this.parts, engineOf(head).env);
    this.head = head;
    this.tail = tail;
  }

  /** The services, in the order they were given in. */
  get services(): readonly AnyFrameProcessor[] {
    return this.strategy.services;
  }
}
