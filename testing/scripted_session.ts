import { assertEquals } from "@std/assert";
import type { FrameProcessor } from "../processors/mod.ts";
import type { Dial } from "../services/wire/mod.ts";
import { type PeerScript, ScriptedSocketServer } from "./scripted_socket_server.ts";
import { TestPipeline } from "./test_pipeline.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** What a {@linkcode ScriptedSession} is made of. */
export interface ScriptedSessionOptions<P extends FrameProcessor> {
  /** Makes the service, which connects with `dial`. */
  readonly make: (dial: Dial) => P;
  /** What the provider does with each connection. @default {lets it in, and listens} */
  readonly script?: PeerScript | undefined;
}

/**
 * A service that keeps a connection, in a pipeline on a virtual clock, and a
 * scripted provider at the other end.
 *
 * @example
 * ```ts
 * import { DeepgramSTTService } from "@parley/sdk/services/deepgram";
 * import { ScriptedSession } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * await using session = new ScriptedSession({
 *   make: (dial) => new DeepgramSTTService({ apiKey: "key", dial }),
 * });
 * await session.pipeline.settle();
 * const { url } = await session.server.peer();
 * assertEquals(url.searchParams.get("encoding"), "linear16");
 * ```
 */
export class ScriptedSession<P extends FrameProcessor> implements AsyncDisposable {
  /** The provider. */
  readonly server: ScriptedSocketServer;
  /** The service. */
  readonly service: P;
  /** The pipeline around it. */
  readonly pipeline: TestPipeline;
  /** The pipeline's clock. */
  readonly clock: VirtualClock = new VirtualClock();

  /** Starts one. */
  constructor({ make, script = listen }: ScriptedSessionOptions<P>) {
    this.server = new ScriptedSocketServer(script);
    this.service = make(this.server.dial);
    this.pipeline = new TestPipeline([this.service], { clock: this.clock });
  }

  /** Closes everything; throws what the script threw. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.pipeline.close();
    await this.server.close();
    assertEquals(this.server.failures, []);
  }
}

const listen: PeerScript = async (peer) => {
  await peer.accept();
  while (await peer.next());
};
