/** Runs a service of ours through a recording: the same frames in, the same answers of the provider. */
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  EndFrame,
  type Frame,
  InputAudioRawFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  TTSAudioRawFrame,
  TTSStoppedFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import { type AnyFrameProcessor, FrameProcessor } from "../../processors/mod.ts";
import { TestPipeline, type VirtualClock } from "../../testing/mod.ts";
import { type Act, recordedActs } from "./acts.ts";
import { Bindings, differences } from "./differences.ts";
import { FakeNetwork, type FakeResponse, NetworkClock } from "./fake_network.ts";
import {
  isList,
  type JSONValue,
  membersOf,
  type RecordedLine,
  type Recording,
  type RecordingHead,
  textOf,
} from "./recording.ts";
import { audioOf, eventStreamOf, responseOf, withAudio } from "./server_lines.ts";

/** What came of a replay. */
export interface Replay {
  /** Where ours did something else; empty when it did the same. */
  readonly differences: readonly string[];
  /** What is worth knowing beside it. */
  readonly notes: readonly string[];
}

/** Makes the service that a recording is of. */
export type MakeService = (
  head: RecordingHead,
  options: Readonly<Record<string, unknown>>,
) => Promise<AnyFrameProcessor>;

/** Samples in 20 ms at 16 kHz, which is how audio came. */
const FRAME = 320;

/** How long is waited for something that was recorded without times. */
const PATIENCE_MS = 4_000;

/** How long the bot speaks before it is interrupted, where times were not noted. */
const BEFORE_INTERRUPTION_MS = 500;

/** Replays a recording. */
export async function replay(recording: Recording, make: MakeService): Promise<Replay> {
  return await new Replayer(recording).run(make);
}

class Replayer {
  readonly #recording: Recording;
  readonly #clock = new NetworkClock();
  readonly #bindings = new Bindings();
  readonly #recorded: readonly Act[];
  #bound = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#recorded = recordedActs(recording.lines);
  }

  async run(make: MakeService): Promise<Replay> {
    const { head, lines } = this.#recording;
    await using network = new FakeNetwork(this.#clock, {
      refusal: (conn) => refusalOf(lines, conn),
      response: (request) => this.#responseTo(request),
    });
    const { audio_out_sample_rate: rate, ...options } = head.options;
    const service = await make(head, { ...membersOf(camelCased(options)), dial: network.dial });
    const pipeline = new TestPipeline([service, new Speaker()], {
      clock: this.#clock,
      params: {
        audioInSampleRate: 16_000,
        ...typeof rate === "number" ? { audioOutSampleRate: rate } : {},
      },
    });
    try {
      await this.#play(pipeline, network);
      await this.#end(pipeline);
    } finally {
      await pipeline.close();
    }
    await network.ended();
    const ours = network.acts;
    return {
      differences: differences(this.#recorded, ours, new Bindings()),
      notes: [
        ...audioNote(this.#recorded, ours),
        ...pipeline.errors.map(({ error }) => `error: ${error}`),
      ],
    };
  }

  /** Goes through the lines: pushes what went in, and says what the server said once it is due. */
  async #play(pipeline: TestPipeline, network: FakeNetwork): Promise<void> {
    const { lines } = this.#recording;
    const microphone = new Microphone(this.#clock, lines, (frame) => pipeline.push(frame));
    for (const [k, line] of lines.entries()) {
      if (!["client", "server", "input"].includes(line.from)) continue;
      if (line.t !== undefined) await this.#until(line.t * 1000);
      else await this.#clock.advance(line.afterMs ?? 5);
      if (line.from === "input") await this.#input(line, pipeline);
      else if (line.from === "server") {
        await this.#reached(lines.slice(0, k), network);
        this.#say(line, network);
      }
    }
    microphone.close();
  }

  async #until(at: number): Promise<void> {
    await this.#clock.advance(Math.max(0, at - this.#clock.now()));
  }

  /** Waits until ours has done as much as had been done before a line of the server. */
  async #reached(before: readonly RecordedLine[], network: FakeNetwork): Promise<void> {
    const wanted = recordedActs(before).length;
    const patience = this.#clock.now() + (before.at(-1)?.t === undefined ? PATIENCE_MS : 0);
    while (network.acts.length < wanted && this.#clock.now() < patience) {
      await this.#clock.advance(20);
    }
    await this.#clock.settle();
    // What their placeholders stand for is learned before the server uses them.
    const [recorded, ours] = [
      this.#recorded.slice(this.#bound, wanted),
      network.acts.slice(this.#bound, wanted),
    ];
    differences(recorded, ours, this.#bindings);
    this.#bound = wanted;
  }

  async #input({ fields, t }: RecordedLine, pipeline: TestPipeline): Promise<void> {
    const frame = frameOf(fields);
    if (!frame) return;
    if (t === undefined && frame instanceof InterruptionFrame) {
      await this.#clock.advance(BEFORE_INTERRUPTION_MS);
    }
    pipeline.push(frame);
    await this.#clock.settle();
  }

  #say({ conn, fields }: RecordedLine, network: FakeNetwork): void {
    const { text, bytes, close, reason, frame } = fields;
    if (typeof close === "number") {
      network.hangUp(conn, { code: close, reason: textOf(reason) ?? "" });
    } else if (typeof bytes === "string") network.say(conn, audioOf(bytes));
    else if (frame !== undefined) network.say(conn, eventStreamOf(this.#bindings.fill(frame)));
    else if (text !== undefined) {
      const filled = withAudio(this.#bindings.fill(text));
      network.say(conn, typeof filled === "string" ? filled : JSON.stringify(filled));
    }
  }

  #responseTo(request: number): FakeResponse {
    const answers = this.#recording.lines.filter(({ fields }) => "response" in fields);
    return responseOf((answers[request - 1] ?? answers.at(-1))?.fields["response"]);
  }

  /** Lets it come to its end, if the recording has one. */
  async #end(pipeline: TestPipeline): Promise<void> {
    if (!pipeline.down.some((frame) => frame instanceof EndFrame)) {
      await pipeline.until(EndFrame, { withinMs: 30_000 }).catch(() => {});
    }
    await this.#clock.advance(1_000);
  }
}

