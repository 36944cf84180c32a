/**
 * The page's only use of the browser's timers and clock.
 *
 * Everything else takes these as functions, so that the models of the page
 * can be tested without waiting.
 *
 * @module
 */

/** Takes back what was planned; calling it late or twice does nothing. */
export type Cancel = () => void;

/** Plans an action. */
export type Later = (delayMs: number, action: () => void) => Cancel;

/** Runs an action once, after a delay. */
export function after(delayMs: number, action: () => void): Cancel {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
}

/** Runs an action again and again until it is cancelled. */
export function every(intervalMs: number, action: () => void): Cancel {
  const timer = setInterval(action, intervalMs);
  return () => clearInterval(timer);
}

/** Tells whether a promise is fulfilled in time; what it does later is its own affair. */
export function isDoneWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = after(limitMs, () => resolve(false));
    const finish = (isDone: boolean) => {
      cancel();
      resolve(isDone);
    };
    work.then(() => finish(true), () => finish(false));
  });
}

/** Milliseconds since the page was opened. */
export function now(): number {
  return performance.now();
}
