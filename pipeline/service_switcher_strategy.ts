import { TypedEvents } from "../async/mod.ts";
import {
  type ErrorFrame,
  type FrameDirection,
  ManuallySwitchServiceFrame,
  type ServiceSwitcherFrame,
} from "../frames/mod.ts";
import type { AnyFrameProcessor } from "../processors/mod.ts";
import { engineOf } from "../processors/frame_processor.ts";

/** Events of a {@linkcode ServiceSwitcherStrategy} and of the switcher that has it. */
export interface ServiceSwitcherEvents {
  /** Another service is active from now on. */
  readonly serviceSwitched: readonly [service: AnyFrameProcessor];
}

/** Milliseconds after every service has failed in which an error moves on to no other. */
const REST_MS = 3_000;

let setActive: (strategy: ServiceSwitcherStrategy, service: AnyFrameProcessor) => void;

/**
 * Decides which of several services is the active one: the first, to begin with.
 *
 * A strategy of your own says which service is to be active from now on; the
 * switcher sees to the rest, and waits where a switch would cut speech in two.
 * Decisions are made at once, since nothing may pass between an error and the
 * switch that answers it.
 *
 * @example A strategy that goes back to the first service whenever it is told to
 * ```ts
 * import { ServiceSwitcherFrame } from "@parley/sdk/frames";
 * import { ServiceSwitcherStrategyFailover } from "@parley/sdk/pipeline";
 * import { FrameProcessor } from "@parley/sdk/processors";
 * class RecoverFrame extends ServiceSwitcherFrame {}
 * class Recovering extends ServiceSwitcherStrategyFailover {
 *   override handleFrame(frame: ServiceSwitcherFrame) {
 *     return frame instanceof RecoverFrame ? this.services[0] : super.handleFrame(frame);
 *   }
 * }
 * const strategy = new Recovering([new FrameProcessor(), new FrameProcessor()]);
 * console.log(strategy.handleFrame(new RecoverFrame()) === strategy.services[0]); // true
 * ```
 */
export class ServiceSwitcherStrategy extends TypedEvents<ServiceSwitcherEvents> {
  static {
    setActive = (strategy, service) => {
      strategy.#active = service;
      strategy.emit("serviceSwitched", service);
    };
  }

  /** The services, in the order they were given in. */
  readonly services: readonly AnyFrameProcessor[];
  #active: AnyFrameProcessor;

  /**
   * Makes a strategy; the switcher does so.
   *
   * @throws {TypeError} If there is no service.
   */
  constructor(services: readonly AnyFrameProcessor[]) {
    super();
    const [first] = services;
    if (!first) throw new TypeError("Cannot switch between services: pass at least one");
    this.services = services;
    this.#active = first;
  }

  /** The service that is given work at present. */
  get activeService(): AnyFrameProcessor {
    return this.#active;
  }

  /** The services that can be given work, in order. */
  get usableServices(): AnyFrameProcessor[] {
    return this.services.filter((service) => service.isUsable && !engineOf(service).closed);
  }

  /** Takes a frame for switchers; gives the service that is to be active because of it. */
  handleFrame(
    _frame: ServiceSwitcherFrame,
    _direction: FrameDirection = "downstream",
  ): AnyFrameProcessor | undefined {
    return undefined;
  }

  /**
   * Takes an error of the active service that is not fatal; gives the service
   * that is to be active because of it.
   */
  handleError(_error: ErrorFrame): AnyFrameProcessor | undefined {
    return undefined;
  }

  /** Told when a service has done some of its work: a word was written, spoken or heard. */
  handleSuccess(_service: AnyFrameProcessor): void {}
}

/**
 * Has the application say which service is active, with a
 * `ManuallySwitchServiceFrame`.
 *
 * @example
 * ```ts
 * import { ManuallySwitchServiceFrame } from "@parley/sdk/frames";
 * import { ServiceSwitcherStrategyManual } from "@parley/sdk/pipeline";
 * import { FrameProcessor } from "@parley/sdk/processors";
 * const [first, second] = [new FrameProcessor(), new FrameProcessor()];
 * const strategy = new ServiceSwitcherStrategyManual([first, second]);
 * console.log(strategy.handleFrame(new ManuallySwitchServiceFrame(second)) === second); // true
 * ```
 */
export class ServiceSwitcherStrategyManual extends ServiceSwitcherStrategy {
  /** Gives the service that the frame names, if it is one of these and can be given work. */
  override handleFrame(
    frame: ServiceSwitcherFrame,
    _direction: FrameDirection = "downstream",
  ): AnyFrameProcessor | undefined {
    if (!(frame instanceof ManuallySwitchServiceFrame)) return undefined;
    const { service: wanted } = frame;
    return this.usableServices.find((service) => service === wanted) ??
      this.usableServices.find(({ name }) => name === wanted.name);
  }
}

/**
 * Goes on with the next service when the active one reports an error, around
 * the list.
 *
 * A service that has failed is left out until another has done some work, or it
 * was named by a `ManuallySwitchServiceFrame`. Where all have failed one after
 * another the error goes to the task, and for three seconds none is tried
 * because of another: nothing goes round in circles.
 *
 * @example
 * ```ts
 * import { ErrorFrame } from "@parley/sdk/frames";
 * import { ServiceSwitcherStrategyFailover } from "@parley/sdk/pipeline";
 * import { FrameProcessor } from "@parley/sdk/processors";
 * const [first, second] = [new FrameProcessor(), new FrameProcessor()];
 * const strategy = new ServiceSwitcherStrategyFailover([first, second]);
 * console.log(strategy.handleError(new ErrorFrame("Cannot connect")) === second); // true
 * ```
 */
export class ServiceSwitcherStrategyFailover extends ServiceSwitcherStrategyManual {
  readonly #failed: Set<AnyFrameProcessor> = new Set();
  #restUntil = -Infinity;

  /** The services that have not just failed, in order. */
  override get usableServices(): AnyFrameProcessor[] {
    return super.usableServices.filter((service) => !this.#failed.has(service));
  }

  /** Gives the service that the frame names, also one that has failed. */
  override handleFrame(
    frame: ServiceSwitcherFrame,
    direction: FrameDirection = "downstream",
  ): AnyFrameProcessor | undefined {
    const failed = [...this.#failed];
    this.#failed.clear();
    const service = super.handleFrame(frame, direction);
    for (const other of failed) if (other !== service) this.#failed.add(other);
    return service;
  }

  /** Gives the next service that has not failed. */
  override handleError(_error: ErrorFrame): AnyFrameProcessor | undefined {
    const now = engineOf(this.activeService).env.clock.now();
    if (now < this.#restUntil) return undefined;
    this.#failed.add(this.activeService);
    const { services, usableServices } = this;
    const at = services.indexOf(this.activeService);
    const next = [...services.slice(at + 1), ...services.slice(0, at)]
      .find((service) => usableServices.includes(service));
    if (!next) {
      this.#failed.clear();
      this.#restUntil = now + REST_MS;
    }
    return next;
  }

  /** Has every service count as usable again but the active one, should it fail. */
  override handleSuccess(_service: AnyFrameProcessor): void {
    this.#failed.clear();
    this.#restUntil = -Infinity;
  }
}

export { setActive };
