/**
 * Proves the contract suite of voices over a connection that is kept: an engine
 * with a planted fault each must turn exactly those cases red that are about it,
 * and a sound one none.
 *
 * @module
 */
import { type Frame, UserAudioRawFrame } from "../../frames/mod.ts";
import {
  type SpeechEvent,
  type SpeechStream,
  type SpeechStreamRequest,
  type TTSMessage,
  type TTSProtocol,
  type TTSSettings,
  WebSocketTTSService,
  type WebSocketTTSServiceOptions,
} from "../../services/tts/mod.ts";
import { type Dial, JSONFields } from "../../services/wire/mod.ts";
import {
  type ClientMessage,
  parseTranscript,
  type ScriptedPeer,
  ScriptedTTSProvider,
  ttsContract,
  type TTSDialect,
} from "../../testing/mod.ts";
import { type PlantedFault, proveContract } from "./_proof.ts";

type Options = WebSocketTTSServiceOptions<TTSSettings>;
type Protocol = TTSProtocol<TTSSettings, Options>;

const NEVER = new AbortController().signal;
const { stringify } = JSON;

/** How the provider of these tests talks. */
const SOUND: Protocol = {
  provider: "Acme",
  keyEnv: "ACME_API_KEY",
  url: "ws://acme.test",
  defaults: { model: "small", voice: "ada" },
  fixed: ["voice"],
  connect: ({ url, apiKey, settings, sampleRate }) => ({
    url: `${url}/?voice=${settings.voice}&rate=${sampleRate}`,
    headers: { Authorization: `Bearer ${apiKey}` },
  }),
  speak: (text, { contextId: id }) => [stringify({ id, text })],
  flush: ({ contextId: id }) => [stringify({ id, flush: true })],
  cancel: ({ contextId: id }) => [stringify({ id, cancel: true })],
  *receive({ json }) {
    const contextId = json.text("id");
    if (json.has("audio")) yield { type: "audio", audio: json.bytes("audio"), contextId };
    if (json.has("words")) {
      const words = json.list("words").map((word) => ({
        text: word.text("text") ?? "",
        startMs: word.number("startMs"),
        endMs: word.number("endMs"),
      }));
      yield { type: "words", words, contextId };
    }
    if (json.flag("done")) yield { type: "done", contextId };
  },
};

const fieldsOf = (message: ClientMessage) =>
  new JSONFields(message.type === "json" ? message.value : undefined);

const DIALECT: TTSDialect = {
  read: (message) => {
    const fields = fieldsOf(message);
    const [text, contextId] = [fields.text("text"), fields.text("id")];
    if (text !== undefined) return [{ type: "speak", text, contextId }];
    if (fields.flag("flush")) return [{ type: "flush", contextId }];
    return fields.flag("cancel") ? [{ type: "cancel", contextId }] : [];
  },
  voice: ({ url }: ScriptedPeer) => url.searchParams.get("voice"),
  sampleRate: ({ url }) => Number(url.searchParams.get("rate")),
  audio: (bytes, id) => ({ id, audio: bytes.toBase64() }),
  words: (words, id) => ({ id, words }),
  done: (id) => ({ id, done: true }),
};

const pcm = (from: number, to: number) =>
  new Uint8Array(Int16Array.from({ length: to - from }, (_, k) => from + k).buffer).toBase64();

/** What it says and hears for "Hello there. How are you?" */
const TRANSCRIPT = parseTranscript(`{"source": "from docs https://acme.example/docs"}
{"from": "client", "open": {"url": "ws://acme.test/?voice=ada&rate=24000", "headers": {"Authorization": "Bearer test-key"}}}
{"from": "client", "text": {"id": "$CTX1", "text": "Hello there."}}
{"from": "server", "text": {"id": "$CTX1", "audio": "${pcm(1, 300)}"}}
{"from": "client", "text": {"id": "$CTX1", "text": "How are you?"}}
{"from": "server", "text": {"id": "$CTX1", "audio": "${pcm(300, 721)}"}}
{"from": "client", "text": {"id": "$CTX1", "flush": true}}
{"from": "server", "text": {"id": "$CTX1", "done": true}}
{"from": "client", "close": 1000}`);

class SoundTTS extends WebSocketTTSService<TTSSettings, Options> {
  constructor(options: Options = {}, protocol: Protocol = SOUND) {
    super(protocol, options);
  }
}

/** A voice whose streams are tampered with. */
abstract class TamperedTTS extends SoundTTS {
  protected override stream(request: SpeechStreamRequest): SpeechStream {
    const stream = super.stream(this.asked(request));
    return {
      send: (text) => this.sent(text, (changed) => stream.send(changed)),
      end: () => this.ended(() => stream.end()),
      events: this.heard(stream.events),
    };
  }

