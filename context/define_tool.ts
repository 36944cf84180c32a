import {
  type FunctionCallHandler,
  type FunctionCallParams,
  FunctionSchema,
  type ToolOptions,
} from "./function_schema.ts";
import type { JSONSchema, SchemaResult, StandardSchema } from "./standard_schema.ts";
import { checkJSON, isStandardSchema, jsonSchemaOf } from "./_validate.ts";

/**
 * What {@linkcode defineTool} takes.
 *
 * @typeParam A The arguments, as the schema reads them.
 */
export interface ToolDefinition<A> extends ToolOptions {
  /** Name of the function. */
  readonly name: string;
  /** What it does, for the model. */
  readonly description: string;
  /** The arguments: a Standard Schema (such as zod's) or JSON Schema. @default {{}} */
  readonly parameters?: StandardSchema<A> | JSONSchema | undefined;
  /** What is called. */
  readonly handler: FunctionCallHandler<A>;
}

const NO_ARGUMENTS: JSONSchema = { type: "object", properties: {}, required: [] };

/**
 * Makes a function that a model can call. What the model sends is checked
 * before the handler runs; what does not fit goes back to the model, which is
 * told what was wrong.
 *
 * @example With zod, the handler's arguments are typed
 * ```ts
 * import { defineTool } from "@parley/sdk/context";
 * import { z } from "zod";
 * const add = defineTool({
 *   name: "add",
 *   description: "Adds two numbers.",
 *   parameters: z.object({ a: z.number(), b: z.number() }),
 *   handler: ({ arguments: { a, b } }) => a + b,
 * });
 * console.log(add.required); // ["a", "b"]
 * ```
 *
 * @example With JSON Schema
 * ```ts
 * import { defineTool } from "@parley/sdk/context";
 * const roll = defineTool<{ sides?: number }>({
 *   name: "roll_dice",
 *   description: "Rolls a dice.",
 *   parameters: { type: "object", properties: { sides: { type: "integer", minimum: 2 } } },
 *   handler: ({ arguments: { sides = 6 } }) => 1 + Math.floor(Math.random() * sides),
 * });
 * console.log(roll.name);
 * ```
 * @throws {TypeError} If the schema cannot be written down as JSON Schema.
 */
export function defineTool<A>(
  definition: ToolDefinition<A> & {
    /** The arguments. */
    readonly parameters: StandardSchema<A>;
  },
): FunctionSchema;
/** Makes a function whose arguments are described with JSON Schema. */
export function defineTool<A = Readonly<Record<string, unknown>>>(
  definition: ToolDefinition<A> & {
    /** The arguments. */
    readonly parameters?: JSONSchema | undefined;
  },
): FunctionSchema;
// deno-lint-ignore no-explicit-any -- `validate` is what makes the arguments fit
export function defineTool(definition: ToolDefinition<any>): FunctionSchema {
  return new DefinedTool(definition);
}

class DefinedTool extends FunctionSchema {
  override readonly parameters: JSONSchema;
  readonly #schema: StandardSchema | undefined;

  // deno-lint-ignore no-explicit-any -- see `defineTool`
  constructor(definition: ToolDefinition<any>) {
    const { parameters = NO_ARGUMENTS, handler, ...options } = definition;
    super({
      ...options,
      properties: {},
      required: [],
      // deno-lint-ignore no-explicit-any -- see `defineTool`
      handler: (params: FunctionCallParams<any>) => handler(params),
    });
    this.#schema = isStandardSchema(parameters) ? parameters : undefined;
    this.parameters = this.#schema ? writeDown(this.#schema, definition.name) : {
      ...NO_ARGUMENTS,
      ...parameters,
    };
  }

  override validate(value: unknown): SchemaResult<unknown> | Promise<SchemaResult<unknown>> {
    return this.#schema
      ? this.#schema["~standard"].validate(value)
      : checkJSON(value, this.parameters);
  }
}

function writeDown(schema: StandardSchema, name: string): JSONSchema {
  const { vendor } = schema["~standard"];
  if (typeof schema["~standard"].jsonSchema?.input !== "function") {
    throw new TypeError(
      `Cannot define the tool "${name}": this version of "${vendor}" does not write JSON Schema`,
    );
  }
  try {
    return jsonSchemaOf(schema);
  } catch (cause) {
    throw new TypeError(
      `Cannot define the tool "${name}": its parameters have no form in JSON Schema`,
      { cause },
    );
  }
}
