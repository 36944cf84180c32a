import type { CallLog } from "./_call_log.ts";

interface Line {
  readonly atMs: number;
  readonly who: string;
  readonly text: string;
}

/** A call as one reads it: who said and did what, and when, in seconds. */
export function transcriptOf(log: CallLog): string {
  const lines = [...callerLines(log), ...botLines(log), ...otherLines(log)]
    .toSorted((a, b) => a.atMs - b.atMs);
  return lines.map(({ atMs, who, text }) =>
    `${(atMs / 1000).toFixed(3).padStart(9)}  ${who.padEnd(10)}  ${text}`.trimEnd()
  ).join("\n");
}

function callerLines({ acts, understood }: CallLog): Line[] {
  return [
    ...acts.map(({ what, text, atMs }) => ({ atMs, who: "caller", text: `${what} ${text}` })),
    ...understood.map(({ text, atMs }) => ({ atMs, who: "understood", text })),
  ];
}

function botLines({ answers, written, tools }: CallLog): Line[] {
  const silent = written.filter(({ text, atMs, endMs = Infinity }) =>
    text !== "" && !answers.some((answer) => answer.atMs >= atMs && answer.atMs <= endMs + 5_000)
  );
  return [
    ...tools.map(({ name, arguments: given, atMs }) => {
      return { atMs, who: "bot calls", text: `${name} ${JSON.stringify(given)}` };
    }),
    ...tools.flatMap(({ name, result }) => {
      if (!result) return [];
      const text = `${name} ${JSON.stringify(result.value) ?? "nothing"}`;
      return [{ atMs: result.atMs, who: "result of", text }];
    }),
    ...answers.map(({ text, atMs, cut, endMs }) => {
      const end = cut ? " — (cut)" : endMs === undefined ? " … (speaking)" : "";
      return { atMs, who: "bot", text: text.trim() + end };
    }),
    ...silent.map(({ text, atMs }) => ({ atMs, who: "bot writes", text })),
  ];
}

function otherLines({ problems, endMs }: CallLog): Line[] {
  return [
    ...problems.map(({ text, atMs }) => ({ atMs, who: "problem", text })),
    ...endMs === undefined ? [] : [{ atMs: endMs, who: "", text: "the call is over" }],
  ];
}
