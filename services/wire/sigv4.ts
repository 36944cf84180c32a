import { createHash, createHmac } from "node:crypto";

/** Who signs. */
export interface AWSCredentials {
  /** The id of the access key. */
  readonly accessKeyId: string;
  /** The secret access key. */
  readonly secretAccessKey: string;
  /** The token of temporary credentials. */
  readonly sessionToken?: string | undefined;
}

/** What a signature is for. */
export interface SignatureScope {
  /** The region, such as `us-east-1`. */
  readonly region: string;
  /** The service as it is named in signatures, such as `transcribe`. */
  readonly service: string;
  /** The time of the signature. */
  readonly date: Date;
  /** Who signs. */
  readonly credentials: AWSCredentials;
}

/** What of a URL is signed. */
export interface PresignOptions extends SignatureScope {
  /** How long the URL is good for, in seconds. @default {300} */
  readonly expiresSecs?: number | undefined;
  /** Stands for the body: its hash in hexadecimal digits, or a word. @default the hash of nothing */
  readonly payloadHash?: string | undefined;
}

/** A request that is to be signed. */
export interface UnsignedRequest {
  /** The method: `POST`. */
  readonly method: string;
  /** The address. */
  readonly url: URL;
  /** The headers that are sent and signed; `host` and the date are added. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body. */
  readonly body: string | Uint8Array;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/**
 * Signs a URL of AWS, so that whoever has it can open it: Signature Version 4, in the query.
 *
 * @example
 * ```ts
 * import { presignURL } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 *
 * const url = presignURL(new URL("https://acme.example/stream?language-code=en-US"), {
 *   region: "us-east-1",
 *   service: "transcribe",
 *   date: new Date("2026-01-02T03:04:05Z"),
 *   credentials: { accessKeyId: "id", secretAccessKey: "secret" },
 * });
 * assertEquals(url.searchParams.get("X-Amz-Date"), "20260102T030405Z");
 * ```
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html (read 2026-11-21)
 */
export function presignURL(url: URL, options: PresignOptions): URL {
  const { credentials: { accessKeyId, sessionToken }, expiresSecs = 300 } = options;
  const { payloadHash = hashOf("") } = options;
  const { stamp, scope } = stampOf(options);
  const query = [...url.searchParams].concat([
    ["X-Amz-Algorithm", ALGORITHM],
    ["X-Amz-Credential", `${accessKeyId}/${scope}`],
    ["X-Amz-Date", stamp],
    ["X-Amz-Expires", `${expiresSecs}`],
    ["X-Amz-SignedHeaders", "host"],
    ...sessionToken ? [["X-Amz-Security-Token", sessionToken] as [string, string]] : [],
  ]);
  const canonical = canonicalQuery(query);
  const request = [
    "GET",
    canonicalPath(url, options.service),
    canonical,
    `host:${url.host}\n`,
    "host",
    payloadHash,
  ];
  const signed = new URL(url);
  signed.search = `${canonical}&X-Amz-Signature=${signatureOf(request.join("\n"), options)}`;
  return signed;
}

/**
 * Signs a request of AWS: gives the headers that it is to be sent with, Signature Version 4 among
 * them.
 *
 * @example
 * ```ts
 * import { signRequest } from "@parley/sdk/services/wire";
 * import { assert } from "@std/assert";
 *
 * const headers = signRequest({
 *   method: "POST",
 *   url: new URL("https://polly.us-east-1.amazonaws.com/v1/speech"),
 *   headers: { "content-type": "application/json" },
 *   body: "{}",
 * }, {
 *   region: "us-east-1",
 *   service: "polly",
 *   date: new Date("2026-01-02T03:04:05Z"),
 *   credentials: { accessKeyId: "id", secretAccessKey: "secret" },
 * });
 * assert(headers["authorization"]?.startsWith("AWS4-HMAC-SHA256 Credential=id/20260102/"));
 * ```
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html (read 2026-11-21)
 */
export function signRequest(
  request: UnsignedRequest,
  scope: SignatureScope,
): Record<string, string> {
  const { method, url, body } = request;
  const { accessKeyId, sessionToken } = scope.credentials;
  const { stamp, scope: place } = stampOf(scope);
  const sent: Record<string, string> = {
    ...Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value.trim()]),
    ),
    "x-amz-date": stamp,
    ...sessionToken ? { "x-amz-security-token": sessionToken } : {},
  };
  const headers = Object.entries({ ...sent, host: url.host }).sort(([a], [b]) => a < b ? -1 : 1);
  const names = headers.map(([name]) => name).join(";");
  const signature = signatureOf(
    [
      method,
      canonicalPath(url, scope.service),
      canonicalQuery([...url.searchParams]),
      headers.map(([name, value]) => `${name}:${value.replaceAll(/\s+/g, " ")}\n`).join(""),
      names,
      hashOf(body),
    ].join("\n"),
    scope,
  );
  const who = `Credential=${accessKeyId}/${place}`;
  return {
    ...sent,
    authorization: `${ALGORITHM} ${who}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function signatureOf(canonicalRequest: string, scope: SignatureScope): string {
  const { stamp, scope: place } = stampOf(scope);
  const { region, service, credentials: { secretAccessKey } } = scope;
  let key: string | Uint8Array = `AWS4${secretAccessKey}`;
  for (const part of [stamp.slice(0, 8), region, service, "aws4_request"]) key = hmac(key, part);
  const text = [ALGORITHM, stamp, place, hashOf(canonicalRequest)].join("\n");
  return createHmac("sha256", key).update(text).digest("hex");
}

/** The time as signatures write it, and what they are good for. */
function stampOf({ date, region, service }: SignatureScope): { stamp: string; scope: string } {
  const stamp = date.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return { stamp, scope: `${stamp.slice(0, 8)}/${region}/${service}/aws4_request` };
}

/** Every service but S3 escapes what is escaped already once more. */
function canonicalPath({ pathname }: URL, service: string): string {
  return service === "s3" ? pathname : pathname.split("/").map(escaped).join("/");
}

function canonicalQuery(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => [escaped(name), escaped(value)] as const)
    .sort(([a, x], [b, y]) => a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1)
    .map(([name, value]) => `${name}=${value}`).join("&");
}

/** Escapes as RFC 3986 says, which is more than a URL does. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Uint8Array, text: string): Uint8Array {
  return createHmac("sha256", key).update(text).digest();
}

function hashOf(body: string | Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}
