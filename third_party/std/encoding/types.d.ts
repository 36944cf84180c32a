/** The part of `@std/encoding` (as of 1.0.11) that this project uses, signature for signature. */

export declare function decodeBase64(b64: string): Uint8Array<ArrayBuffer>;
export declare function encodeBase64(data: ArrayBuffer | Uint8Array | string): string;
