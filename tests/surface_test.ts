import { assert, assertEquals } from "@std/assert";
import { type Docs, findUnexampled, readDocs, SURFACE, surfaceOf } from "../tools/surface.ts";

const docs = await readDocs();

Deno.test("the package offers the names that tests/surface.txt lists", async () => {
  const found = surfaceOf(docs);
  assert(found.length > 0);
  assertEquals(found, await Deno.readTextFile(SURFACE), 'if it is meant, run "deno task gen"');
});

Deno.test("every exported function and class has an example", () => {
  assertEquals(findUnexampled(docs), []);
});

const small: Docs = {
  nodes: {
    "@parley/sdk/b": {
      symbols: [
        { name: "f", declarations: [{ kind: "function" }] },
        {
          name: "C",
          declarations: [{
            kind: "class",
            jsDoc: { tags: [{ kind: "example" }] },
            def: {
              methods: [{ name: "z" }, { name: "old", accessibility: "private" }],
              properties: [{ name: "a" }],
            },
          }],
        },
      ],
    },
    "@parley/sdk/a": { symbols: [{ name: "T", declarations: [{ kind: "typeAlias" }] }] },
  },
};

Deno.test("surfaceOf sorts modules, names and members, and leaves out private ones", () => {
  const lines = ["@parley/sdk/a", "  T (typeAlias)", "", "@parley/sdk/b", "  C (class): a z"];
  assertEquals(surfaceOf(small), [...lines, "  f (function)", ""].join("\n"));
});

Deno.test("findUnexampled finds a function without an example", () => {
  assertEquals(findUnexampled(small), ["@parley/sdk/b f"]);
});
