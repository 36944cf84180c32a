import type { JSONSchema, SchemaIssue, SchemaResult, StandardSchema } from "./standard_schema.ts";

/** Whether a value is a Standard Schema that can write itself down. */
export function isStandardSchema(value: object): value is StandardSchema {
  return "~standard" in value;
}

/** The JSON Schema of what a schema takes in, without the keys that models have no use for. */
export function jsonSchemaOf(schema: StandardSchema): JSONSchema {
  const { $schema: _dialect, ...rest } = schema["~standard"].jsonSchema.input({
    target: "draft-2020-12",
  });
  return rest;
}

/** What is wrong with a value, in one sentence that a model can act on. */
export function sayIssues(issues: readonly SchemaIssue[]): string {
  return issues.map(({ message, path }) => {
    const where = (path ?? []).map((step) => String(typeof step === "object" ? step.key : step));
    return where.length > 0 ? `"${where.join(".")}": ${message}` : message;
  }).join("; ");
}

/**
 * Checks arguments against the part of JSON Schema that functions are described
 * with: type, properties, required, enum, const, items, bounds. What it does
 * not know it lets pass: the schema is there to help the model, not to refuse it.
 */
export function checkJSON(value: unknown, schema: JSONSchema): SchemaResult<unknown> {
  const issues: SchemaIssue[] = [];
  check(value, schema, { path: [], issues });
  return issues.length > 0 ? { issues } : { value };
}

interface At {
  readonly path: readonly PropertyKey[];
  readonly issues: SchemaIssue[];
}

function check(value: unknown, schema: JSONSchema, at: At): void {
  const say = (message: string) => void at.issues.push({ message, path: at.path });
  const { type, enum: allowed, const: only } = schema;
  const types = Array.isArray(type) ? type : type === undefined ? [] : [type];
  if (types.length > 0 && !types.some((one) => isOfType(value, one))) {
    return say(`expected ${types.join(" or ")}, got ${nameOfType(value)}`);
  }
  if (Array.isArray(allowed) && !allowed.some((one) => sameJSON(one, value))) {
    return say(`expected one of ${JSON.stringify(allowed)}, got ${JSON.stringify(value)}`);
  }
  if (only !== undefined && !sameJSON(only, value)) say(`expected ${JSON.stringify(only)}`);
  if (typeof value === "number") checkNumber(value, schema, say);
  if (Array.isArray(value)) checkItems(value, schema, at);
  else if (isRecord(value)) checkProperties(value, schema, at);
}

function checkNumber(value: number, schema: JSONSchema, say: (message: string) => void): void {
  const { minimum, maximum } = schema;
  if (typeof minimum === "number" && value < minimum) say(`expected at least ${minimum}`);
  if (typeof maximum === "number" && value > maximum) say(`expected at most ${maximum}`);
}

function checkItems(value: readonly unknown[], schema: JSONSchema, at: At): void {
  const { items } = schema;
  if (!isRecord(items)) return;
  value.forEach((item, i) => check(item, items, { path: [...at.path, i], issues: at.issues }));
}

function checkProperties(value: Record<string, unknown>, schema: JSONSchema, at: At): void {
  const { properties, required, additionalProperties } = schema;
  const known = isRecord(properties) ? properties : {};
  for (const name of Array.isArray(required) ? required : []) {
    if (typeof name === "string" && value[name] === undefined) {
      at.issues.push({ message: "is missing", path: [...at.path, name] });
    }
  }
  for (const [name, item] of Object.entries(value)) {
    const path = [...at.path, name];
    const schemaOfItem = Object.hasOwn(known, name) ? known[name] : undefined;
    if (isRecord(schemaOfItem)) check(item, schemaOfItem, { path, issues: at.issues });
    else if (additionalProperties === false && !Object.hasOwn(known, name)) {
      at.issues.push({ message: "is not known", path });
    }
  }
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "number") return typeof value === "number";
  return typeof type !== "string" || nameOfType(value) === type;
}

function nameOfType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function sameJSON(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Whether a value is an object with members, as JSON knows it. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
