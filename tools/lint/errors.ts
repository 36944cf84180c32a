import { isSource, pathInProject } from "./rooms.ts";

/** Stands where a template has a value: long enough to be a word, and never wrong by itself. */
const VALUE = "…";

const CONTRACTION =
  /\b\w+n't\b|\b\w+'(re|ve|ll|m|d)\b|\b(it|that|there|here|what|who|where|let|he|she)'s\b/i;

/** Holds the messages of thrown errors to `Cannot <do it> [as <wish>]: <state>`. */
export const errorMessage: Deno.lint.Rule = {
  create(context) {
    if (!isSource(pathInProject(context.filename))) return {};
    const check = (message: Deno.lint.Node | undefined) => {
      const text = message && literalText(message);
      if (!message || text === undefined) return;
      const fault = faultIn(text);
      if (fault === undefined) return;
      context.report({
        node: message,
        message: `An error message ${fault}`,
        hint: 'Write "Cannot <do it> [as <wish>]: <state>", and say the fix',
      });
    };
    return {
      NewExpression(node) {
        if (node.callee.type !== "Identifier") return;
        const { name } = node.callee;
        // A "DOMException" is a reason to stop, not a message to a reader.
        if (name === "AggregateError") check(node.arguments[1]);
        else if (name.endsWith("Error")) check(node.arguments[0]);
      },
      CallExpression(node) {
        if (node.callee.type === "Super" && extendsError(context, node)) check(node.arguments[0]);
      },
    };
  },
};

/** What is wrong with an error message, if anything. */
function faultIn(text: string): string | undefined {
  if (!text.startsWith("Cannot ")) return 'starts with "Cannot "';
  if (!text.includes(": ")) return "says what stands in the way, after a colon";
  if (/\.\s*$/.test(text)) return "ends without a period";
  if (CONTRACTION.test(text)) return "has no contraction";
  return undefined;
}

/** The text of a string literal, a template or a sum of them; nothing if it starts with a value from elsewhere. */
function literalText(node: Deno.lint.Node): string | undefined {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
  if (node.type === "TemplateLiteral") return node.quasis.map((q) => q.cooked).join(VALUE);
  if (node.type === "BinaryExpression" && node.operator === "+") {
    const left = literalText(node.left);
    return left === undefined ? undefined : left + (literalText(node.right) ?? VALUE);
  }
  return undefined;
}

/** Whether a `super(…)` call stands in a class derived from some error. */
function extendsError(context: Deno.lint.RuleContext, node: Deno.lint.Node): boolean {
  const owner = context.sourceCode.getAncestors(node).findLast((ancestor) =>
    ancestor.type === "ClassDeclaration" || ancestor.type === "ClassExpression"
  );
  if (owner?.type !== "ClassDeclaration" && owner?.type !== "ClassExpression") return false;
  return owner.superClass?.type === "Identifier" && owner.superClass.name.endsWith("Error");
}
