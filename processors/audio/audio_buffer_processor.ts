import { downmix, interleave, mixAudio } from "../../audio/mod.ts";
import type { Timer } from "../../async/mod.ts";
import {
  type AudioRawFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  CancelFrame,
  EndFrame,
  type Frame,
  type FrameClass,
  InputAudioRawFrame,
  OutputAudioRawFrame,
  SpeechOutputAudioRawFrame,
  StartFrame,
  StopFrame,
  TTSAudioRawFrame,
  UserAudioRawFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import { FrameProcessor } from "../mod.ts";
import { AlignedTrack } from "./_aligned_track.ts";
import { Deliveries } from "./_deliveries.ts";
import { TurnAudio } from "./_turn_audio.ts";
import {
  type AudioBufferProcessorEvents,
  type AudioBufferProcessorOptions,
  checkRecordingOptions,
  MAX_BUFFER_SECS,
} from "./audio_buffer_options.ts";
import {
  AudioBufferStartRecordingFrame,
  AudioBufferStopRecordingFrame,
} from "./recording_frames.ts";

/** One recording. */
interface Recording {
  readonly sinceMs: number;
  readonly user: AlignedTrack;
  readonly bot: AlignedTrack;
  readonly turns: TurnAudio | undefined;
  /** How many samples of each side were given. */
  given: number;
  timer: Timer | undefined;
}

/**
 * How long audio may take to arrive here after it was said or heard. What lies further back is settled: an output tells
 * of a chunk when it is over, and a peer that acknowledges does so later still.
 */
const SETTLE_MS = 2_000;

/** How often it looks at least whether there is enough to give, while it records in pieces. */
const LOOK_MS = 1_000;

/**
 * Records a conversation: what the user said and what was heard of the bot, each at its time, with silence between.
 *
 * Put it right behind the output, which tells what was heard and when. What an interruption kept the bot from saying is
 * not in the recording. The two sides always cover the same time: where one says nothing, or nothing arrives, there is
 * silence. The user's audio counts from when it arrives; pauses make up for what a network delivers late or early.
 *
 * Memory is bounded by `maxBufferSecs`. With a `bufferSize`, audio is given about two seconds after it was said.
 * Handlers of audio may take their time: the next audio waits for them, and an `EndFrame` does too.
 *
 * @example The user on the left, the bot on the right
 * ```ts
 * import { AudioBufferProcessor } from "@parley/sdk/processors/audio";
 * import { encodeWav } from "@parley/sdk/audio";
 *
 * await using recorder = new AudioBufferProcessor({ numChannels: 2, autoStartRecording: true });
 * recorder.on("audioData", async (audio, sampleRate, numChannels) => {
 *   await Deno.writeFile("call.wav", encodeWav(audio, { sampleRate, numChannels }));
 * });
 * ```
 */
export class AudioBufferProcessor extends FrameProcessor<AudioBufferProcessorEvents> {
  readonly #options: AudioBufferProcessorOptions;
  readonly #warned: Set<string> = new Set();
  #sampleRate: number;
  #deliveries: Deliveries | undefined;
  #recording: Recording | undefined;
  #wanted = false;

  /**
   * Makes a recorder.
   *
   * @throws {RangeError} If a number among the options is out of its range.
   */
  constructor(options: AudioBufferProcessorOptions = {}) {
    super(options);
    checkRecordingOptions(options);
    this.#options = options;
    this.#sampleRate = options.sampleRate ?? 0;
    this.handle(StartFrame, (frame) => this.#start(frame));
    for (const last of [EndFrame, StopFrame, CancelFrame]) {
      this.handle<Frame>(last, () => this.stopRecording());
    }
    this.#follow(AudioBufferStartRecordingFrame, () => this.startRecording());
    // Whoever wants to wait until all was given has the event.
    this.#follow(AudioBufferStopRecordingFrame, () => void this.stopRecording());
    this.#follow(InputAudioRawFrame, (frame) => this.#heardUser(frame));
    this.#follow(OutputAudioRawFrame, (frame) => this.#heardBot(frame));
    this.#follow(UserStartedSpeakingFrame, () => this.#recording?.turns?.userStarted());
    this.#follow(UserStoppedSpeakingFrame, () => this.#recording?.turns?.userStopped());
    this.#follow(BotStartedSpeakingFrame, () => this.#recording?.turns?.botStarted());
    this.#follow(BotStoppedSpeakingFrame, () => this.#recording?.turns?.botStopped());
  }

  /** The rate of the recording, in Hz; 0 before the pipeline has started if none was given. */
  get sampleRate(): number {
    return this.#sampleRate;
  }

  /** 1 for both sides mixed, 2 for the user on the left and the bot on the right. */
  get numChannels(): number {
    return this.#options.numChannels ?? 1;
  }

  /** Whether it records. */
  get recording(): boolean {
    return this.#recording !== undefined;
  }

  /** Whether there is audio that was not given yet; the two sides always have it together. */
  hasAudio(): boolean {
    return this.#pending > 0;
  }

  /** Gives both sides of what was not given yet in one, mixed or as two channels; it stays where it is. */
  mergeAudioBuffers(): Int16Array {
    const { user, bot } = this.#recording ?? {};
    if (!user || !bot) return new Int16Array(0);
    return this.#merge(user.read(this.#pending), bot.read(this.#pending));
  }

  /** Starts to record, or will when the pipeline starts. While it records this does nothing. */
  startRecording(): void {
    this.#wanted = true;
    if (this.#recording || !this.#deliveries || this.lifeSignal.aborted) return;
    const user = new AlignedTrack(this.#sampleRate);
    const bot = new AlignedTrack(this.#sampleRate);
    const turns = this.#options.enableTurnAudio ? this.#makeTurns() : undefined;
    const sinceMs = this.clock.now();
    this.#recording = { sinceMs, user, bot, turns, given: 0, timer: undefined };
    this.#lookLater();
    this.emit("recordingStarted");
  }

  /** Stops to record and gives what there is; resolves when every handler has it. While it does not record this does nothing. */
  async stopRecording(): Promise<void> {
    this.#wanted = false;
    const recording = this.#recording;
    if (!recording) return await this.#deliveries?.idle();
    recording.timer?.cancel();
    for (const track of [recording.user, recording.bot]) track.settle(Infinity);
    for (let rest = this.#pending; rest > 0; rest = this.#pending) {
      this.#give(recording, Math.min(rest, this.#pieceSamples));
    }
    recording.turns?.end();
    this.#recording = undefined;
    this.#deliver(0, () => this.emitAndWait("recordingStopped"));
    await this.#deliveries?.idle();
  }

  /** Forgets what was recorded and not given. */
  protected override onClose(): void {
    this.#recording?.timer?.cancel();
    this.#recording?.turns?.close();
    this.#recording = undefined;
  }

  #follow<F extends Frame>(frameClass: FrameClass<F>, note: (frame: F) => void): void {
    this.handle<F>(frameClass, (frame, context) => {
      if (context.direction === "downstream" || !isAudio(frame)) note(frame);
      return context.forward();
    });
  }

  #start(frame: StartFrame): void {
    this.#sampleRate = this.#options.sampleRate ?? frame.audioOutSampleRate;
    this.#deliveries = new Deliveries(2 * this.#mostSamples);
    if (this.#wanted || this.#options.autoStartRecording) this.startRecording();
  }

  #heardUser(frame: InputAudioRawFrame): void {
    const durationMs = frame.numFrames * 1000 / frame.sampleRate;
    const key = frame instanceof UserAudioRawFrame ? frame.userId : "";
    this.#write("user", frame, { key, startedMs: this.clock.now() - durationMs, loose: true });
  }

  #heardBot(frame: OutputAudioRawFrame): void {
    if (frame instanceof TTSAudioRawFrame || frame instanceof SpeechOutputAudioRawFrame) {
      const why = "nobody has heard it yet; put the recorder behind the output";
      return this.#warnOnce(`"${this.name}" leaves out speech of the bot: ${why}`);
    }
    const durationMs = frame.numFrames * 1000 / frame.sampleRate;
    const loose = frame.pts === undefined;
    const startedMs = loose ? this.clock.now() - durationMs : (frame.pts ?? 0) / 1_000_000;
    this.#write("bot", frame, { key: frame.transportDestination ?? "", startedMs, loose });
  }

  #write(
    side: "user" | "bot",
    frame: AudioRawFrame,
    { key, startedMs, loose }: { key: string; startedMs: number; loose: boolean },
  ): void {
    const recording = this.#recording;
    if (!recording) return;
    this.#look(recording);
    try {
      const pcm = downmix(frame.audio, frame.numChannels);
      const atMs = startedMs - recording.sinceMs;
      const piece = { pcm, sampleRate: frame.sampleRate, atMs, loose };
      const written = recording[side].write(key, piece);
      recording.turns?.[side](written);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#warnOnce(`"${this.name}" leaves out audio: ${why}`);
    }
  }

  /** Gives what is settled, as far as there is enough of it. */
  #look(recording: Recording): void {
    const { sampleRate } = this;
    const most = this.#mostSamples;
    const ms = this.clock.now() - recording.sinceMs - SETTLE_MS;
    // Who is far ahead of the clock does not have to be waited for.
    const ahead = Math.max(recording.user.end, recording.bot.end) - most;
    const settled = Math.max(Math.floor(ms * sampleRate / 1000), ahead);
    const piece = this.#pieceSamples;
    while (recording.given + piece <= settled) {
      if (this.#options.bufferSize === undefined || this.#options.bufferSize === 0) {
        const secs = this.#options.maxBufferSecs ?? MAX_BUFFER_SECS;
        this.#warnOnce(`"${this.name}" gives its recording in parts: it holds at most ${secs} s`);
      }
      this.#give(recording, piece);
    }
  }

  #lookLater(): void {
    const recording = this.#recording;
    if (!recording || !this.#options.bufferSize) return;
    const pieceMs = this.#pieceSamples * 1000 / this.#sampleRate;
    recording.timer = this.clock.timer(Math.max(LOOK_MS, pieceMs), () => {
      this.#look(recording);
      this.#lookLater();
    });
  }

  #give(recording: Recording, samples: number): void {
    const { sampleRate, numChannels } = this;
    recording.given += samples;
    for (const track of [recording.user, recording.bot]) track.settle(recording.given);
    const user = recording.user.take(samples);
    const bot = recording.bot.take(samples);
    this.#deliver(2 * samples, async () => {
      if (this.listens("audioData")) {
        await this.emitAndWait("audioData", this.#merge(user, bot), sampleRate, numChannels);
      }
      await this.emitAndWait("trackAudioData", user, bot, sampleRate, 1);
    });
  }

  #deliver(samples: number, deliver: () => Promise<void>): void {
    if (this.#deliveries?.add({ samples, deliver, last: !this.#wanted })) return;
    const why = "the handlers of its audio are too slow";
    this.#warnOnce(`"${this.name}" loses recorded audio: ${why}`);
  }

  #makeTurns(): TurnAudio {
    const { sampleRate } = this;
    const turn = (
      event: "userTurnAudio" | "botTurnAudio",
      turnNumber: number,
      audio: Int16Array,
    ) => {
      if (audio.length === 0) return;
      const data = { turnNumber, audio, sampleRate, numChannels: 1 };
      this.#deliver(audio.length, () => this.emitAndWait(event, data));
    };
    const run = (event: "userTurnAudioData" | "botTurnAudioData", audio: Int16Array) =>
      this.#deliver(audio.length, () => this.emitAndWait(event, audio, sampleRate, 1));
    return new TurnAudio({
      clock: this.clock,
      sampleRate,
      mostSamples: this.#mostSamples,
      sink: {
        userRun: (audio) => run("userTurnAudioData", audio),
        botRun: (audio) => run("botTurnAudioData", audio),
        turn: (number, { user, bot }) => {
          turn("userTurnAudio", number, user);
          turn("botTurnAudio", number, bot);
        },
        tooLong: () => this.#warnOnce(`"${this.name}" leaves out audio of a turn: it is too long`),
      },
    });
  }

  #merge(user: Int16Array, bot: Int16Array): Int16Array {
    return this.numChannels === 2 ? interleave([user, bot]) : mixAudio(user, bot);
  }

  /** How many samples of each side were not given yet. */
  get #pending(): number {
    const { user, bot, given } = this.#recording ?? {};
    return Math.max(0, Math.max(user?.end ?? 0, bot?.end ?? 0) - (given ?? 0));
  }

  get #mostSamples(): number {
    return Math.floor((this.#options.maxBufferSecs ?? MAX_BUFFER_SECS) * this.#sampleRate);
  }

  /** How many samples of each side are given at a time. */
  get #pieceSamples(): number {
    const { bufferSize = 0 } = this.#options;
    const wished = Math.floor(bufferSize / Int16Array.BYTES_PER_ELEMENT);
    return wished === 0 ? this.#mostSamples : Math.min(wished, this.#mostSamples);
  }

  #warnOnce(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.log.warn(message);
  }
}

function isAudio(frame: Frame): boolean {
  return frame instanceof InputAudioRawFrame || frame instanceof OutputAudioRawFrame;
}
