import { assert, assertEquals } from "@std/assert";
import { PLAYGROUND_HEADERS, playgroundAssets } from "./assets.ts";
import { FINGERPRINT } from "./dist.gen.ts";
import { fingerprint } from "./fingerprint.ts";

async function page(path: string): Promise<string> {
  const asset = (await playgroundAssets()).get(path);
  assert(asset !== undefined, `the page lacks "${path}"`);
  return new TextDecoder().decode(asset.bytes);
}

Deno.test("the playground page was built from its present sources", async () => {
  assertEquals(FINGERPRINT, await fingerprint(), 'run "deno task build:playground"');
});

Deno.test("playgroundAssets gives each file with its type", async () => {
  const assets = await playgroundAssets();
  const types = [...assets].map(([path, { contentType }]) => [path, contentType]);
  assertEquals(types.toSorted(), [
    ["/client", "text/html; charset=utf-8"],
    ["/client/LICENSES.txt", "text/plain; charset=utf-8"],
    ["/client/app.css", "text/css; charset=utf-8"],
    ["/client/app.js", "text/javascript; charset=utf-8"],
  ]);
});

Deno.test("the playground page asks for nothing but its own files", async () => {
  const assets = await playgroundAssets();
  const html = await page("/client");
  const asked = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, url]) => url ?? "");
  for (const url of asked.filter((url) => !url.startsWith("data:"))) {
    assert(assets.has(`/${url}`), `the page asks for "${url}"`);
  }
  assert(!/url\(|@import/.test(await page("/client/app.css")));
});

Deno.test("the playground page has no script or style that its policy forbids", async () => {
  const html = await page("/client");
  assert(!/<script(?![^>]*\ssrc=)/.test(html));
  assert(!/<style|\sstyle=|\son[a-z]+=/.test(html));
  assert(!/\beval\(|new Function\(/.test(await page("/client/app.js")));
  const policy = PLAYGROUND_HEADERS["content-security-policy"] ?? "";
  assert(!policy.includes("unsafe"));
});

Deno.test("the playground page names the licences of what it contains", async () => {
  const text = await page("/client/LICENSES.txt");
  const names = ["@pipecat-ai/client-js", "@pipecat-ai/websocket-transport", "wavtools"];
  for (const name of names) assert(text.includes(name), `"${name}" is not named`);
  assert(!text.includes("daily-js"));
});
