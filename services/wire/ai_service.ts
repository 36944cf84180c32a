import { type ServiceUpdateSettingsFrame, StartFrame } from "../../frames/mod.ts";
import { FrameProcessor, type FrameScope, type ProcessorEvents } from "../../processors/mod.ts";
import { ConnectionError, ProviderError } from "./errors.ts";
import { ServiceMetrics } from "./metrics.ts";

/** Settings that every service has. */
export interface ServiceSettings {
  /** The provider's model. */
  readonly model?: string | undefined;
}

/** What every service can be given. */
export interface AIServiceOptions<S extends ServiceSettings> {
  /** Its name in logs, metrics and errors. */
  readonly name?: string | undefined;
  /** Settings, which a settings frame can change while it runs. */
  readonly settings?: Partial<S> | undefined;
}

/**
 * What services of every kind have in common: settings that can change while
 * they run, measurements, and a scope for what no interruption stops.
 *
 * @example
 * ```ts
 * import { AIService } from "@parley/sdk/services/wire";
 * class Echo extends AIService<{ model: string }> {
 *   constructor() {
 *     super({}, { model: "small" });
 *   }
 * }
 * console.log(new Echo().settings.model); // "small"
 * ```
 */
export class AIService<
  S extends ServiceSettings = ServiceSettings,
  M extends { [K in keyof M]: readonly unknown[] } = ProcessorEvents,
> extends FrameProcessor<M> {
  /** Measures what the service does. */
  protected readonly metrics: ServiceMetrics;
  #settings: S;
  #lasting: FrameScope | undefined;

  /** Makes a service with the settings given, and defaults for the others. */
  constructor(options: AIServiceOptions<S>, defaults: S) {
    super({ name: options.name });
    this.#settings = { ...defaults, ...given(options.settings) };
    this.metrics = new ServiceMetrics({
      processor: this.name,
      clock: () => this.clock,
      params: () => this.env.params,
      model: () => this.#settings.model,
      push: (frame) => void this.lasting.push(frame),
    });
  }

  /** The settings in force. */
  get settings(): S {
    return this.#settings;
  }

  /** Pushes what no interruption makes stale. */
  protected get lasting(): FrameScope {
    return this.#lasting ??= this.scope({ uninterruptible: true });
  }

  /**
   * Takes over the changes of a settings frame, unless it is for another
   * service; says whether it was for this one alone.
   */
  protected updateSettings(frame: ServiceUpdateSettingsFrame): boolean {
    if (frame.service && frame.service !== this) return false;
    // What a frame may change is known where it is made.
    const delta = this.#changeable(given(frame.delta) as Partial<S>);
    const before = this.#settings;
    this.#settings = { ...before, ...delta };
    const keys = Object.keys(delta) as (keyof S)[];
    const changed = keys.filter((key) => !isSame(before[key], delta[key]));
    if (changed.length > 0) this.onSettingsChanged(changed);
    return frame.service === this;
  }

  /** Settings that cannot change any more once the service is made; none by default. */
  protected get frozenSettings(): readonly string[] {
    return [];
  }

  /** Called when settings have changed, with their names. */
  protected onSettingsChanged(_changed: readonly (keyof S)[]): void {}

  /**
   * Has something loaded when the pipeline starts, in the background, so that
   * the first request need not wait for it.
   */
  protected loadAtStart(load: () => Promise<unknown>): void {
    this.handle(StartFrame, (_frame, context) => {
      this.spawn("load", async () => {
        // Whoever needs it first tries again, and reports it.
        await this.clock.hold(load()).catch(() => {});
      });
      return context.forward();
    });
  }

  /** A delta without what cannot change, which is warned of. */
  #changeable(delta: Partial<S>): Partial<S> {
    const frozen = Object.keys(delta).filter((key) => this.frozenSettings.includes(key));
    for (const key of frozen) {
      this.log.warn(`Cannot change "${key}" of "${this.name}" while it runs: make another service`);
    }
    const left = Object.entries(delta).filter(([key]) => !frozen.includes(key));
    return Object.fromEntries(left) as Partial<S>;
  }

  /** Reports that something could not be done: `speak`, `get an answer`. */
  protected reportFailure(doing: string, error: unknown): void {
    if (error instanceof ProviderError || error instanceof ConnectionError) {
      // It says itself what could not be done.
      const { category, message } = error;
      return this.reportError(message, error, { ...category && { category } });
    }
    const message = error instanceof Error ? error.message : String(error);
    const state = message.replace(/^Cannot [^:]+: /, "");
    this.reportError(`Cannot ${doing} in "${this.name}": ${state}`, error);
  }
}

/** Whether two settings are the same, lists and objects by what they hold. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (!Array.isArray(a) && Object.getPrototypeOf(a) !== Object.prototype) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return left.size === right.size &&
    [...left].every(([name, value]) => right.has(name) && isSame(value, right.get(name)));
}

/** Only what has a value: what is `undefined` was not given. */
function given<T extends object>(settings: T | undefined): Partial<T> {
  const entries = Object.entries(settings ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
