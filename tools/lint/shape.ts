import { isSource, isTest, pathInProject } from "./rooms.ts";

/** The longest function, in lines. */
const MAX_LINES = 60;

/** How many parameters may stand before the options. */
const MAX_POSITIONAL = 2;

/** What an options object is called, or its type. */
const OPTIONS_NAME = /(options|settings|init|config)$/i;

/** Abbreviations that type names write in capitals. */
const LOWERED_ACRONYM = /(Tts|Stt|Llm|Vad|Rtvi|Url|Json)(?![a-z])/;

type NamedFunction =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

/** A function fits a screen. The body of a test may be a long table, and is exempt. */
export const functionLength: Deno.lint.Rule = {
  create(context) {
    const path = pathInProject(context.filename);
    if (isTest(path) || path.startsWith("bench/")) return {};
    const check = (node: NamedFunction) => {
      const lines = context.sourceCode.getText(node).split("\n").length;
      if (lines <= MAX_LINES) return;
      context.report({
        node: node.id ?? node,
        message: `A function of ${lines} lines does not fit a screen (${MAX_LINES})`,
        hint: "Give its parts names",
      });
    };
    return {
      FunctionDeclaration: check,
      FunctionExpression: check,
      ArrowFunctionExpression: check,
    };
  },
};

/** What others call takes at most two parameters, then one options object. */
export const optionsLast: Deno.lint.Rule = {
  create(context) {
    const path = pathInProject(context.filename);
    if (!isSource(path) || /(^|\/)_/.test(path)) return {};
    const check = (node: Deno.lint.Node, params: Deno.lint.Parameter[]) => {
      const counted = params.filter((p) => p.type !== "Identifier" || p.name !== "this");
      const last = counted.at(-1);
      const positional = counted.length - (last && isOptions(last) ? 1 : 0);
      if (positional <= MAX_POSITIONAL) return;
      context.report({
        node,
        message: `${positional} parameters stand where ${MAX_POSITIONAL} and an options object may`,
        hint: "Put what comes after the second into one object, last",
      });
    };
    return {
      "ExportNamedDeclaration > FunctionDeclaration"(node: Deno.lint.FunctionDeclaration) {
        check(node.id ?? node, node.params);
      },
      "ExportNamedDeclaration > ClassDeclaration MethodDefinition"(
        node: Deno.lint.MethodDefinition,
      ) {
        if (node.key.type !== "PrivateIdentifier") check(node.key, node.value.params);
      },
    };
  },
};

/** `#private` is private at run time too, and does not need the compiler to say so. */
export const hashPrivate: Deno.lint.Rule = {
  create(context) {
    const check = (node: Deno.lint.Node) => {
      // By its text: the linter leaves "accessibility" undefined on parameter properties.
      if (
        !/^((static|override|readonly|async) )*private\b/.test(context.sourceCode.getText(node))
      ) return;
      context.report({
        node,
        message: 'The keyword "private" hides a member from the compiler alone',
        hint: "Name it #member",
      });
    };
    return {
      MethodDefinition: check,
      PropertyDefinition: check,
      TSParameterProperty: check,
    };
  },
};

/** Exported functions are declarations: they are hoisted, named in traces, and documented as functions. */
export const functionDeclaration: Deno.lint.Rule = {
  create(context) {
    if (!isSource(pathInProject(context.filename))) return {};
    return {
      "ExportNamedDeclaration > VariableDeclaration > VariableDeclarator"(
        node: Deno.lint.VariableDeclarator,
      ) {
        const kind = node.init?.type;
        if (kind !== "ArrowFunctionExpression" && kind !== "FunctionExpression") return;
        context.report({
          node,
          message: "An exported function is a declaration",
          hint: "Write export function name(…): Result { … }",
        });
      },
    };
  },
};

/** TTS, STT, LLM, VAD, RTVI, URL and JSON stay upper-case in the names of types, and types are PascalCase. */
export const typeName: Deno.lint.Rule = {
  create(context) {
    const check = (node: { id: Deno.lint.Identifier | null }) => {
      if (!node.id) return;
      const { name } = node.id;
      const lowered = LOWERED_ACRONYM.exec(name)?.[1];
      if (lowered === undefined && /^[A-Z][A-Za-z0-9]*$/.test(name)) return;
      context.report({
        node: node.id,
        message: lowered
          ? `"${lowered}" in "${name}" is written "${lowered.toUpperCase()}"`
          : `The type name "${name}" is not PascalCase`,
      });
    };
    return {
      ClassDeclaration: check,
      TSInterfaceDeclaration: check,
      TSTypeAliasDeclaration: check,
      TSEnumDeclaration: check,
    };
  },
};

/** Whether a parameter can be the options object: named, typed, destructured or defaulted as one, or a rest. */
function isOptions(param: Deno.lint.Parameter): boolean {
  switch (param.type) {
    case "RestElement":
    case "ObjectPattern":
      return true;
    case "AssignmentPattern":
      return param.right.type === "ObjectExpression" || isOptions(param.left);
    case "Identifier":
      return OPTIONS_NAME.test(param.name) || isOptionsType(param.typeAnnotation?.typeAnnotation);
    default:
      return false;
  }
}

function isOptionsType(type: Deno.lint.Node | undefined): boolean {
  if (type?.type === "TSTypeLiteral") return true;
  return type?.type === "TSTypeReference" && type.typeName.type === "Identifier" &&
    OPTIONS_NAME.test(type.typeName.name);
}
