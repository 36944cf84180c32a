import {
  ControlFrame,
  DataFrame,
  EndFrame,
  type Frame,
  type FrameDirection,
  InterruptionFrame,
  ManuallySwitchServiceFrame,
  ServiceSwitcherFrame,
  StopFrame,
} from "../frames/mod.ts";
import { Aside } from "../processors/_aside.ts";
import { type FrameContext, FrameProcessor } from "../processors/mod.ts";
import type { Engine } from "../processors/_engine.ts";
import { whenStill } from "../processors/_stillness.ts";
import type { SwitchRoutes } from "./_switch_routes.ts";
import type { ServiceSwitcherStrategy } from "./service_switcher_strategy.ts";

/** What a door of a switcher is told. */
export interface SwitchDoorOptions {
  readonly name: string;
  /** The direction in which frames come in by it. */
  readonly direction: FrameDirection;
  readonly strategy: ServiceSwitcherStrategy;
}

/** One end of a switcher: takes what is for the switcher itself, and sees to the order. */
export class SwitchDoor extends FrameProcessor {
  readonly #direction: FrameDirection;
  /** The ways from here; there are some once both doors stand. */
  routes: SwitchRoutes | undefined;
  /**
   * What comes in from below and waits: the way down stays free, since the
   * service that is waited for has to get rid of what it makes.
   */
  readonly #aside: Aside = new Aside("upstream", { scope: (options) => this.scope(options) });
  #following = false;

  constructor({ name, direction, strategy }: SwitchDoorOptions) {
    super({ name });
    this.#direction = direction;
    this.handle(ServiceSwitcherFrame, (frame, context) => {
      const service = context.direction === direction
        ? strategy.handleFrame(frame, direction)
        : undefined;
      if (service) return this.routes?.switchTo(service);
      this.#refuse(frame, strategy);
      // It may be for another switcher.
      return context.forward();
    });
    // The services have been interrupted by now.
    this.handle(InterruptionFrame, () => this.routes?.interrupted());
    for (const frameClass of [DataFrame, ControlFrame]) {
      this.handle<Frame>(
        frameClass,
        direction === "upstream"
          ? (frame, context) => this.#besideOrder(frame, context)
          : (_frame, context) => this.#inOrder(context),
      );
    }
    if (direction === "downstream") return;
    for (const last of [EndFrame, StopFrame]) {
      this.handle<Frame>(last, () => this.#aside.until(() => this.#aside.empty));
    }
    this.onInterruption((frame) => this.#aside.interrupted(frame));
  }

  protected override onClose(): void {
    this.#aside.retain(() => false);
  }

  /** Says why a service that was asked for does not become active. */
  #refuse(
    frame: ServiceSwitcherFrame,
    { services, usableServices }: ServiceSwitcherStrategy,
  ): void {
    if (!(frame instanceof ManuallySwitchServiceFrame)) return;
    const { service: wanted } = frame;
    const service = services.find((other) => other === wanted);
    if (!service || usableServices.includes(service)) return;
    this.log.warn(`Cannot switch to "${service.name}" in "${this.name}": it cannot do its job`);
  }

  /** What is for the new service waits until the one before it has done its work. */
  #inOrder(context: FrameContext): void | Promise<void> {
    const free = context.direction !== this.#direction;
    const leaving = free ? undefined : this.routes?.leaving;
    if (!leaving) return context.forward();
    return this.#done(leaving).then(() => this.#inOrder(context));
  }

  /** The same on the way up: nothing overtakes what the service before still has of it. */
  #besideOrder(frame: Frame, context: FrameContext): void | Promise<void> {
    const waits = context.direction === this.#direction &&
      (!this.#aside.empty || this.routes?.leaving !== undefined);
    if (!waits) return context.forward();
    this.#aside.add(frame);
    if (!this.#following) void this.#follow();
  }

  async #follow(): Promise<void> {
    this.#following = true;
    for (let leaving = this.routes?.leaving; leaving; leaving = this.routes?.leaving) {
      await this.#done(leaving);
    }
    this.#following = false;
    await this.#aside.release();
  }

  async #done(leaving: Engine): Promise<void> {
    const { lifecycleTimeoutMs: timeoutMs, drainLimitMs: limitMs } = this.env;
    const { promise, resolve } = Promise.withResolvers<void>();
    const hung = whenStill(this.env, { timeoutMs, limitMs }, () => {
      this.log.warn(`"${leaving.name}" does not come to its end: another goes on without it`);
      this.routes?.giveUpLeaving();
      resolve();
    });
    void leaving.idle().then(resolve);
    await promise;
    hung.cancel();
  }
}
