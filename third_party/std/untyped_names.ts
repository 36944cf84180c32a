/**
 * The names of a module `M` that have silently become `any`, and so would accept every mistake.
 *
 * Deno gives an npm import without types the compiler's error type, in which `0 extends 1 & T` is an error type
 * again and assignable to everything. In a tuple it is not.
 */
export type UntypedNames<M> = {
  [K in keyof M]: [M[K]] extends ["no such type"] ? K : never;
}[keyof M];

/** `true` if every name of the module `M` is typed, else the names that are not. */
export type AllTyped<M> = [UntypedNames<M>] extends [never] ? true : UntypedNames<M>;
