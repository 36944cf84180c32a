/**
 * Proves the contract suite of streaming recognisers: engines with a planted
 * fault each must turn exactly those cases red that are about it, and sound
 * ones none.
 *
 * @module
 */
import { assert } from "@std/assert";
import type { Clock } from "../../async/mod.ts";
import {
  type Frame,
  StartFrame,
  UserStartedSpeakingFrame,
  VADUserStartedSpeakingFrame,
} from "../../frames/mod.ts";
import {
  type ServerTurnEvents,
  type ServerTurnOptions,
  type STTEvent,
  type STTProtocol,
  type STTSettings,
  type Transcript as Heard,
  WebSocketSTTService,
  type WebSocketSTTServiceOptions,
} from "../../services/stt/mod.ts";
import { JSONFields } from "../../services/wire/mod.ts";
import {
  type ClientMessage,
  type ContractCase,
  parseTranscript,
  type STTProviderWire,
  type STTStreamContract,
  sttStreamContract,
  type Transcript,
} from "../../testing/mod.ts";
import { type PlantedFault, proveCases, proveContract } from "./_proof.ts";

type Protocol = STTProtocol<STTSettings, Options>;
type Options = WebSocketSTTServiceOptions & ServerTurnOptions;

// Recognisers that a VAD tells when the user has finished

const protocol: Protocol = {
  provider: "Toy",
  keyEnv: "TOY_API_KEY",
  defaults: { model: "toy", language: "en" },
  confirms: true,
  awaitsEnd: true,
  connect: ({ apiKey, settings }) => ({
    url: `wss://toy.example/hear?language=${settings.language}`,
    headers: { Authorization: apiKey },
  }),
  finalize: () => ["finalize"],
  end: () => ["bye"],
  *receive(message): Iterable<STTEvent> {
    const fields = new JSONFields(JSON.parse(String(message)));
    const text = fields.text("text") ?? "";
    const finalized = fields.flag("final");
    yield finalized
      ? { type: "final", finalized, text, result: fields.value }
      : { type: "interim", text, result: fields.value };
  },
};

/** Whether the client says this one word. */
const says = (word: string) => (message: ClientMessage) =>
  message.type === "text" && message.text === word;

const wire: STTProviderWire = {
  interim: (text) => [{ text }],
  final: (text) => [{ text, final: true }],
  isFinalize: says("finalize"),
  isEnd: says("bye"),
};

/** An utterance, with what is said behind its audio. */
function transcriptOf(...lines: readonly string[]): Transcript {
  return parseTranscript([
    '{"source": "from docs https://toy.example"}',
    '{"from": "client", "open": {"url": "wss://toy.example/hear?language=en", "headers": {"Authorization": "test-key"}}}',
    '{"from": "client", "audio": {"bytes": 35200}}',
    ...lines,
    '{"from": "client", "text": "bye", "json": false}',
    '{"from": "server", "close": 1000}',
  ].join("\n"));
}

const transcript = transcriptOf(
  '{"from": "client", "text": "finalize", "json": false}',
  '{"from": "server", "text": {"text": "What time is it?", "final": true}}',
);

class SoundSTT extends WebSocketSTTService<STTSettings, Options, ServerTurnEvents> {
  constructor(options: Options = {}, own: Protocol = protocol) {
    super(own, options);
  }
}

/** Hears nothing while there is no connection. */
class AbsentSTT extends SoundSTT {
  protected override receiveAudio(audio: Int16Array): void {
    if (this.isConnected) super.receiveAudio(audio);
  }
}

/** Says the last second again on another connection. */
class StutteringSTT extends SoundSTT {
  #last: Int16Array[] = [];
  #connections = 0;

