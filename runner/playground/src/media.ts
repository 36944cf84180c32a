/**
 * The page's media manager: the published `WavMediaManager`, made to work
 * without a microphone too, and watched for its levels.
 *
 * One session uses one manager; it is not used again.
 *
 * @module
 */
import { WavMediaManager } from "@pipecat-ai/websocket-transport";
import { type Cancel, every, isDoneWithin } from "./browser_time.ts";
import { levelOf } from "./levels.ts";
import { PlainPlayer } from "./plain_player.ts";
import { releaseWavManager, trimWavRecorder } from "./wav_internals.ts";

/** Bytes in a piece of recorded sound, as the transport's own default has it. */
const CHUNK_BYTES = 512;
/** How long the browser may take to open the microphone and the loudspeaker. */
const OPEN_WITHIN_MS = 5000;
/** How often the recorder is made to forget what it has sent. */
const TRIM_EVERY_MS = 300_000;

/** What the page wants to know of the media. */
export interface MediaOptions {
  /** Whether there is a microphone to record from. */
  readonly microphone: boolean;
  /** The rate at which the browser can record. */
  readonly sampleRate: number;
  /** Called with the level of each piece of recorded sound. */
  readonly onUserLevel: (level: number) => void;
  /** Called with the level of each piece of the bot's voice. */
  readonly onBotLevel: (level: number) => void;
  /** Called when the recorder holds the microphone, or has failed to. */
  readonly onOpened: () => void;
  /** Called when the microphone fails or is unplugged. */
  readonly onMicrophoneLost: () => void;
}

/** Records the user where it can, and plays the bot always. */
export class PlaygroundMedia extends WavMediaManager {
  readonly #options: MediaOptions;
  #plain: PlainPlayer | undefined;
  #begun: Promise<void> | undefined;
  #hasMicrophone: boolean;
  #switching: Promise<void> = Promise.resolve();
  #stopTrimming: Cancel = () => {};
  #closed = false;

  /** Makes a manager; nothing is opened until the session begins. */
  constructor(options: MediaOptions) {
    super(CHUNK_BYTES, options.sampleRate);
    this.#options = options;
    this.#hasMicrophone = options.microphone;
  }

  /** Whether the user can be recorded. */
  get hasMicrophone(): boolean {
    return this.#hasMicrophone;
  }

  /** Hands on what is recorded, and its level. */
  override setUserAudioCallback(callback: (data: ArrayBuffer) => void): void {
    super.setUserAudioCallback((data) => {
      if (this.#closed || !this.isMicEnabled) return;
      this.#options.onUserLevel(levelOf(new Int16Array(data)));
      callback(data);
    });
  }

  /** Opens what the session needs; the client asks for it more than once. */
  override initialize(): Promise<void> {
    this.#begun ??= this.#begin();
    return this.#begun;
  }

  /** Begins to record. */
  override async connect(): Promise<void> {
    await this.initialize();
    // The client goes on connecting when it is stopped while it asks for the session.
    if (this.#closed) throw new DOMException("The session is over", "AbortError");
    if (!this.#hasMicrophone) return;
    try {
      await super.connect();
      this.#watchTrack();
    } catch {
      // The recorder could not open its worklet: the session goes on typing.
      this.#lost();
    }
  }

  /** Lets go of everything, whatever state it is in. */
  override async disconnect(): Promise<void> {
    this.#closed = true;
    this.#stopTrimming();
    this.#options.onOpened();
    await Promise.all([releaseWavManager(this), this.#plain?.close()]);
  }

  /** Plays a piece of the bot's voice. */
  override bufferBotAudio(
    data: ArrayBuffer | Int16Array,
    id?: string,
  ): Int16Array {
    const samples = data instanceof Int16Array ? data : new Int16Array(data);
    if (this.#closed) return samples;
    this.#options.onBotLevel(levelOf(samples));
    if (this.#plain === undefined) return super.bufferBotAudio(samples, id);
    this.#plain.play(samples);
    return samples;
  }

  /** Mutes and unmutes; one switch waits for the one before. */
  override enableMic(enable: boolean): Promise<void> {
    if (!this.#hasMicrophone) return Promise.resolve();
    this.#switching = this.#switching.then(async () => {
      if (enable === this.isMicEnabled || this.#closed) return;
      try {
        await super.enableMic(enable);
      } catch {
        this.#lost();
      }
    });
    return this.#switching;
  }

  /** Begins to record in a session that began without a microphone. */
  async addMicrophone(): Promise<void> {
    if (this.#hasMicrophone || this.#closed) return;
    this.#hasMicrophone = true;
    this._micEnabled = true;
    this.#begun = undefined;
    const former = this.#plain;
    await this.connect();
    if (this.#plain !== former) await former?.close();
  }

  async #begin(): Promise<void> {
    if (!this.#hasMicrophone) {
      this._micEnabled = false;
      this.#plain = new PlainPlayer();
      return;
    }
    const isOpen = await isDoneWithin(OPEN_WITHIN_MS, this.#openWav());
    this.#options.onOpened();
    if (this.#closed) return;
    if (isOpen) {
      this.#plain = undefined;
      this.#stopTrimming = every(TRIM_EVERY_MS, () => trimWavRecorder(this));
      return;
    }
    // Without worklets, or a loudspeaker, there is neither its recorder nor its player.
    this.#plain ??= new PlainPlayer();
    this.#lost();
  }

  async #openWav(): Promise<void> {
    await super.initialize();
    // The session may have ended while the devices were being opened.
    if (this.#closed) await releaseWavManager(this);
  }

  #watchTrack(): void {
    const track = this.tracks().local.audio;
    track?.addEventListener("ended", () => this.#lost());
  }

  #lost(): void {
    if (this.#closed) return;
    this.#hasMicrophone = false;
    this._micEnabled = false;
    this.#options.onMicrophoneLost();
  }
}
