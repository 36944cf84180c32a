import { FunctionSchema } from "./function_schema.ts";

/** A family of models with tools of its own shape. */
export type AdapterType = "gemini" | "openai" | (string & {});

/** Tools in one family's own shape, sent as they are. */
export type CustomTools = Partial<
  Record<AdapterType, readonly Readonly<Record<string, unknown>>[]>
>;

/** What a {@linkcode ToolsSchema} is made of. */
export interface ToolsSchemaOptions {
  /** Functions that any model can call. */
  readonly standardTools: readonly FunctionSchema[];
  /** Tools that one family of models has, such as a web search. */
  readonly customTools?: CustomTools | undefined;
}

/**
 * The tools of a conversation.
 *
 * @example A function for every model, and a search for OpenAI's
 * ```ts
 * import { defineTool, ToolsSchema } from "@parley/sdk/context";
 * const now = defineTool({
 *   name: "now",
 *   description: "Tells the time.",
 *   handler: ({ clock }) => clock.date().toISOString(),
 * });
 * const tools = new ToolsSchema({
 *   standardTools: [now],
 *   customTools: { openai: [{ type: "web_search" }] },
 * });
 * console.log(tools.find("now")?.description);
 * ```
 */
export class ToolsSchema {
  /** Functions that any model can call. */
  readonly standardTools: readonly FunctionSchema[];
  /** Tools that one family of models has. */
  readonly customTools: CustomTools;

  /**
   * Makes a set of tools.
   *
   * @throws {TypeError} If two functions have one name, or one is no function schema.
   */
  constructor(options: ToolsSchemaOptions) {
    const { standardTools, customTools = {} } = options;
    const names = new Set<string>();
    for (const tool of standardTools) {
      if (!(tool instanceof FunctionSchema)) {
        throw new TypeError(`Cannot use ${String(tool)} as a tool: make it with "defineTool"`);
      }
      if (names.has(tool.name)) {
        throw new TypeError(`Cannot use two tools called "${tool.name}": give each its own name`);
      }
      names.add(tool.name);
    }
    this.standardTools = standardTools;
    this.customTools = customTools;
  }

  /** The function of that name. */
  find(name: string): FunctionSchema | undefined {
    return this.standardTools.find((tool) => tool.name === name);
  }

  /** Whether there is nothing to call. */
  get isEmpty(): boolean {
    return this.standardTools.length === 0 &&
      Object.values(this.customTools).every((tools) => !tools?.length);
  }
}

/** The tools of a list or a schema; nothing if there are none. */
export function normalizeTools(
  tools: ToolsSchema | readonly FunctionSchema[],
): ToolsSchema | undefined {
  if (!(tools instanceof ToolsSchema) && !Array.isArray(tools)) {
    throw new TypeError(
      `Cannot use ${String(tools)} as tools: pass a list of functions or a "ToolsSchema"`,
    );
  }
  const schema = tools instanceof ToolsSchema ? tools : new ToolsSchema({ standardTools: tools });
  return schema.isEmpty ? undefined : schema;
}