/** Gives the audio of the recordings, as long as there was some. */
class Microphone {
  readonly #clock: VirtualClock;
  readonly #push: (frame: Frame) => void;
  readonly #until: number;
  #sample = 0;
  #closed = false;

  constructor(clock: VirtualClock, lines: readonly RecordedLine[], push: (frame: Frame) => void) {
    this.#clock = clock;
    this.#push = push;
    const [from, until] = spanOfAudio(lines);
    this.#until = until;
    if (until > from) clock.timer(from, () => this.#next());
  }

  close(): void {
    this.#closed = true;
  }

  #next(): void {
    if (this.#closed || this.#clock.now() > this.#until) return;
    const samples = new Int16Array(FRAME).map((_, k) =>
      Math.trunc(8000 * Math.sin(2 * Math.PI * 440 * (this.#sample + k) / 16_000))
    );
    this.#sample += FRAME;
    this.#push(new InputAudioRawFrame(samples, { sampleRate: 16_000 }));
    this.#clock.timer(20, () => this.#next());
  }
}

/** Stands for what comes after a TTS service: says when the bot speaks. */
class Speaker extends FrameProcessor {
  #speaking = false;

  constructor() {
    super();
    const out = this.scope({ uninterruptible: true });
    const stop = () => {
      if (this.#speaking) void out.push(new BotStoppedSpeakingFrame(), "upstream");
      this.#speaking = false;
    };
    this.handle(TTSAudioRawFrame, (_frame, context) => {
      if (!this.#speaking) void out.push(new BotStartedSpeakingFrame(), "upstream");
      this.#speaking = true;
      return context.forward();
    });
    this.handle(TTSStoppedFrame, (_frame, context) => {
      this.clock.timer(150, stop);
      return context.forward();
    });
    this.handle(InterruptionFrame, stop);
  }
}

/** When audio came in, in milliseconds: from a little before the first that was sent, to the last. */
function spanOfAudio(lines: readonly RecordedLine[]): [number, number] {
  const audio = lines.filter(({ fields }) => "audio" in fields || "frame" in fields)
    .filter(({ from, t }) => from === "client" && t !== undefined);
  const vad = lines.find(({ fields }) => fields["frame"] === "VADUserStartedSpeakingFrame");
  // The user was heard 0.2 s after the audio began; services that hear segments send nothing before.
  const first = Math.min(audio[0]?.t ?? Infinity, (vad?.t ?? Infinity) - 0.2);
  const stopped = lines.find(({ fields }) => fields["frame"] === "VADUserStoppedSpeakingFrame");
  const last = Math.max(...audio.map(({ t = 0, end = t }) => end), (stopped?.t ?? -Infinity) + 0.2);
  return [Math.max(0, first * 1000 - 10), last * 1000];
}

function refusalOf(lines: readonly RecordedLine[], conn: number): number | undefined {
  const line = lines.find(({ from, conn: of, fields }) =>
    from === "server" && of === conn && "http" in fields
  );
  const status = line?.fields["http"];
  return typeof status === "number" ? status : undefined;
}

function frameOf(fields: { readonly [key: string]: JSONValue }): Frame | undefined {
  switch (fields["frame"]) {
    case "LLMFullResponseStartFrame":
      return new LLMFullResponseStartFrame();
    case "LLMFullResponseEndFrame":
      return new LLMFullResponseEndFrame();
    case "LLMTextFrame":
      return new LLMTextFrame(textOf(fields["text"]) ?? "");
    case "InterruptionFrame":
      return new InterruptionFrame();
    case "VADUserStartedSpeakingFrame":
      return new VADUserStartedSpeakingFrame({ startSecs: 0.2 });
    case "VADUserStoppedSpeakingFrame":
      return new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 });
    case "UserStoppedSpeakingFrame":
      return new UserStoppedSpeakingFrame();
    case "EndFrame":
      return new EndFrame();
    default:
      return undefined;
  }
}

/** Options as ours are written: `audio_out_sample_rate` is `audioOutSampleRate`. */
function camelCased(value: JSONValue): JSONValue {
  if (isList(value)) return value.map(camelCased);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(membersOf(value)).map(([name, part]) => [
      name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      // Names of headers are the caller's own.
      name === "extra_headers" ? part : camelCased(part),
    ]),
  );
}

/** How many bytes of audio were sent, where that is not the same. */
function audioNote(recorded: readonly Act[], ours: readonly Act[]): string[] {
  const sum = (acts: readonly Act[]) => acts.reduce((total, { bytes = 0 }) => total + bytes, 0);
  const [theirs, mine] = [sum(recorded), sum(ours)];
  return theirs === mine ? [] : [`audio: ${theirs} bytes recorded, ${mine} sent`];
}
