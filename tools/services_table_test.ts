import { assert, assertEquals } from "@std/assert";
import { medianOf, pageOf, servicesOf } from "./services_table.ts";
import { readTree, ROOT } from "./tree.ts";

const rows = servicesOf(await readTree([".ts"]));

/** Tables as they are whatever their columns' widths are. */
const narrow = (text: string) => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");

Deno.test("the page of the services is the one that is written from them", async () => {
  const page = await Deno.readTextFile(new URL("docs/services.md", ROOT));
  assertEquals(narrow(page), narrow(pageOf(rows)), "run deno run -A tools/services_table.ts");
});

Deno.test("every class of its own says why, and protocols are short", () => {
  for (const { name, rung, reason } of rows) assert(rung < 3 || reason !== "", `${name}: why?`);
  assert(medianOf(rows) <= 130, `the median is ${medianOf(rows)} lines`);
  const limits = { 0: 30, 1: 150, 2: 180, 3: 400 };
  for (const { name, rung, lines } of rows) {
    assert(lines <= limits[rung], `${name}: ${lines} lines`);
  }
});

Deno.test("what a service is built of is read from its class", () => {
  const text = (body: string) => `export class AcmeTTSService extends ${body}\n}\n`;
  const read = (body: string) =>
    servicesOf([{ path: "services/acme/tts.ts", text: text(body) }])[0];
  const plain =
    "WebSocketTTSService<S> {\n  constructor(options: O = {}) {\n    super(protocol, options);\n  }";
  assertEquals(read(plain)?.rung, 1);
  assertEquals(read(`${plain}\n  protected override onClose(): void {}`)?.rung, 2);
  assertEquals(read("TTSService {")?.rung, 3);
});
