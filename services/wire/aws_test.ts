import { assertEquals, assertThrows } from "@std/assert";
import { decodeEventStream, encodeEventStream } from "./event_stream.ts";
import { presignURL, signRequest } from "./sigv4.ts";

/** The keys of AWS's own examples. */
const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

Deno.test("presignURL signs as AWS's own example does", () => {
  // Of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  const url = presignURL(new URL("https://examplebucket.s3.amazonaws.com/test.txt"), {
    region: "us-east-1",
    service: "s3",
    date: new Date("2013-05-24T00:00:00Z"),
    expiresSecs: 86_400,
    payloadHash: "UNSIGNED-PAYLOAD",
    credentials,
  });
  assertEquals(
    url.searchParams.get("X-Amz-Signature"),
    "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  );
});

Deno.test("signRequest signs as AWS's own example does", () => {
  // Of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Object"
  const hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const headers = signRequest({
    method: "GET",
    url: new URL("https://examplebucket.s3.amazonaws.com/test.txt"),
    headers: { Range: "bytes=0-9", "x-amz-content-sha256": hash },
    body: "",
  }, {
    region: "us-east-1",
    service: "s3",
    date: new Date("2013-05-24T00:00:00Z"),
    credentials,
  });
  assertEquals(
    headers["authorization"]?.split("Signature=")[1],
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  );
});

Deno.test("Signatures are those of AWS's own library", () => {
  // Made by npm @smithy/signature-v4, with a port, a session's token, and a space in the path.
  const scope = {
    region: "eu-west-1",
    date: new Date("2026-01-02T03:04:05Z"),
    credentials: { ...credentials, sessionToken: "a+b/c=" },
  };
  const url = presignURL(
    new URL(
      "wss://transcribestreaming.eu-west-1.amazonaws.com:8443/stream-transcription-websocket" +
        "?sample-rate=16000&media-encoding=pcm&language-code=en-US",
    ),
    { ...scope, service: "transcribe" },
  );
  assertEquals(
    url.searchParams.get("X-Amz-Signature"),
    "62cd57b53a46b59b0d9a4f7ecccb241b6e8bd56a351f53955438b16f6593cdb0",
  );
  const body = '{"a":1}';
  const headers = signRequest({
    method: "POST",
    url: new URL("https://polly.eu-west-1.amazonaws.com/v1/speech"),
    headers: {
      "Content-Type": "application/json",
      "X-Amz-Content-Sha256": "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862",
    },
    body,
  }, { ...scope, service: "polly" });
  assertEquals(
    headers["authorization"]?.split("Signature=")[1],
    "b539d8ae17b5bf2845a59669258ca4d2dc47d54288260a4ac7e61d41d59f00c1",
  );
});

Deno.test("signatures change with all that is signed, and carry a session's token", () => {
  const scope = {
    region: "eu-west-1",
    service: "transcribe",
    date: new Date("2026-01-02T03:04:05Z"),
    credentials: { ...credentials, sessionToken: "a+b/c=" },
  };
  const sign = (address: string, changed: Partial<typeof scope> = {}) =>
    presignURL(new URL(address), { ...scope, ...changed }).searchParams;
  const base = "wss://transcribestreaming.eu-west-1.amazonaws.com:8443/stream?language-code=en-US";
  const signatures = [
    sign(base),
    sign(`${base}&b=1`),
    sign(base.replace("8443", "443")),
    sign(base, { region: "us-east-1" }),
    sign(base, { date: new Date("2026-01-02T03:04:06Z") }),
    sign(base, { credentials: { ...scope.credentials, sessionToken: "other" } }),
  ].map((query) => query.get("X-Amz-Signature"));
  assertEquals(new Set(signatures).size, 6);
  assertEquals(sign(base).get("X-Amz-Security-Token"), "a+b/c=");
  // The order of a query is no part of it.
  assertEquals(
    sign(`${base}&a=1&b=2`).get("X-Amz-Signature"),
    sign(`${base}&b=2&a=1`).get("X-Amz-Signature"),
  );
});

Deno.test("A message of an event stream is the bytes that AWS's codec writes", () => {
  const bytes = encodeEventStream({
    headers: { ":message-type": "event", ":event-type": "AudioEvent" },
    payload: new Uint8Array([1, 2, 3, 4]),
  });
  // Written by npm @smithy/eventstream-codec 4.5.2.
  assertEquals(
    bytes.toHex(),
    "000000430000002fd1a0c0a90d3a6d6573736167652d747970650700056576656e740b3a6576656e742d74797065" +
      "07000a417564696f4576656e7401020304fcf8110a",
  );
});

Deno.test("Headers of every type are passed over, and text is read", () => {
  // Written by npm @smithy/eventstream-codec 4.5.2: boolean, byte, short, integer, binary, text,
  // timestamp and UUID.
  const bytes = Uint8Array.fromHex(
    "0000005100000041618a48140174000162020101730300020169040000000301790600020102017807000474657874" +
      "016408000000000000000001750900112233445566778899aabbccddeeff460928ad",
  );
  assertEquals(decodeEventStream(bytes).headers, { x: "text" });
});

Deno.test("What is damaged anywhere is refused", () => {
  const whole = encodeEventStream({
    headers: { ":event-type": "TranscriptEvent" },
    payload: new TextEncoder().encode("{}"),
  });
  for (let k = 0; k < whole.length; k++) {
    const damaged = whole.slice();
    damaged[k] = (damaged[k] ?? 0) ^ 1;
    assertThrows(() => decodeEventStream(damaged), SyntaxError, "Cannot read a message");
  }
  for (let k = 0; k < whole.length; k++) {
    assertThrows(() => decodeEventStream(whole.subarray(0, k)), SyntaxError);
  }
});
