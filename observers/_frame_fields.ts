import type { Frame } from "../frames/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { amountOf } from "./_log_line.ts";

/** Texts that name something, and say nothing of what anybody said. */
const NAMES: ReadonlySet<string> = new Set([
  "aggregatedBy",
  "category",
  "contextId",
  "error",
  "format",
  "functionName",
  "groupId",
  "language",
  "mimeType",
  "serviceName",
  "toolCallId",
  "transportDestination",
  "transportSource",
]);

/** Whatever they hold came from a person, a model or a tool. */
const PAYLOADS: ReadonlySet<string> = new Set([
  "arguments",
  "button",
  "buttons",
  "data",
  "message",
  "messages",
  "reason",
  "result",
]);

/** Bookkeeping: the name of a frame tells it from others. */
const BOOKS: ReadonlySet<string> = new Set(["id", "broadcastSiblingId"]);

/** The fields of a frame: as a log may show them, and those that it may not show as they are. */
export interface FrameFields {
  readonly shown: readonly string[];
  readonly personal: Readonly<Record<string, unknown>>;
}

/** The fields of a frame that have a value, but for those that are excluded. */
export function fieldsOf(frame: Frame, excluded: ReadonlySet<string>): FrameFields {
  const shown: string[] = [];
  const personal: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(frame)) {
    if (value === undefined || excluded.has(name) || BOOKS.has(name)) continue;
    const plain = PAYLOADS.has(name) ? undefined : plainOf(name, value);
    shown.push(`${name}: ${plain ?? sizeOf(value)}`);
    if (plain === undefined) personal[name] = value;
  }
  return { shown, personal };
}

/** A value that gives nothing away. */
function plainOf(name: string, value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return NAMES.has(name) ? JSON.stringify(value) : undefined;
    case "object":
      if (value === null) return "null";
      return value instanceof FrameProcessor ? value.name : undefined;
    case "function":
      return "function";
    default:
      return String(value);
  }
}

function sizeOf(value: unknown): string {
  if (typeof value === "string") return amountOf(value, "character");
  if (Array.isArray(value)) return amountOf(value, "item");
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return typeof value === "object" && value ? value.constructor?.name ?? "object" : typeof value;
}
