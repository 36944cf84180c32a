/**
 * Stand-in for `jsr:@std/encoding` where JSR cannot be reached: the same code from npm, with its types.
 *
 * @module
 */

// @ts-types="./types.d.ts"
export { decodeBase64 } from "npm:deno-std@1.4.0/encoding/base64.js";
// @ts-types="./types.d.ts"
export { encodeBase64 } from "npm:deno-std@1.4.0/encoding/base64.js";
