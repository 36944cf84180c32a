import type { AnyFrameProcessor } from "../../processors/mod.ts";
import { BaseTransport, type BaseTransportOptions } from "../base/mod.ts";
import { SocketInput } from "./_socket_input.ts";
import { SocketOutput } from "./_socket_output.ts";
import { SocketSession } from "./_socket_session.ts";
import type { SocketLike, WebSocketTransportParams } from "./params.ts";

/** Events of a {@linkcode WebSocketTransport}. */
export interface WebSocketTransportEvents {
  /** The pipeline has started and the client is there. */
  readonly clientConnected: readonly [websocket: SocketLike];
  /** The client has gone, or did not read and was disconnected. */
  readonly clientDisconnected: readonly [websocket: SocketLike];
  /** The session has lasted for as long as the params allow. */
  readonly sessionTimeout: readonly [websocket: SocketLike];
}

/** What a {@linkcode WebSocketTransport} is made of. */
export interface WebSocketTransportOptions extends BaseTransportOptions {
  /** The server's end of a socket: open, or about to be. */
  readonly websocket: SocketLike;
  /** How to work; most of all how frames travel. */
  readonly params: WebSocketTransportParams;
}

/**
 * Talks with a client over a WebSocket that a server has upgraded.
 *
 * A message that cannot be read is a warning, and the conversation goes on. A client that does not read loses audio,
 * and is disconnected in the end. What the client sends before the pipeline has started is kept for it.
 *
 * @example One conversation for each client
 * ```ts
 * import { WebSocketTransport } from "@parley/sdk/transports/websocket";
 * import { ProtobufFrameSerializer } from "@parley/sdk/serializers";
 * import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
 *
 * const server = Deno.serve({ port: 0 }, (request) => {
 *   const { socket, response } = Deno.upgradeWebSocket(request);
 *   const transport = new WebSocketTransport({
 *     websocket: socket,
 *     params: {
 *       serializer: new ProtobufFrameSerializer(),
 *       audioInEnabled: true,
 *       audioOutEnabled: true,
 *     },
 *   });
 *   const pipeline = new Pipeline([transport.input(), transport.output()]);
 *   void new PipelineTask(pipeline, { signal: transport.signal }).run();
 *   return response;
 * });
 * await server.shutdown();
 * ```
 */
export class WebSocketTransport extends BaseTransport<WebSocketTransportEvents>
  implements AsyncDisposable {
  readonly #session: SocketSession;
  readonly #input: SocketInput;
  readonly #output: SocketOutput;

  /**
   * Makes a transport; it listens to the socket from now on.
   *
   * @throws {RangeError} If a number among the params is out of its range.
   */
  constructor(options: WebSocketTransportOptions) {
    super(options);
    const { websocket, params, inputName, outputName } = options;
    this.#session = new SocketSession(params, {
      connected: (socket) => {
        this.#input.connected();
        this.#output.connected();
        this.emit("clientConnected", socket);
      },
      lost: (socket) => this.emit("clientDisconnected", socket),
      timeout: (socket) => this.emit("sessionTimeout", socket),
    });
    const connect = () => Promise.resolve();
    this.#input = new SocketInput(this.#session, { params, name: inputName, connect });
    this.#output = new SocketOutput(this.#session, { params, name: outputName, connect });
    this.#session.attach(websocket);
  }

  /** Aborted when the client has gone: the `signal` of a `PipelineTask` that is to end with it. */
  get signal(): AbortSignal {
    return this.#session.signal;
  }

  /** Where what the client sends enters the pipeline. */
  override input(): AnyFrameProcessor {
    return this.#input;
  }

  /** Where what the bot says leaves the pipeline. */
  override output(): AnyFrameProcessor {
    return this.#output;
  }

  /** Closes the socket. A pipeline that ends does this by itself. */
  async close(): Promise<void> {
    await this.#session.close(1000, "");
  }

  /** Closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Reports a handler that threw as an error of the input. */
  protected override handlerFailed(event: string, error: unknown): void {
    this.#input.eventFailed(event, error);
  }
}
