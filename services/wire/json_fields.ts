/**
 * Reads an answer from outside without believing it: what is absent, or of
 * another kind, is not there.
 *
 * @example
 * ```ts
 * import { JSONFields } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 * const fields = new JSONFields({ type: "words", at: { start: [0, 0.5], end: null } });
 * assertEquals(fields.text("type"), "words");
 * assertEquals(fields.fields("at").numbers("start"), [0, 0.5]);
 * assertEquals(fields.fields("at").numbers("end"), []);
 * ```
 */
export class JSONFields {
  /** The value that is read. */
  readonly value: unknown;
  readonly #fields: ReadonlyMap<string, unknown>;

  /** Reads a value; one that is no object has no fields. */
  constructor(value: unknown) {
    this.value = value;
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    this.#fields = new Map(isObject ? Object.entries(value) : []);
  }

  /** Whether a field is there and not null. */
  has(name: string): boolean {
    return (this.#fields.get(name) ?? undefined) !== undefined;
  }

  /** A text. */
  text(name: string): string | undefined {
    const value = this.#fields.get(name);
    return typeof value === "string" ? value : undefined;
  }

  /** A number. */
  number(name: string): number | undefined {
    const value = this.#fields.get(name);
    return typeof value === "number" ? value : undefined;
  }

  /** Whether a field is `true`. */
  flag(name: string): boolean {
    return this.#fields.get(name) === true;
  }

  /** An object's fields; none where it is none. */
  fields(name: string): JSONFields {
    return new JSONFields(this.#fields.get(name));
  }

  /** The objects of a list. */
  list(name: string): JSONFields[] {
    return this.#items(name).map((item) => new JSONFields(item));
  }

  /** The texts of a list; another kind counts as empty, so that places stay. */
  texts(name: string): string[] {
    return this.#items(name).map((item) => typeof item === "string" ? item : "");
  }

  /** The numbers of a list; another kind counts as not a number, so that places stay. */
  numbers(name: string): number[] {
    return this.#items(name).map((item) => typeof item === "number" ? item : NaN);
  }

  /**
   * Bytes in Base64; none where there are none.
   *
   * @throws {SyntaxError} If it is no Base64.
   */
  bytes(name: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.fromBase64(this.text(name) ?? "");
  }

  #items(name: string): readonly unknown[] {
    const value = this.#fields.get(name);
    return Array.isArray(value) ? value : [];
  }
}
