import { PRESENT, type Work } from "./_work.ts";

/** The work of a processor: one frame in each lane, and open scopes. */
export class Works {
  /** What the data lane works on. */
  data: Work | undefined;
  /** What the system lane works on. */
  system: Work | undefined;
  readonly #scopes: Set<Work> = new Set();

  /** How many scopes are open. */
  get scopes(): number {
    return this.#scopes.size;
  }

  open(scope: Work): void {
    this.#scopes.add(scope);
  }

  forget(scope: Work): void {
    this.#scopes.delete(scope);
  }

  /** Fences off what is older than an epoch; the lane goes on without it. */
  cut(epoch: number): void {
    let reason: DOMException | undefined;
    for (const work of this.#all()) {
      if (work.epoch === PRESENT || work.epoch >= epoch) continue;
      reason ??= new DOMException("The work was interrupted", "AbortError");
      if (work === this.data) this.data = undefined;
      this.#scopes.delete(work);
      work.fence(reason);
    }
  }

  /** Has everything that an interruption stops belong to an epoch. */
  rebase(epoch: number): void {
    for (const work of this.#all()) if (work.epoch !== PRESENT) work.epoch = epoch;
  }

  /** Asks everything to come to its end. */
  abort(reason: unknown): void {
    for (const work of this.#all()) work.abort(reason);
  }

  /** Fences off everything. */
  close(reason: unknown): void {
    const all = this.#all();
    this.data = this.system = undefined;
    this.#scopes.clear();
    for (const work of all) {
      work.fence(reason);
      work.guard?.cancel();
    }
  }

  #all(): Work[] {
    const { data, system } = this;
    return [...this.#scopes, ...(data ? [data] : []), ...(system ? [system] : [])];
  }
}
