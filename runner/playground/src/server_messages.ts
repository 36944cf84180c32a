/**
 * What the development runner tells the page beyond RTVI, as the `data` of
 * RTVI's `server-message`. A page without these messages works too.
 *
 * @module
 */
import { type Fields, isFields, list, number, text, texts } from "./narrow.ts";

/** What a processor is for; decides its colour and sign. */
export type NodeKind =
  | "input"
  | "stt"
  | "context"
  | "llm"
  | "tts"
  | "output"
  | "other";

/** One processor. */
export interface PipelineNode {
  /** Unique within the pipeline. */
  readonly id: number;
  /** The processor's name. */
  readonly name: string;
  /** What it is for. */
  readonly kind: NodeKind;
}

/** A link between two processors, in the downstream direction. */
export interface PipelineEdge {
  /** The upper processor. */
  readonly from: number;
  /** The lower processor. */
  readonly to: number;
}

/** The pipeline's shape, sent once after the bot is ready. */
export interface PipelineMessage {
  /** Tells the messages apart. */
  readonly type: "parley-pipeline";
  /** The processors, in order. */
  readonly nodes: readonly PipelineNode[];
  /** The links. */
  readonly edges: readonly PipelineEdge[];
}

/** How many frames of one class went over one link in one window. */
export interface Flow {
  /** The processor that pushed. */
  readonly from: number;
  /** The processor that received. */
  readonly to: number;
  /** Which way. */
  readonly direction: "down" | "up";
  /** The frame's class name. */
  readonly frame: string;
  /** How many. */
  readonly count: number;
}

/** The frames of the last window. */
export interface FramesMessage {
  /** Tells the messages apart. */
  readonly type: "parley-frames";
  /** Length of the window. */
  readonly windowMs: number;
  /** What flowed. */
  readonly flows: readonly Flow[];
}

/** One turn's stages as far as they are known, in ms after the speech ended. */
export interface TurnMessage {
  /** Tells the messages apart. */
  readonly type: "parley-turn";
  /** Number of the turn; the same number replaces what was known. */
  readonly turn: number;
  /** What began it. */
  readonly source: "speech" | "text" | "bot";
  /** When the end of the turn was noticed; the model runs from then on. */
  readonly turnEndMs?: number;
  /** When the final transcript was there. */
  readonly transcriptMs?: number;
  /** When the LLM's first token was there. */
  readonly firstTokenMs?: number;
  /** When the first audio went out. */
  readonly firstAudioMs?: number;
  /** From the end of the speech to the first audio. */
  readonly totalMs?: number;
  /** Whether the user cut the answer short. */
  readonly interrupted: boolean;
  /** What the user said. */
  readonly userText?: string;
}

/**
 * When the server counts a word as spoken: as it begins to be heard, or once
 * it has been heard to its end.
 */
export type WordTiming = "begun" | "heard";

/** Which bot answers. */
export interface BotMessage {
  /** Tells the messages apart. */
  readonly type: "parley-bot";
  /** The bot's name. */
  readonly name: string;
  /** Which services were chosen. */
  readonly services: string;
  /** How to get others. */
  readonly note: string;
  /** What one can say. */
  readonly examples: readonly string[];
  /** When `bot-output` counts a word as spoken; `heard` if not said. */
  readonly words: WordTiming;
}

/** Any message of the development runner. */
export type ServerMessage =
  | PipelineMessage
  | FramesMessage
  | TurnMessage
  | BotMessage;

const KINDS: readonly string[] = [
  "input",
  "stt",
  "context",
  "llm",
  "tts",
  "output",
];

/** Reads a message; `undefined` for what is not one of ours. */
export function parseServerMessage(data: unknown): ServerMessage | undefined {
  if (!isFields(data)) return undefined;
  switch (data.type) {
    case "parley-pipeline":
      return parsePipeline(data);
    case "parley-frames":
      return {
        type: "parley-frames",
        windowMs: number(data, "windowMs") ?? 250,
        flows: list(data, "flows").flatMap(parseFlow),
      };
    case "parley-turn":
      return parseTurn(data);
    case "parley-bot":
      return {
        type: "parley-bot",
        name: text(data, "name") ?? "Bot",
        services: text(data, "services") ?? "",
        note: text(data, "note") ?? "",
        examples: texts(data, "examples"),
        words: data.words === "begun" ? "begun" : "heard",
      };
    default:
      return undefined;
  }
}

function parsePipeline(data: Fields): PipelineMessage {
  const nodes = list(data, "nodes").flatMap((node) => {
    const id = number(node, "id");
    if (id === undefined) return [];
    return [{ id, name: text(node, "name") ?? `#${id}`, kind: kindOf(node) }];
  });
  const known = new Set(nodes.map((node) => node.id));
  const edges = list(data, "edges").flatMap((edge) => {
    const from = number(edge, "from");
    const to = number(edge, "to");
    if (from === undefined || to === undefined) return [];
    return known.has(from) && known.has(to) ? [{ from, to }] : [];
  });
  return { type: "parley-pipeline", nodes, edges };
}

function kindOf(node: Fields): NodeKind {
  const kind = text(node, "kind") ?? "other";
  return isKind(kind) ? kind : "other";
}

function isKind(kind: string): kind is NodeKind {
  return KINDS.includes(kind);
}

function parseFlow(flow: Fields): Flow[] {
  const from = number(flow, "from");
  const to = number(flow, "to");
  if (from === undefined || to === undefined) return [];
  return [{
    from,
    to,
    direction: flow.direction === "up" ? "up" : "down",
    frame: text(flow, "frame") ?? "Frame",
    count: Math.max(0, number(flow, "count") ?? 1),
  }];
}

function parseTurn(data: Fields): TurnMessage | undefined {
  const turn = number(data, "turn");
  if (turn === undefined) return undefined;
  const source = data.source;
  const userText = text(data, "userText");
  const turnEndMs = number(data, "turnEndMs") ?? number(data, "speechEndMs");
  return {
    type: "parley-turn",
    turn,
    source: source === "text" || source === "bot" ? source : "speech",
    interrupted: data.interrupted === true,
    ...(turnEndMs === undefined ? {} : { turnEndMs }),
    ...optional(data, "transcriptMs"),
    ...optional(data, "firstTokenMs"),
    ...optional(data, "firstAudioMs"),
    ...optional(data, "totalMs"),
    ...(userText === undefined ? {} : { userText }),
  };
}

function optional<K extends string>(
  data: Fields,
  key: K,
): Partial<Record<K, number>> {
  const value = number(data, key);
  if (value === undefined) return {};
  const found: Partial<Record<K, number>> = {};
  found[key] = value;
  return found;
}
