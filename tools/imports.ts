import type { ProjectFile } from "./tree.ts";

/** One import or re-export as it stands in a file. */
export interface Import {
  /** What stands between the quotes. */
  specifier: string;
  /** Whether nothing is loaded at run time: `import type`, while `import { type A }` does load. */
  typeOnly: boolean;
  /** Whether it is `import()`, with a literal. */
  dynamic: boolean;
  /** The names that a re-export passes on. */
  exported: string[];
}

/**
 * The imports and re-exports of a file, as the parser sees them: examples in comments and texts in quotes are none.
 *
 * The parser is the linter's, which Deno lends only to tests.
 */
export function importsOf({ path, text }: ProjectFile): Import[] {
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, more: Partial<Import> = {}) =>
    found.push({ specifier, typeOnly, dynamic: false, exported: [], ...more });
  const rule: Deno.lint.Rule = {
    create: () => ({
      ImportDeclaration(node) {
        add(node.source.value, node.importKind === "type");
      },
      ExportNamedDeclaration(node) {
        if (!node.source) return;
        const exported = node.specifiers.map(({ exported }) => nameOf(exported));
        add(node.source.value, node.exportKind === "type", { exported });
      },
      ExportAllDeclaration(node) {
        add(node.source.value, node.exportKind === "type");
      },
      ImportExpression({ source }) {
        if (source.type !== "Literal" || typeof source.value !== "string") return;
        add(source.value, false, { dynamic: true });
      },
    }),
  };
  Deno.lint.runPlugin({ name: "imports", rules: { collect: rule } }, path, text);
  return found;
}

/** The path that a relative specifier names, from the project's root; nothing for any other specifier. */
export function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

function nameOf(node: Deno.lint.Identifier | Deno.lint.StringLiteral): string {
  return node.type === "Identifier" ? node.name : node.value;
}
