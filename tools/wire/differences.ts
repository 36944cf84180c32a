/** Where what a client did differs from what was recorded. */
import type { Act } from "./acts.ts";
import { isList, type JSONValue, membersOf } from "./recording.ts";

/** What placeholders of a recording stand for in a replay: `$CTX1` for an id of ours. */
export class Bindings {
  readonly #values: Map<string, string> = new Map();

  /** Whether `ours` can be what `recorded` says; learns what its placeholders stand for. */
  matches(recorded: string, ours: string): boolean {
    if (isWhole(recorded)) {
      const known = this.#values.get(recorded);
      if (known === undefined) this.#values.set(recorded, ours);
      return known === undefined || known === ours;
    }
    if (!/<[^<>]+>|\$[A-Z]+\d*/.test(recorded)) return recorded === ours;
    const pattern = recorded.split(/<[^<>]+>|\$[A-Z]+\d*/).map(escaped).join(".+?");
    return new RegExp(`^${pattern}$`, "s").test(ours);
  }

  /** A value with what is known of its placeholders put in. */
  fill(value: JSONValue): JSONValue {
    if (typeof value === "string") return isWhole(value) ? this.#values.get(value) ?? value : value;
    if (isList(value)) return value.map((part) => this.fill(part));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(membersOf(value)).map(([k, v]) => [k, this.fill(v)]));
  }
}

/** Lists the differences, each in a line; nothing when there are none. */
export function differences(
  recorded: readonly Act[],
  ours: readonly Act[],
  bindings: Bindings,
): string[] {
  const conns = new Set([...recorded, ...ours].map(({ conn }) => conn));
  return [...conns].sort((a, b) => a - b).flatMap((conn) => {
    const of = (acts: readonly Act[]) => acts.filter((act) => act.conn === conn);
    return compareActs(of(recorded), of(ours), bindings)
      .map((line) => conn === 0 ? line : `connection ${conn}: ${line}`);
  });
}

/** Walks through both; what stands only in one of them is skipped there. */
function compareActs(recorded: readonly Act[], ours: readonly Act[], bindings: Bindings): string[] {
  const lines: string[] = [];
  let [i, k] = [0, 0];
  while (i < recorded.length || k < ours.length) {
    const [theirs, mine] = [recorded[i], ours[k]];
    if (theirs && mine && alike(theirs, mine)) {
      lines.push(...compareValues(theirs.value, mine.value, { path: theirs.kind, bindings }));
      i++;
      k++;
    } else if (mine && (!theirs || comesLater(recorded.slice(i), ours.slice(k)))) {
      lines.push(`sent, and not recorded: ${show(mine)}`);
      k++;
    } else if (theirs) {
      lines.push(`recorded, and not sent: ${show(theirs)}`);
      i++;
    }
  }
  return lines;
}

/** Whether the next recorded act comes later in ours, sooner than ours comes in the recording. */
function comesLater(recorded: readonly Act[], ours: readonly Act[]): boolean {
  const [theirs, mine] = [recorded[0], ours[0]];
  const inOurs = theirs ? ours.findIndex((act) => alike(theirs, act)) : -1;
  const inTheirs = mine ? recorded.findIndex((act) => alike(act, mine)) : -1;
  return inTheirs < 0 || (inOurs >= 0 && inOurs <= inTheirs);
}

/** Whether two acts are worth comparing with each other: the same kind of message. */
function alike(a: Act, b: Act): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind !== "message") return true;
  if (typeof a.value === "string" || typeof b.value === "string") return a.value === b.value;
  const [mine, theirs] = [membersOf(a.value), membersOf(b.value)];
  for (const name of ["type", "message_type", "event"]) {
    if (mine[name] !== theirs[name]) return false;
  }
  const names = Object.keys(mine);
  const shared = names.filter((name) => name in theirs);
  return shared.length * 2 >= Math.max(names.length, Object.keys(theirs).length);
}

function compareValues(
  recorded: JSONValue | undefined,
  ours: JSONValue | undefined,
  where: { readonly path: string; readonly bindings: Bindings },
): string[] {
  const { path, bindings } = where;
  if (typeof recorded === "string" && typeof ours === "string") {
    return bindings.matches(recorded, ours) ? [] : [told(path, recorded, ours)];
  }
  const [left, right] = [partsOf(recorded), partsOf(ours)];
  if (!left || !right || isList(recorded) !== isList(ours)) {
    return recorded === ours ? [] : [told(path, recorded, ours)];
  }
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((name) =>
    compareValues(left[name], right[name], { path: `${path}.${name}`, bindings })
  );
}

function partsOf(value: JSONValue | undefined): { readonly [key: string]: JSONValue } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return isList(value) ? Object.fromEntries(value.entries()) : membersOf(value);
}

function told(path: string, recorded: JSONValue | undefined, ours: JSONValue | undefined): string {
  return `${path}: recorded ${JSON.stringify(recorded)}, sent ${JSON.stringify(ours)}`;
}

function show({ kind, value, bytes }: Act): string {
  return kind === "audio" ? `${bytes} bytes of audio` : `${kind} ${JSON.stringify(value)}`;
}

/** Whether a text is a placeholder and nothing else, one that stands for the same each time. */
function isWhole(text: string): boolean {
  return /^(\$[A-Z]+\d+|<[a-z]+-\d+>)$/.test(text);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
