/**
 * One session from the click to its end, held with the published client.
 *
 * @module
 */
import { PipecatClient, RTVIEvent } from "@pipecat-ai/client-js";
import { WebSocketTransport } from "@pipecat-ai/websocket-transport";
import { after, type Cancel } from "./browser_time.ts";
import { type Ending, readError, readRejection } from "./endings.ts";
import { PlaygroundMedia } from "./media.ts";
import {
  askForMicrophone,
  type MicrophoneAnswer,
  type NoMicrophone,
  SPEECH_RATE,
} from "./microphone.ts";

/** How long the bot may take from the click to its readiness. */
const READY_WITHIN_MS = 40_000;

/** What the page gives to a session and wants to hear of it. */
export interface AttemptOptions {
  /** Where sessions are started. */
  readonly endpoint: string;
  /** Whether to ask for the microphone. */
  readonly microphone: boolean;
  /** Called with the client before it connects, to listen to it. */
  readonly onClient: (client: PipecatClient) => void;
  /** Called when the microphone question has been answered. */
  readonly onAnswered: () => void;
  /** Called when the bot is ready. */
  readonly onReady: () => void;
  /** Called once, when it is over. */
  readonly onEnd: (ending: Ending) => void;
  /** Called for errors that end nothing. */
  readonly onProblem: (detail: string) => void;
  /** Called when there is no microphone, or no longer. */
  readonly onNoMicrophone: (reason: NoMicrophone) => void;
  /** Called with the level of each piece of recorded sound. */
  readonly onUserLevel: (level: number) => void;
  /** Called with the level of each piece of the bot's voice. */
  readonly onBotLevel: (level: number) => void;
}

/** One session. */
export class Attempt {
  readonly #options: AttemptOptions;
  readonly #skip = new AbortController();
  #client: PipecatClient | undefined;
  #media: PlaygroundMedia | undefined;
  #watchdog: Cancel = () => {};
  #over = false;

  /** Makes a session; nothing happens before {@linkcode begin}. */
  constructor(options: AttemptOptions) {
    this.#options = options;
  }

  /** Whether the user can be recorded. */
  get hasMicrophone(): boolean {
    return this.#media?.hasMicrophone ?? false;
  }

  /** Asks for the microphone and connects. */
  async begin(): Promise<void> {
    const answer = await this.#ask();
    if (this.#over) {
      if (answer.ok) answer.release();
      return;
    }
    this.#options.onAnswered();
    if (!answer.ok) this.#options.onNoMicrophone(answer.reason);
    const client = this.#makeClient(answer);
    this.#watchdog = after(READY_WITHIN_MS, () => {
      this.#end({ kind: "broken", detail: "the bot did not get ready in time" });
    });
    try {
      await client.startBotAndConnect({
        endpoint: this.#options.endpoint,
        requestData: { transport: "websocket" },
      });
    } catch (error) {
      this.#end(readRejection(error));
    }
  }

  /** Goes on without waiting for the microphone question. */
  skipMicrophone(): void {
    this.#skip.abort();
  }

  /** Ends the session from this side. */
  leave(): void {
    this.#end({ kind: "left" });
  }

  /** Sends typed text; tells whether it could be sent. */
  sendText(content: string): boolean {
    const client = this.#client;
    if (client?.state !== "ready") return false;
    void client.sendText(content);
    return true;
  }

  /** Mutes and unmutes the microphone. */
  enableMicrophone(enable: boolean): void {
    void this.#media?.enableMic(enable);
  }

  /** Asks for the microphone again; tells whether it is there now. */
  async addMicrophone(): Promise<boolean> {
    const answer = await askForMicrophone(new AbortController().signal);
    const media = this.#media;
    if (!answer.ok || this.#over || media === undefined) {
      if (answer.ok) answer.release();
      else this.#options.onNoMicrophone(answer.reason);
      return false;
    }
    await media.addMicrophone();
    answer.release();
    return media.hasMicrophone;
  }

  #ask(): Promise<MicrophoneAnswer> {
    if (this.#options.microphone) return askForMicrophone(this.#skip.signal);
    return Promise.resolve({ ok: false, reason: "skipped" });
  }

  #makeClient(answer: MicrophoneAnswer): PipecatClient {
    const sampleRate = answer.ok ? answer.sampleRate : SPEECH_RATE;
    const media = new PlaygroundMedia({
      microphone: answer.ok,
      sampleRate,
      onUserLevel: this.#options.onUserLevel,
      onBotLevel: this.#options.onBotLevel,
      onOpened: () => answer.ok && answer.release(),
      onMicrophoneLost: () => this.#options.onNoMicrophone("failed"),
    });
    const client = new PipecatClient({
      transport: new WebSocketTransport({
        mediaManager: media,
        recorderSampleRate: sampleRate,
      }),
      enableMic: answer.ok,
    });
    this.#media = media;
    this.#client = client;
    client.on(RTVIEvent.BotReady, () => {
      this.#watchdog();
      if (!this.#over) this.#options.onReady();
    });
    client.on(RTVIEvent.Error, (message) => this.#onError(message));
    client.on(RTVIEvent.Disconnected, () => {
      this.#end({ kind: "broken", detail: "connection lost" });
    });
    this.#options.onClient(client);
    return client;
  }

  #onError(message: unknown): void {
    const error = readError(message);
    // While the session is being started, the rejected promise says it better.
    if (this.#client?.state === "authenticating") return;
    if (error.fatal) this.#end(error.ending);
    else if (!this.#over) this.#options.onProblem(error.detail);
  }

  #end(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    this.#watchdog();
    this.#skip.abort();
    this.#options.onEnd(ending);
    this.#client?.disconnect().catch(() => {
      // It is over on this side already; the socket closes with the page.
    });
  }
}
