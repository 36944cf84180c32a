import { isSource, pathInProject } from "./rooms.ts";

/** The methods and constructors that read or set real time. */
const REAL_TIME = new Set([
  "AbortSignal.timeout",
  "Date.now",
  "performance.now",
  "setImmediate",
  "setInterval",
  "setTimeout",
]);

/** A teed stream buffers without bound for its slower branch, and a cancel of one branch never reaches the source. */
export const noTee: Deno.lint.Rule = {
  create(context) {
    return {
      CallExpression(node) {
        if (node.arguments.length > 0 || memberName(node.callee)?.property !== "tee") return;
        context.report({
          node,
          message: "tee() buffers without bound for its slower branch",
          hint: "Push to two queues, or copy the frame where it branches",
        });
      },
    };
  },
};

/** Each race adds reactions to its losers, which stay as long as the loser does. */
export const noPromiseRace: Deno.lint.Rule = {
  create(context) {
    return {
      CallExpression(node) {
        if (calleeName(node.callee) !== "Promise.race") return;
        context.report({
          node,
          message: "Promise.race leaks into every promise that outlives the race",
          hint: "Use one resolver with two ends (Promise.withResolvers), or an AbortSignal",
        });
      },
    };
  },
};

/** Real time belongs to `async/`; everything else is given a `Clock`, so that a test can step it. */
export const clockOnly: Deno.lint.Rule = {
  create(context) {
    const path = pathInProject(context.filename);
    if (!isSource(path) || path.startsWith("async/")) return {};
    // A virtual clock lets everything settle before it steps, which takes a turn of the event loop.
    const settles = path.startsWith("testing/");
    const report = (node: Deno.lint.Node, name: string) =>
      context.report({
        node,
        message: `${name} reads or sets real time outside async/`,
        hint: 'Take a "Clock" (async/clock.ts) and use it',
      });
    return {
      CallExpression(node) {
        const name = calleeName(node.callee);
        if (name === undefined || !REAL_TIME.has(name)) return;
        if (name !== "setImmediate" || !settles) report(node, name);
      },
      NewExpression(node) {
        if (calleeName(node.callee) === "Date" && node.arguments.length === 0) {
          report(node, "new Date()");
        }
      },
    };
  },
};

/** `"a.b"` or `"b"` for what is called, without `globalThis.`; nothing for what is computed. */
export function calleeName(callee: Deno.lint.Node): string | undefined {
  if (callee.type === "Identifier") return callee.name;
  const member = memberName(callee);
  if (member === undefined) return undefined;
  const { object, property } = member;
  return object === undefined || object === "globalThis" ? property : `${object}.${property}`;
}

/** The names in `object.property`; the object has none if it is itself an expression. */
function memberName(
  node: Deno.lint.Node,
): { object: string | undefined; property: string } | undefined {
  if (node.type !== "MemberExpression" || node.property.type !== "Identifier") return undefined;
  if (node.object.type === "Identifier") {
    return { object: node.object.name, property: node.property.name };
  }
  const object = calleeName(node.object);
  return { object: object ?? "", property: node.property.name };
}
