/** A connection that carries bytes, both ways. */
export interface ByteConnection {
  /** Gives the next bytes; nothing when the peer sends no more. */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when the bytes are on their way. */
  write(bytes: Uint8Array): Promise<void>;
  /** Drops the connection at once; what is being read or written ends. */
  close(): void;
}

/** Opens the connection that a URL asks for. */
export interface Dial {
  /** Opens it, until the signal aborts. */
  (url: URL, options: { readonly signal: AbortSignal }): Promise<ByteConnection>;
}

const READ_BYTES = 64 * 1024;

/**
 * Opens a TCP connection to the host of a URL, with TLS where its scheme asks
 * for that (`wss:`, `https:`).
 *
 * @example
 * ```ts
 * import { dialTCP } from "@parley/sdk/services/wire";
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const accepted = listener.accept();
 * const { signal } = new AbortController();
 * const url = new URL(`ws://127.0.0.1:${listener.addr.port}`);
 * const connection = await dialTCP(url, { signal });
 * connection.close();
 * (await accepted).close();
 * listener.close();
 * ```
 */
export async function dialTCP(
  url: URL,
  options: { readonly signal: AbortSignal },
): Promise<ByteConnection> {
  const { signal } = options;
  const secure = url.protocol === "wss:" || url.protocol === "https:";
  const port = url.port ? Number(url.port) : secure ? 443 : 80;
  // An IPv6 address stands in brackets in a URL, and nowhere else.
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const tcp = await Deno.connect({ hostname, port, signal });
  tcp.setNoDelay(true);
  if (!secure) return connectionOf(tcp);
  return connectionOf(await startTls(tcp, { hostname, signal }));
}

async function startTls(
  tcp: Deno.TcpConn,
  options: { readonly hostname: string; readonly signal: AbortSignal },
): Promise<Deno.TlsConn> {
  const { hostname, signal } = options;
  const tls = await Deno.startTls(tcp, { hostname, alpnProtocols: ["http/1.1"] });
  const abort = () => tls.close();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await tls.handshake();
    return tls;
  } catch (error) {
    if (!signal.aborted) tls.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function connectionOf(conn: Deno.Conn): ByteConnection {
  let open = true;
  return {
    async read() {
      // What is read is kept: every piece has a buffer of its own.
      const buffer = new Uint8Array(READ_BYTES);
      const length = await conn.read(buffer);
      if (length === null) return undefined;
      return length * 2 < READ_BYTES ? buffer.slice(0, length) : buffer.subarray(0, length);
    },
    async write(bytes) {
      let at = 0;
      while (at < bytes.length) at += await conn.write(bytes.subarray(at));
    },
    close() {
      if (!open) return;
      open = false;
      conn.close();
    },
  };
}
