/**
 * The playground page's files, ready to be served.
 *
 * They are part of the code, so that they are there wherever it was loaded
 * from, also from JSR, where a module has no folder to read from.
 *
 * @module
 */

/** One file of the page. */
export interface PlaygroundAsset {
  /** Its content. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The value of its `content-type` header. */
  readonly contentType: string;
}

/** Where the page stands. */
export const PLAYGROUND_PATH = "/client";

/**
 * The headers that the page's files are served with.
 *
 * Scripts come from the page's own files only. `blob:` is where the published
 * client keeps its audio worklets; `ws:` and `wss:` are named because not
 * every browser counts a socket to the same host as `'self'`.
 */
export const PLAYGROUND_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-cache",
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self' blob:",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self' ws: wss:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "permissions-policy": "microphone=(self)",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  txt: "text/plain; charset=utf-8",
};

let loading: Promise<ReadonlyMap<string, PlaygroundAsset>> | undefined;

/**
 * Gives the page's files by the path they are served at: the page itself at
 * {@linkcode PLAYGROUND_PATH}, the others below it.
 *
 * Unpacks them on the first call.
 */
export function playgroundAssets(): Promise<
  ReadonlyMap<string, PlaygroundAsset>
> {
  loading ??= load();
  return loading;
}

async function load(): Promise<ReadonlyMap<string, PlaygroundAsset>> {
  const { FILES } = await import("./dist.gen.ts");
  const assets = new Map<string, PlaygroundAsset>();
  for (const [name, packed] of Object.entries(FILES)) {
    const path = name === "index.html" ? "" : `/${name}`;
    const ending = name.slice(name.lastIndexOf(".") + 1);
    assets.set(PLAYGROUND_PATH + path, {
      bytes: await unpack(packed),
      contentType: CONTENT_TYPES[ending] ?? "application/octet-stream",
    });
  }
  return assets;
}

async function unpack(packed: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  const whole = new Blob([bytes]).stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  return await new Response(whole).bytes();
}
