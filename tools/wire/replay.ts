/** Runs a service of ours through a recording: the same frames in, the same answers of the provider. */
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  EndFrame,
  InterruptionFrame,
  TTSAudioRawFrame,
  TTSStoppedFrame,
} from "../../frames/mod.ts";
import { type AnyFrameProcessor, FrameProcessor } from "../../processors/mod.ts";
import { TestPipeline } from "../../testing/mod.ts";
import { type Act, recordedActs } from "./acts.ts";
import { Bindings, differences } from "./differences.ts";
import { FakeNetwork, type FakeResponse, NetworkClock } from "./fake_network.ts";
import { inputFrame } from "./inputs.ts";
import { Microphone } from "./microphone.ts";
import { optionsOf } from "./options.ts";
import {
  numberOf,
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

/** The rate of the user's audio, where none is noted. */
const IN_RATE = 16_000;

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
  /** How many of them the placeholders were learned from. */
  #bound = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#recorded = recordedActs(recording.lines);
  }

  get #inRate(): number {
    return numberOf(this.#recording.head.options["audio_in_sample_rate"]) ?? IN_RATE;
  }

  async run(make: MakeService): Promise<Replay> {
    const { head, lines } = this.#recording;
    await using network = new FakeNetwork(this.#clock, {
      refusal: (conn) => refusalOf(lines, conn),
      response: (request) => this.#responseTo(request),
    });
    const service = await make(head, { ...optionsOf(head.options), dial: network.dial });
    const rate = numberOf(head.options["audio_out_sample_rate"]);
    const pipeline = new TestPipeline([service, new Speaker()], {
      clock: this.#clock,
      params: {
        audioInSampleRate: this.#inRate,
        ...rate !== undefined && { audioOutSampleRate: rate },
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
    const [theirs, mine] = [this.#recorded, ours].map((acts) => decisive(acts, lines));
    return {
      differences: differences(theirs ?? [], mine ?? [], new Bindings()),
      notes: [
        ...audioNote(this.#recorded, ours),
        ...pipeline.errors.map(({ error }) => `error: ${error}`),
      ],
    };
  }

  /** Goes through the lines: pushes what went in, and says what the server said once it is due. */
  async #play(pipeline: TestPipeline, network: FakeNetwork): Promise<void> {
    const { lines } = this.#recording;
    const microphone = new Microphone(this.#clock, {
      lines,
      sampleRate: this.#inRate,
      push: (frame) => pipeline.push(frame),
    });
    for (const [k, line] of lines.entries()) {
      if (!["client", "server", "input"].includes(line.from)) {
        // What was pushed says when the next line was.
        await this.#clock.advance(line.afterMs ?? 0);
        continue;
      }
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
    const reached = Math.min(wanted, network.acts.length);
    const [recorded, ours] = [
      this.#recorded.slice(this.#bound, reached),
      network.acts.slice(this.#bound, reached),
    ];
    differences(recorded, ours, this.#bindings);
    this.#bound = Math.max(this.#bound, reached);
  }

  async #input({ fields, t }: RecordedLine, pipeline: TestPipeline): Promise<void> {
    const frame = inputFrame(fields);
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

/** Acts without the end of a connection that the server closed: who comes first is chance. */
function decisive(acts: readonly Act[], lines: readonly RecordedLine[]): Act[] {
  const closed = new Set(
    lines.filter(({ from, fields }) => from === "server" && typeof fields["close"] === "number")
      .map(({ conn }) => conn),
  );
  return acts.filter(({ kind, conn }) => kind !== "close" || !closed.has(conn));
}

function refusalOf(lines: readonly RecordedLine[], conn: number): number | undefined {
  const line = lines.find(({ from, conn: of, fields }) =>
    from === "server" && of === conn && "http" in fields
  );
  const status = line?.fields["http"];
  return typeof status === "number" ? status : undefined;
}

/** How many bytes of audio were sent, where that is not the same. */
function audioNote(recorded: readonly Act[], ours: readonly Act[]): string[] {
  const sum = (acts: readonly Act[]) => acts.reduce((total, { bytes = 0 }) => total + bytes, 0);
  const [theirs, mine] = [sum(recorded), sum(ours)];
  return theirs === mine ? [] : [`audio: ${theirs} bytes recorded, ${mine} sent`];
}
