import * as esbuild from "esbuild";
import "./in_page/globals.ts";
import type { Page } from "playwright-core";
import { installPackages } from "../../runner/playground/build.ts";

/** An event of the published client. */
export interface ClientEvent {
  /** Its name: `botStartedSpeaking`. */
  readonly name: string;
  /** What it told. */
  readonly data?: unknown;
}

const PAGE = '<link rel="icon" href="data:,"><script src="packages.js"></script>' +
  '<script src="client.js"></script>';
const PACKAGES = 'export * from "@pipecat-ai/client-js";' +
  'export * from "@pipecat-ai/websocket-transport";';

/** Serves a page that holds nothing but the published client, from an address of its own. */
export async function servePublishedClient(): Promise<AsyncDisposable & { readonly url: string }> {
  const scripts = new Map([
    ["/packages.js", await bundle()],
    [
      "/client.js",
      await Deno.readTextFile(new URL("in_page/published_client.js", import.meta.url)),
    ],
  ]);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const script = scripts.get(new URL(request.url).pathname);
    const type = script === undefined ? "text/html" : "text/javascript";
    return new Response(script ?? PAGE, { headers: { "content-type": `${type}; charset=utf-8` } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function bundle(): Promise<string> {
  const packages = await installPackages();
  try {
    const result = await esbuild.build({
      stdin: { contents: PACKAGES, resolveDir: packages },
      globalName: "pipecat",
      bundle: true,
      write: false,
      platform: "browser",
      target: "es2022",
      tsconfigRaw: {},
    });
    return result.outputFiles[0]?.text ?? "";
  } finally {
    await esbuild.stop();
    await Deno.remove(packages, { recursive: true });
  }
}

/** Reads the events of the client in a page, one after another. */
export class EventReader {
  readonly #page: Page;
  #from = 0;

  /** Takes a page with the published client. */
  constructor(page: Page) {
    this.#page = page;
  }

  /** Waits for an event whose data, as JSON, fits a pattern; gives it, behind those before it. */
  async until(name: string, pattern: RegExp = /(?:)/): Promise<ClientEvent[]> {
    const wanted = JSON.stringify({ from: this.#from, name, pattern: pattern.source });
    const script = `JSON.stringify(eventsUntil(${wanted}))`;
    const found = await this.#page.waitForFunction(script);
    const events: ClientEvent[] = JSON.parse(String(await found.jsonValue()));
    this.#from += events.length;
    return events;
  }
}