  protected asked(request: SpeechStreamRequest): SpeechStreamRequest {
    return request;
  }

  protected sent(text: string, send: (text: string) => void): void {
    send(text);
  }

  protected ended(end: () => void): void {
    end();
  }

  protected heard(events: AsyncIterable<SpeechEvent>): AsyncIterable<SpeechEvent> {
    return events;
  }
}

/** Stops nothing at the provider. */
class DeafTTS extends TamperedTTS {
  protected override asked(request: SpeechStreamRequest): SpeechStreamRequest {
    return { ...request, signal: NEVER };
  }
}

/** Takes a connection that breaks for the end. */
class ForgetfulTTS extends TamperedTTS {
  protected override async *heard(events: AsyncIterable<SpeechEvent>): AsyncIterable<SpeechEvent> {
    for await (const event of events) if (event.type !== "broken") yield event;
  }
}

/** Learns too late when its words were spoken. */
class LateLearningTTS extends TamperedTTS {
  protected override async *heard(events: AsyncIterable<SpeechEvent>): AsyncIterable<SpeechEvent> {
    const words: SpeechEvent[] = [];
    for await (const event of events) {
      if (event.type === "words") words.push(event);
      else yield event;
    }
    yield* words;
  }
}

/** Loses a piece of audio now and then. */
class LossyTTS extends TamperedTTS {
  protected override async *heard(events: AsyncIterable<SpeechEvent>): AsyncIterable<SpeechEvent> {
    let pieces = 0;
    for await (const event of events) if (event.type !== "audio" || ++pieces !== 2) yield event;
  }
}

/** Says a piece of audio twice. */
class StutteringTTS extends TamperedTTS {
  protected override async *heard(events: AsyncIterable<SpeechEvent>): AsyncIterable<SpeechEvent> {
    let pieces = 0;
    for await (const event of events) {
      yield event;
      if (event.type === "audio" && ++pieces === 2) yield event;
    }
  }
}

/** Takes in all that comes, whoever reads. */
class GreedyTTS extends TamperedTTS {
  protected override heard(events: AsyncIterable<SpeechEvent>): AsyncIterable<SpeechEvent> {
    // A stream without a limit to what waits in it.
    return new ReadableStream<SpeechEvent>({
      start: (controller) => void this.#take(events, controller),
    });
  }

  async #take(
    events: AsyncIterable<SpeechEvent>,
    controller: ReadableStreamDefaultController<SpeechEvent>,
  ): Promise<void> {
    try {
      for await (const event of events) controller.enqueue(event);
      controller.close();
    } catch (error) {
      controller.error(error);
    }
  }
}

/** Waits for ever for a provider that is stuck. */
class PatientTTS extends SoundTTS {
  constructor(options: Options = {}) {
    super({ ...options, stallTimeoutMs: 3_600_000 });
  }
}

/** Takes whatever comes for what is being spoken. */
class GullibleTTS extends SoundTTS {
  constructor(options: Options = {}) {
    super(options, {
      ...SOUND,
      *receive(message, connection, state) {
        for (const event of SOUND.receive(message, connection, state)) {
          yield event.type === "audio" ? { ...event, contextId: undefined } : event;
        }
      },
    });
  }
}

/** Keeps a connection that cannot change its voice. */
class StuckTTS extends SoundTTS {
  constructor(options: Options = {}) {
    super(options, { ...SOUND, fixed: [] });
  }
}

/** Gives up an answer for one message that cannot be read. */
class TouchyTTS extends SoundTTS {
  constructor(options: Options = {}) {
    super(options, {
      ...SOUND,
      *receive(message: TTSMessage, connection, state) {
        yield* SOUND.receive(message, connection, state);
        if (!message.json.has("id")) yield { type: "error", message: "what?" };
      },
    });
  }
}

/** Gives up for good when a connection breaks. */
class FragileTTS extends SoundTTS {
  constructor(options: Options = {}) {
    super({ ...options, reconnectOnError: false });
  }
}

/** Says that all words come at the same time. */
class HastyTTS extends TamperedTTS {
  protected override async *heard(events: AsyncIterable<SpeechEvent>): AsyncIterable<SpeechEvent> {
    for await (const event of events) {
      if (event.type !== "words") yield event;
      else yield { ...event, words: event.words.map((word) => ({ ...word, endMs: 9e6 })) };
    }
  }
}

/** Shows its key to whoever reads logs. */
class TalkativeTTS extends SoundTTS {
  constructor(options: Options = {}) {
    super(options);
    this.on("connectionError", () => this.log.warn(`Cannot connect with ${options.apiKey}`));
  }
}

