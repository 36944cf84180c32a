import { deadline, systemClock } from "../../async/mod.ts";
import type { AnyFrameProcessor } from "../../processors/mod.ts";
import { BaseTransport, type BaseTransportOptions } from "../base/mod.ts";
import { SocketInput } from "./_socket_input.ts";
import { SocketOutput } from "./_socket_output.ts";
import { SocketSession } from "./_socket_session.ts";
import type { SocketLike, WebSocketClientParams } from "./params.ts";

/** Events of a {@linkcode WebSocketClientTransport}. */
export interface WebSocketClientTransportEvents {
  /** The socket is open. */
  readonly connected: readonly [websocket: SocketLike];
  /** The server has gone, or did not read and was disconnected. */
  readonly disconnected: readonly [websocket: SocketLike];
}

/** What a {@linkcode WebSocketClientTransport} is made of. */
export interface WebSocketClientTransportOptions extends BaseTransportOptions {
  /** Where to connect to, `ws:` or `wss:`. */
  readonly uri: string;
  /** How to work; most of all how frames travel. */
  readonly params: WebSocketClientParams;
  /** Opens the socket; the platform's `WebSocket` by default. */
  readonly connect?:
    | ((uri: string, headers: Readonly<Record<string, string>>) => SocketLike)
    | undefined;
}

/** How long a server may take to let it in. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Talks with a server over a WebSocket, which it opens when the pipeline starts. If it cannot, the task ends with a
 * fatal error.
 *
 * @example
 * ```ts
 * import { WebSocketClientTransport } from "@parley/sdk/transports/websocket";
 * import { ProtobufFrameSerializer } from "@parley/sdk/serializers";
 *
 * await using transport = new WebSocketClientTransport({
 *   uri: "ws://127.0.0.1:8765",
 *   params: { serializer: new ProtobufFrameSerializer(), audioOutEnabled: true },
 * });
 * console.log(transport.name); // "WebSocketClientTransport"
 * ```
 */
export class WebSocketClientTransport extends BaseTransport<WebSocketClientTransportEvents>
  implements AsyncDisposable {
  readonly #options: WebSocketClientTransportOptions;
  readonly #session: SocketSession;
  readonly #input: SocketInput;
  readonly #output: SocketOutput;
  #connecting: Promise<void> | undefined;
  #connected = false;

  /**
   * Makes a transport; nothing is opened yet.
   *
   * @throws {RangeError} If a number among the params is out of its range.
   */
  constructor(options: WebSocketClientTransportOptions) {
    super(options);
    const params = { addWavHeader: true, ...options.params };
    const { inputName, outputName } = options;
    this.#options = options;
    this.#session = new SocketSession(params, {
      connected: (socket) => {
        this.#connected = true;
        this.#output.connected();
        this.emit("connected", socket);
      },
      lost: (socket) => {
        if (this.#connected) this.emit("disconnected", socket);
      },
      timeout: () => {},
    });
    const connect = () => this.#connecting ??= this.#connect();
    this.#input = new SocketInput(this.#session, { params, name: inputName, connect });
    this.#output = new SocketOutput(this.#session, { params, name: outputName, connect });
  }

  /** Aborted when the server has gone: the `signal` of a `PipelineTask` that is to end with it. */
  get signal(): AbortSignal {
    return this.#session.signal;
  }

  /** Where what the server sends enters the pipeline. */
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

  async #connect(): Promise<void> {
    const { uri, params, connect = openSocket } = this.#options;
    const socket = connect(uri, params.additionalHeaders ?? {});
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const refused = () => reject(new Error(`Cannot connect to "${uri}": the server refused`));
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", refused);
    socket.addEventListener("close", refused);
    this.#session.attach(socket);
    if (socket.readyState === 1) resolve();
    const { clock } = this.#session;
    await clock.hold(
      deadline(promise, {
        clock: systemClock,
        timeoutMs: CONNECT_TIMEOUT_MS,
        doing: `connect to "${uri}"`,
      }),
    );
  }
}

function openSocket(uri: string, headers: Readonly<Record<string, string>>): SocketLike {
  return new WebSocket(uri, { headers });
}
