/** Bytes that the body of a request to start may have. */
const MAX_BODY_BYTES = 65_536;

/** What a request to start a session asks for. */
export type StartRequest =
  | { readonly transport: unknown }
  /** What is wrong with it. */
  | { readonly detail: string };

/** Reads a request to start; without a wish, it is for a WebSocket. */
export async function readStartRequest(request: Request): Promise<StartRequest> {
  let text: string | undefined;
  try {
    text = await readText(request);
  } catch {
    return { detail: "Cannot start a session: the body broke off" };
  }
  if (text === undefined) {
    return { detail: `Cannot start a session: the body has more than ${MAX_BODY_BYTES} bytes` };
  }
  if (text.trim() === "") return { transport: "websocket" };
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null || Array.isArray(body)) {
      return { detail: "Cannot start a session: the body is no JSON object" };
    }
    return { transport: "transport" in body && body.transport || "websocket" };
  } catch {
    return { detail: "Cannot start a session: the body is no JSON" };
  }
}

/** The body as text, unless it is too long. */
async function readText({ body }: Request): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const bytes of body ?? []) {
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return undefined;
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}
