import type { Frame } from "../frames/mod.ts";

/** What is called within the arrival of an interruption or a cancel. */
export class Hooks {
  readonly #hooks: ((frame: Frame) => void)[] = [];

  add(hook: (frame: Frame) => void): void {
    this.#hooks.push(hook);
  }

  /** Calls every hook, and tells `failed` what one threw. */
  call(frame: Frame, failed: (error: unknown) => void): void {
    for (const hook of this.#hooks) {
      try {
        hook(frame);
      } catch (error) {
        failed(error);
      }
    }
  }
}
