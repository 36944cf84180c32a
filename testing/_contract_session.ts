import { type Clock, nextTurn, systemClock } from "../async/mod.ts";
import type { PipelineParams } from "../pipeline/mod.ts";
import type { AnyFrameProcessor } from "../processors/mod.ts";
import { checkSecrets, inTime } from "./_contract_checks.ts";
import { TestPipeline } from "./test_pipeline.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** What the contract of a service that asks for one thing after another opens for a case. */
interface Subject extends AsyncDisposable {
  readonly provider?: Provider | undefined;
}

interface Provider {
  stuck(): Promise<unknown>;
  closed(): Promise<unknown>;
  readonly secrets: readonly string[];
}

/** How a case is run. */
export interface ContractSessionOptions {
  /** Whether time is the machine's, for what cannot be shown otherwise. @default {false} */
  readonly realTime?: boolean | undefined;
  /** Further parameters of the pipeline. */
  readonly params?: PipelineParams | undefined;
}

/** One case at work: a provider, a service, a pipeline, on a virtual clock. */
export class ContractSession<S extends Subject, P extends AnyFrameProcessor>
  implements AsyncDisposable {
  readonly subject: S;
  readonly service: P;
  readonly pipeline: TestPipeline;
  readonly #clock: Clock;

  constructor(subject: S, service: P, { realTime, params }: ContractSessionOptions = {}) {
    this.subject = subject;
    this.service = service;
    this.#clock = realTime ? systemClock : new VirtualClock();
    this.pipeline = new TestPipeline([service], {
      clock: this.#clock,
      params: { enableMetrics: true, enableUsageMetrics: true, ...params },
    });
  }

  /** Resolves when nothing of what the provider was asked is under way any more. */
  async closed(withinMs: number): Promise<void> {
    const { provider } = this.subject;
    if (provider) await inTime(provider.closed(), withinMs, "see the request closed");
  }

  /** Has something asked to which no answer comes; from then on time goes by for who waits for it. */
  async getStuck(provider: Provider, ask: () => unknown): Promise<void> {
    const stuck = provider.stuck();
    await ask();
    await inTime(stuck, 5_000, "see the provider stuck");
    await this.manyTurns();
    if (this.#clock instanceof VirtualClock) void this.#clock.lend(provider.closed());
  }

  /** Lets happen what is under way, which can lead through the system, without a step of the clock. */
  async manyTurns(): Promise<void> {
    for (let k = 0; k < 100; k++) await nextTurn();
  }

  /** Who waits for what does not come gives up, says so, and closes its request. */
  async givesUp(): Promise<void> {
    const { pipeline } = this;
    await pipeline.wait(() => pipeline.errors.length > 0, { doing: "see an error" });
    await this.closed(1_000);
  }

  /** What must never be logged, and something that was said. */
  secrets(said: string): readonly string[] {
    return [said, ...this.subject.provider?.secrets ?? []];
  }

  /** Nothing was logged that must not be. */
  checkSecrets(said: string): void {
    checkSecrets(this.pipeline, this.secrets(said));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pipeline.close();
    await this.subject[Symbol.asyncDispose]();
  }
}
