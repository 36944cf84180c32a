import type { Page } from "playwright-core";

const FOLDER = new URL("../../docs/images/", import.meta.url);
const MAX_BYTES = 200_000;

/** Takes a picture of a page for the docs, where `PARLEY_SCREENSHOTS=1` asks for it. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (Deno.env.get("PARLEY_SCREENSHOTS") !== "1") return;
  const picture = await page.screenshot();
  if (picture.length > MAX_BYTES) {
    throw new RangeError(
      `Cannot keep the picture "${name}": it has ${picture.length} bytes, and ${MAX_BYTES} are the limit`,
    );
  }
  await Deno.writeFile(new URL(`${name}.png`, FOLDER), picture);
}
