interface Delivery {
  readonly samples: number;
  readonly deliver: () => Promise<void>;
}

/** Hands over recorded audio one piece after another, however long each takes, and holds only so much that waits. */
export class Deliveries {
  readonly #most: number;
  readonly #waiting: Delivery[] = [];
  #samples = 0;
  #working: Promise<void> | undefined;

  constructor(mostSamples: number) {
    this.#most = mostSamples;
  }

  /** Takes the next piece; says whether there was room for it, which the last ones always have. */
  add({ samples, deliver, last }: Delivery & { readonly last: boolean }): boolean {
    if (!last && this.#working && this.#samples + samples > this.#most) return false;
    this.#samples += samples;
    this.#waiting.push({ samples, deliver });
    this.#working ??= this.#work();
    return true;
  }

  /** Resolves when everything has been handed over. */
  async idle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  async #work(): Promise<void> {
    // Nothing is handed over within the code that recorded it.
    await undefined;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      await next.deliver();
      this.#samples -= next.samples;
    }
    this.#working = undefined;
  }
}
