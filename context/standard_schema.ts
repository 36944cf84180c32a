/** What a schema finds wrong with a value. */
export interface SchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where, from the outside in. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A value that fits a schema, or what is wrong with it. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/**
 * A schema of any library that keeps to the Standard Schema specification and
 * can write itself down as JSON Schema, such as those of zod from 4.2 on.
 *
 * @typeParam T What a value that fits is read as.
 * @see https://standardschema.dev
 */
export interface StandardSchema<T = unknown> {
  /** The specification's one property. */
  readonly "~standard": {
    /** Version of the specification. */
    readonly version: 1;
    /** Name of the library. */
    readonly vendor: string;
    /** Checks a value and reads it. */
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
    /** Writes the schema down as JSON Schema. */
    readonly jsonSchema: {
      /** What goes in, before defaults are filled up. */
      readonly input: (options: { readonly target: string }) => Record<string, unknown>;
    };
    /** The types, for inference alone. */
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** A JSON Schema, as models are told of the arguments of a function. */
export type JSONSchema = Readonly<Record<string, unknown>>;
