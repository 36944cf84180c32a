/**
 * Reading values that came from outside, without believing them.
 *
 * @module
 */

/** An object whose members are still unknown. */
export type Fields = Readonly<Record<string, unknown>>;

/** Tells whether a value is an object with members. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Gives a member if it is text. */
export function text(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  return typeof value === "string" ? value : undefined;
}

/** Gives a member if it is a finite number. */
export function number(fields: Fields, key: string): number | undefined {
  const value = fields[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Gives a member's elements that are objects; none if it is no list. */
export function list(fields: Fields, key: string): Fields[] {
  const value = fields[key];
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** Gives a member's elements that are text; none if it is no list. */
export function texts(fields: Fields, key: string): string[] {
  const value = fields[key];
  if (!Array.isArray(value)) return [];
  return value.filter((element) => typeof element === "string");
}

/** Writes any value as one line of JSON, or as text where JSON has no form for it. */
export function compact(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    // Cyclic values and big integers have no JSON form.
    return String(value);
  }
}
