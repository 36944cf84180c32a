/** What a service was made with, said as our services are told it. */
import { isList, type JSONValue, membersOf, textOf } from "./recording.ts";

type Members = { readonly [key: string]: JSONValue };

/** Members whose own members are named by the caller or the provider. */
const OPAQUE = new Set(["extra", "addons", "extra_headers", "default_headers", "http_headers"]);

/** What options are called here; seconds say that they are. */
const NAMES: Readonly<Record<string, string>> = {
  keepalive_interval: "keepaliveIntervalSecs",
  keepalive_timeout: "keepaliveTimeoutSecs",
  silence_time_s: "silenceTimeSecs",
  stop_frame_timeout_s: "stopFrameTimeoutSecs",
  ttfs_p99_latency: "ttfsP99LatencySecs",
  watchdog_min_timeout: "watchdogMinTimeoutSecs",
};

/** Options of old whose place is among the settings today. */
const SETTINGS = ["model", "language", "voice", "prompt", "temperature", "instructions", "speed"];

/** Options that a pipeline is made with, and not a service. */
const PIPELINE = ["audio_in_sample_rate", "audio_out_sample_rate"];

/** The options of a service; those of the pipeline, and of old, are put where they belong. */
export function optionsOf(recorded: Members): Readonly<Record<string, unknown>> {
  const { aggregate_sentences: sentences, text_aggregation_mode: mode, ...rest } = recorded;
  const { voice_id: voice, cartesia_version: version, extra_headers: headers } = rest;
  const settings = membersOf(rest["settings"]);
  // Those of old count only where there are no settings.
  const old = Object.keys(settings).length > 0
    ? {}
    : { ...membersOf(rest["live_options"]), ...membersOf(rest["params"]) };
  const own = Object.fromEntries(
    Object.entries({ ...old, ...rest }).filter(([name]) => !PIPELINE.includes(name)),
  );
  const moved = Object.entries(rest).filter(([name]) => SETTINGS.includes(name));
  const cut = textOf(mode)?.split(".").at(-1)?.toLowerCase() ?? tokens(sentences);
  return {
    ...membersOf(camelCased(own)),
    ...cut && { textAggregationMode: cut },
    ...(version || headers) && {
      extraHeaders: { ...version && { "Cartesia-Version": version }, ...membersOf(headers) },
    },
    settings: settingsOf({
      ...Object.fromEntries(moved),
      ...voice && { voice },
      ...old,
      ...settings,
    }),
  };
}

/** Settings, called as ours are. */
export function settingsOf(recorded: Members): Record<string, unknown> {
  return { ...membersOf(camelCased(recorded)) };
}

function tokens(sentences: JSONValue | undefined): string | undefined {
  return sentences === false ? "token" : undefined;
}

/** Names as ours are written: `audio_out_sample_rate` is `audioOutSampleRate`. */
function camelCased(value: JSONValue): JSONValue {
  if (isList(value)) return value.map(camelCased);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(membersOf(value)).map(([name, part]) => [
      NAMES[name] ?? name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      OPAQUE.has(name) ? part : camelCased(part),
    ]),
  );
}