/** Asks at the rate of the output, and says that it is another. */
class SquealingTTS extends TamperedTTS {
  protected override async *heard(events: AsyncIterable<SpeechEvent>): AsyncIterable<SpeechEvent> {
    for await (const event of events) {
      if (event.type !== "audio" || this.sampleRate === 24_000) yield event;
      else yield { ...event, audio: event.audio.filter((_, k) => k % 2 === 0) };
    }
  }
}

/** Says what nobody asked for. */
class ChattyTTS extends SoundTTS {
  constructor(options: Options = {}) {
    super(options, { ...SOUND, hello: () => [stringify({ hello: true })] });
  }
}

/** Connects when it first speaks. */
class LazyTTS extends TamperedTTS {
  readonly #wanted: () => void;

  constructor(options: Options = {}) {
    const { promise, resolve } = Promise.withResolvers<void>();
    super({ ...options, dial: (url, how) => promise.then(() => dialOf(options)(url, how)) });
    this.#wanted = resolve;
  }

  protected override asked(request: SpeechStreamRequest): SpeechStreamRequest {
    this.#wanted();
    return request;
  }
}

/** Lets nothing pass until it is connected. */
class ObstructiveTTS extends SoundTTS {
  constructor(options: Options = {}) {
    super(options);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.on("connected", resolve);
    this.handle<Frame>(UserAudioRawFrame, async (_frame, context) => {
      await promise;
      return await context.forward();
    });
  }
}

/** Does not notice that nothing more comes over a connection. */
class NumbTTS extends SoundTTS {
  constructor(options: Options = {}) {
    const never = Promise.withResolvers<undefined>().promise;
    super({
      ...options,
      dial: async (url, how) => {
        const connection = await dialOf(options)(url, how);
        return {
          read: async () => await connection.read() ?? await never,
          write: (bytes) => connection.write(bytes),
          close: () => connection.close(),
        };
      },
    });
  }
}

function dialOf({ dial }: Options): Dial {
  if (!dial) throw new TypeError("Cannot connect: the contract gives no way");
  return dial;
}

/** Leaves a timer behind. */
class MessyTTS extends TamperedTTS {
  protected override asked(request: SpeechStreamRequest): SpeechStreamRequest {
    this.clock.timer(3_600_000, () => {});
    return request;
  }
}

type TTSClass = new (options?: Options) => WebSocketTTSService<TTSSettings, Options>;

/** The cases about a connection that breaks, one way or another. */
const BROKEN = ["drop", "halfClose", "oversized"];

const FAULTS: readonly PlantedFault<TTSClass>[] = [
  ["a sound voice", SoundTTS, []],
  ["a voice that stops nothing at the provider", DeafTTS, ["interruption"]],
  ["a voice that takes a broken connection for the end", ForgetfulTTS, BROKEN],
  ["a voice that learns its words too late", LateLearningTTS, BROKEN],
  ["a voice that loses audio", LossyTTS, ["transcript", "audio", "late", ...BROKEN]],
  ["a voice that repeats audio", StutteringTTS, ["transcript", "audio", "late", ...BROKEN]],
  ["a voice that takes in all that comes", GreedyTTS, ["slow"]],
  ["a voice that waits for ever", PatientTTS, ["stall"]],
  ["a voice that believes what comes late", GullibleTTS, ["late"]],
  ["a voice that keeps its first voice", StuckTTS, ["settings"]],
  ["a voice that bad messages silence", TouchyTTS, ["garbage"]],
  ["a voice that a broken connection silences", FragileTTS, ["busy", ...BROKEN]],
  ["a voice whose words come late", HastyTTS, ["words", ...BROKEN]],
  ["a voice that shows its key", TalkativeTTS, ["refusal", "busy"]],
  ["a voice that speaks at the wrong rate", SquealingTTS, ["rate"]],
  ["a voice that says what nobody asked for", ChattyTTS, ["transcript"]],
  ["a voice that connects when it first speaks", LazyTTS, ["opening"]],
  ["a voice that lets nothing pass until it is connected", ObstructiveTTS, ["opening"]],
  ["a voice that does not notice a connection half closed", NumbTTS, ["halfClose"]],
  ["a voice that leaves a timer behind", MessyTTS, ["close"]],
];

proveContract("testTTS, over a connection that is kept,", FAULTS, (Service, name) =>
  ttsContract({
    name,
    key: { env: "ACME_API_KEY", make: () => new Service() },
    resumes: "exactly",
    transcript: TRANSCRIPT,
    open: () => {
      const provider = new ScriptedTTSProvider(DIALECT);
      const { apiKey, dial } = provider;
      return {
        make: (options) => new Service({ apiKey, dial, ...options }),
        provider,
        [Symbol.asyncDispose]: () => provider.close(),
      };
    },
  }));