  constructor(options: Options) {
    super(options);
    this.on("connected", () => {
      if (this.#connections++ > 0) { for (const audio of this.#last) super.receiveAudio(audio); }
    });
  }

  protected override receiveAudio(audio: Int16Array): void {
    this.#last = [...this.#last, audio].slice(-50);
    super.receiveAudio(audio);
  }
}

/** Asks for nothing when the user has finished. */
class PatientSTT extends SoundSTT {
  constructor(options: Options) {
    super(options, { ...protocol, finalize: () => [] });
  }
}

/** Does not see that it is the user's turn. */
class HastySTT extends SoundSTT {
  constructor(options: Options) {
    super(options);
    for (const kind of [UserStartedSpeakingFrame, VADUserStartedSpeakingFrame]) {
      this.handle<Frame>(kind, (frame, context) => context.push(frame));
    }
  }
}

/** Waits for nothing before it tries again. */
class PushySTT extends SoundSTT {
  protected override get clock(): Clock {
    const clock = super.clock;
    return {
      now: () => clock.now(),
      date: () => clock.date(),
      timer: (delayMs, callback) => clock.timer(delayMs, callback),
      hold: (work) => clock.hold(work),
      sleep: (_delayMs, options) => clock.sleep(1, options),
    };
  }
}

/** Gives up when a connection breaks. */
class FaintSTT extends SoundSTT {
  constructor(options: Options) {
    super({ ...options, reconnectOnError: false });
  }
}

/** Shows its key to whoever reads logs. */
class TalkativeSTT extends SoundSTT {
  protected override reportFailure(doing: string): void {
    super.reportFailure(doing, new Error('Cannot transcribe: the key "test-key" was refused'));
  }
}

/** Takes a failure for silence. */
class CarelessSTT extends SoundSTT {
  protected override reportFailure(): void {}
}

/** Begins anew when it is closed. */
class ClingingSTT extends SoundSTT {
  protected override onClose(): void {
    super.onClose();
    void this.clock.sleep(3_600_000).catch(() => {});
  }
}

/** Never has done with what it heard. */
class EndlessSTT extends SoundSTT {
  protected override drain(): Promise<void> {
    return this.clock.sleep(3_600_000, { signal: this.lifeSignal }).catch(() => {});
  }
}

/** Pushes what was half said before the user was muted. */
class IndiscreetSTT extends SoundSTT {
  protected override onMuted(): void {}
}

/** Says again as a guess what it has said for good. */
class WaveringSTT extends SoundSTT {
  protected override pushTranscript(
    transcript: Heard,
    options?: { finalized?: boolean },
  ): void {
    super.pushTranscript(transcript, options);
    this.pushInterim(transcript);
  }
}

/** Says nothing before it is sure. */
class SilentSTT extends SoundSTT {
  protected override pushInterim(): void {}
}

/** Forgets whose words they are, and what the provider said of them. */
class PlainSTT extends SoundSTT {
  protected override pushTranscript({ text }: Heard): void {
    super.pushTranscript({ text, userId: "somebody" });
  }
}

/** Lets nothing start before it is connected. */
class SlowSTT extends SoundSTT {
  constructor(options: Options) {
    super(options);
    this.handle(StartFrame, async (_frame, context) => {
      await this.clock.sleep(2_000);
      await context.forward();
    });
  }
}

/** Drops audio of a provider that does not keep up. */
class LeakySTT extends SoundSTT {
  constructor(options: Options) {
    super({ ...options, maxBacklogMs: 1_000 });
  }
}

/** Leaves without a word. */
class RudeSTT extends SoundSTT {
  constructor(options: Options) {
    super(options, { ...protocol, end: () => [] });
  }
}

/** Swallows the first sample of each piece of audio. */
class GreedySTT extends SoundSTT {
  protected override receiveAudio(audio: Int16Array): void {
    super.receiveAudio(audio.subarray(1));
  }
}

/** Takes what it cannot read for nothing. */
class ShortSightedSTT extends SoundSTT {
  constructor(options: Options) {
    super(options, {
      ...protocol,
      *receive(message, c) {
        try {
          yield* protocol.receive(message, c);
        } catch {
          // That is the fault.
        }
      },
    });
  }
}

// Recognisers whose server finds the turns

const { finalize: _none, ...alike } = protocol;

const turnProtocol: Protocol = {
  ...alike,
  confirms: false,
  serverTurns: () => true,
  *receive(message) {
    const fields = new JSONFields(JSON.parse(String(message)));
    const phase = PHASES.find((name) => name === fields.text("turn"));
    const text = fields.text("text") ?? "";
    if (phase) yield { type: "turn", phase, text, result: fields.value };
  },
};

const PHASES = ["start", "update", "eagerEnd", "resume", "end"] as const;

const turnWire: STTProviderWire = {
  turns: {
    start: () => [{ turn: "start" }],
    eagerEnd: (text) => [{ turn: "eagerEnd", text }],
    resume: () => [{ turn: "resume" }],
  },
  interim: (text) => [{ turn: "update", text }],
  final: (text) => text === "" ? [] : [{ turn: "end", text }],
  isEnd: says("bye"),
};

const turnTranscript = transcriptOf(
  '{"from": "server", "text": {"turn": "end", "text": "What time is it?"}}',
);

class SoundTurnsSTT extends SoundSTT {
  constructor(options: Options = {}, own: Protocol = turnProtocol) {
    super(options, own);
  }
}

/** Has a protocol that takes some events for others, or for none. */
function confusing(
  change: (event: STTEvent) => readonly STTEvent[],
): new (options: Options) => SoundSTT {
  return class extends SoundTurnsSTT {
    constructor(options: Options) {
      super(options, {
        ...turnProtocol,
        *receive(message, c) {
          for (const event of turnProtocol.receive(message, c)) yield* change(event);
        },
      });
    }
  };
}

/** Takes what is probably the end for the end. */
const EagerSTT = confusing((event) =>
  event.type === "turn" && event.phase === "eagerEnd" ? [{ ...event, phase: "end" }] : [event]
);

/** Says everything twice. */
const DoublingSTT = confusing((event) => [event, event]);

/** Does not hear that the user goes on. */
const DeafToMoreSTT = confusing((event) =>
  event.type === "turn" && event.phase === "resume" ? [] : [event]
);

/** Never notices that audio has stopped. */
class AsleepSTT extends SoundTurnsSTT {
  constructor(options: Options) {
    super({ ...options, watchdogMinTimeoutSecs: 3_600 });
  }
}

/** Finishes what was half said after the user was muted. */
class IndiscreetTurnsSTT extends SoundTurnsSTT {
  protected override onMuted(): void {}
}

type STTClass = new (options: Options) => SoundSTT;

/** The cases that count every sample. */
const LOSES = [
  "transcript",
  "words",
  "settings",
  "drop",
  "halfClose",
  "unavailable",
  "busy",
  "slow",
];

/** Every case in which there is a conversation. */
const EVERY = [
  ["opening", "words", "order", "interruption", "nothing", "mute", "settings", "drop", "halfClose"],
  ["refusal", "unavailable", "away", "busy", "garbage", "oversized", "stall", "slow", "metrics"],
  ["end", "hang", "close"],
].flat();

const FAULTS: readonly PlantedFault<STTClass>[] = [
  ["a sound recogniser", SoundSTT, []],
  ["a recogniser that loses audio while it is not connected", AbsentSTT, LOSES],
  ["a recogniser that repeats audio on another connection", StutteringSTT, [
    "settings",
    "drop",
    "halfClose",
  ]],
  ["a recogniser that loses audio on its way", GreedySTT, LOSES],
  ["a recogniser that does not ask for the rest", PatientSTT, [
    "transcript",
    "words",
    "order",
    "interruption",
    "nothing",
    "mute",
    "settings",
    "drop",
    "halfClose",
    "unavailable",
    "busy",
    "garbage",
    "oversized",
    "stall",
    "metrics",
    "end",
  ]],
  ["a recogniser that changes settings within a turn", HastySTT, ["settings"]],
  ["a recogniser that tries again without a pause", PushySTT, ["away", "busy"]],
  ["a recogniser that does not connect again", FaintSTT, [
    "drop",
    "halfClose",
    "unavailable",
    "away",
    "busy",
    "oversized",
    "stall",
  ]],
  ["a recogniser that shows its key", TalkativeSTT, [
    "drop",
    "halfClose",
    "refusal",
    "unavailable",
    "busy",
    "garbage",
    "oversized",
  ]],
  ["a recogniser that hides failures", CarelessSTT, [
    "drop",
    "halfClose",
    "refusal",
    "unavailable",
    "away",
    "busy",
    "garbage",
    "oversized",
  ]],
  ["a recogniser that hides what it cannot read", ShortSightedSTT, ["garbage"]],
  ["a recogniser that begins to wait when it is closed", ClingingSTT, EVERY],
  ["a recogniser that never ends", EndlessSTT, ["transcript", "end", "hang"]],
  ["a recogniser that pushes what was half said before a mute", IndiscreetSTT, ["mute"]],
  ["a recogniser that guesses behind its final words", WaveringSTT, ["words"]],
  ["a recogniser that says nothing before it is sure", SilentSTT, ["words", "mute"]],
  ["a recogniser that confuses users", PlainSTT, ["words"]],
  ["a recogniser that holds up the start", SlowSTT, ["opening", "mute", "drop", "halfClose"]],
  ["a recogniser that drops audio for a slow provider", LeakySTT, ["busy", "slow"]],
  ["a recogniser that leaves without a word", RudeSTT, ["transcript"]],
];

const TURN_FAULTS: readonly PlantedFault<STTClass>[] = [
  ["a sound recogniser with turns of its server", SoundTurnsSTT, []],
  ["a recogniser that takes a guess for the end of a turn", EagerSTT, [
    "order",
    "nothing",
    "mute",
    "settings",
    "drop",
    "halfClose",
    "metrics",
    "turns",
    "turnDrop",
    "dangling",
    "unended",
  ]],
  ["a recogniser that says twice what happens to a turn", DoublingSTT, [
    "transcript",
    "order",
    "nothing",
    "mute",
    "settings",
    "drop",
    "halfClose",
    "turns",
    "turnDrop",
    "dangling",
    "unended",
  ]],
  ["a recogniser that does not say when a turn goes on", DeafToMoreSTT, ["turns"]],
  ["a recogniser that leaves turns dangling", AsleepSTT, ["dangling", "unended"]],
  ["a recogniser that ends a turn with what a mute cut short", IndiscreetTurnsSTT, ["mute"]],
];

/** The contract of a recogniser, with what is its own. */
function casesOf(
  Service: STTClass,
  own: Pick<STTStreamContract, "name"> & Partial<STTStreamContract>,
): ContractCase[] {
  return sttStreamContract({
    key: { env: "TOY_API_KEY", make: () => new Service({}) },
    make: (options) => new Service(options),
    wire,
    transcript,
    askedLanguage: ({ url }) => url.searchParams.get("language"),
    ...own,
  });
}

proveContract("testSTTStream", FAULTS, (Service, name) => casesOf(Service, { name }));

proveContract("testSTTStream", TURN_FAULTS, (Service, name) =>
  casesOf(Service, {
    name,
    wire: turnWire,
    transcript: turnTranscript,
    watchTurns: (service, note) => {
      assert(service instanceof SoundSTT);
      service.on("turnStart", (text) => note("start", text));
      service.on("turnUpdate", (text) => note("update", text));
      service.on("turnEagerEnd", (text) => note("eagerEnd", text));
      service.on("turnResume", () => note("resume"));
      service.on("turnEnd", (text) => note("end", text));
    },
  }));

proveCases("testSTTStream sees a recogniser that asks for no key", () => {
  const key = { env: "TOY_API_KEY", make: () => new SoundSTT({ apiKey: "built in" }) };
  return casesOf(SoundSTT, { name: "keyless", key }).slice(0, 1);
}, ["key"]);
