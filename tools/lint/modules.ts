import { calleeName } from "./concurrency.ts";
import { isSource, pathInProject } from "./rooms.ts";

/** `export *` hides what a module offers, and lets a name slip into the public surface unseen. */
export const noExportAll: Deno.lint.Rule = {
  create(context) {
    return {
      ExportAllDeclaration(node) {
        context.report({
          node,
          message: "export * hides what the module offers",
          hint: "Re-export by name",
        });
      },
    };
  },
};

/** A `mod.ts` is a list: re-exports by name, sorted by where they come from and within each. */
export const modReexports: Deno.lint.Rule = {
  create(context) {
    if (!/(^|\/)mod\.ts$/.test(pathInProject(context.filename))) return {};
    return {
      Program(program) {
        let before = "";
        for (const node of program.body) {
          if (node.type !== "ExportNamedDeclaration" || node.source === null) {
            context.report({ node, message: "mod.ts only re-exports" });
            continue;
          }
          const { value } = node.source;
          if (compare(before, value) > 0) {
            context.report({ node, message: `mod.ts is sorted: "${value}" before "${before}"` });
          }
          before = value;
          reportUnsorted(context, node);
        }
      },
    };
  },
};

/** Importing a module does nothing: no call at module level that speaks, reads the environment or starts something. */
export const noImportEffects: Deno.lint.Rule = {
  create(context) {
    if (!isSource(pathInProject(context.filename))) return {};
    const report = (node: Deno.lint.Node, what: string) =>
      context.report({ node, message: `Importing this module ${what}`, hint: "Do it when called" });
    return {
      Program(program) {
        for (const node of program.body) {
          const what = effectOf(node, context);
          if (what) report(node, what);
        }
      },
      CallExpression(node) {
        const what = callEffect(calleeName(node.callee) ?? "");
        const reported = node.parent.type === "ExpressionStatement";
        if (what && !reported && runsOnImport(context, node)) report(node, what);
      },
      AwaitExpression(node) {
        const reported = node.parent.type === "ExpressionStatement";
        if (!reported && runsOnImport(context, node)) report(node, "waits");
      },
    };
  },
};

/** What a statement at module level does that a declaration does not. */
function effectOf(node: Deno.lint.Node, context: Deno.lint.RuleContext): string | undefined {
  switch (node.type) {
    case "ExpressionStatement":
      return `evaluates ${context.sourceCode.getText(node.expression)}`;
    case "IfStatement":
      return isMainGuard(context, node) ? undefined : "branches";
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
      return "loops";
    case "TryStatement":
      return "tries something";
    default:
      return undefined;
  }
}

/** What a call does that must not happen on import. */
function callEffect(name: string): string | undefined {
  if (name.startsWith("console.")) return "writes to the console";
  if (name.startsWith("Deno.env.")) return "reads the environment";
  if (name.startsWith("Deno.")) return `calls ${name}`;
  if (/^(setTimeout|setInterval|setImmediate|queueMicrotask)$/.test(name)) return "sets a timer";
  return undefined;
}

/** Whether a node runs when its module is imported: in no function, and not behind `import.meta.main`. */
function runsOnImport(context: Deno.lint.RuleContext, node: Deno.lint.Node): boolean {
  return !context.sourceCode.getAncestors(node).some((ancestor) =>
    ancestor.type === "FunctionDeclaration" || ancestor.type === "FunctionExpression" ||
    ancestor.type === "ArrowFunctionExpression" ||
    (ancestor.type === "PropertyDefinition" && !ancestor.static) ||
    isMainGuard(context, ancestor)
  );
}

function isMainGuard(context: Deno.lint.RuleContext, node: Deno.lint.Node): boolean {
  return node.type === "IfStatement" &&
    context.sourceCode.getText(node.test) === "import.meta.main";
}

function reportUnsorted(
  context: Deno.lint.RuleContext,
  node: Deno.lint.ExportNamedDeclaration,
): void {
  const names = node.specifiers.map((s) => context.sourceCode.getText(s).replace(/^type /, ""));
  const wrong = names.find((name, i) => i > 0 && compare(names[i - 1] ?? "", name) > 0);
  if (wrong) context.report({ node, message: `mod.ts is sorted: "${wrong}" stands too late` });
}

function compare(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}
