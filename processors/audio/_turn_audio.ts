import type { Clock, Timer } from "../../async/mod.ts";
import { concatAudio } from "../../audio/mod.ts";

/** Who is told of what was said in turns. */
export interface TurnAudioSink {
  /** Takes what the user said until he stopped. */
  userRun(audio: Int16Array): void;
  /** Takes what was heard of the bot until it stopped. */
  botRun(audio: Int16Array): void;
  /** Takes all that both said in a turn of the conversation. */
  turn(number: number, audio: { readonly user: Int16Array; readonly bot: Int16Array }): void;
  /** Told once when somebody speaks for longer than is kept. */
  tooLong(): void;
}

/** How a {@linkcode TurnAudio} works. */
export interface TurnAudioOptions {
  readonly clock: Clock;
  readonly sampleRate: number;
  /** How many samples of each side are kept in a turn. */
  readonly mostSamples: number;
  readonly sink: TurnAudioSink;
}

/** How long nobody speaks, after the bot has, until the turn is over. */
const TURN_END_MS = 2_500;

/** How much of the user's audio from before his start is his: it takes a VAD some time to be sure. */
const BEFORE_START_SECS = 1;

/** Collects what each side says in one go, and in one turn of the conversation. */
export class TurnAudio {
  readonly #options: TurnAudioOptions;
  readonly #user: Side;
  readonly #bot: Side;
  #number = 1;
  #active = true;
  #botSpoke = false;
  #userCutIn = false;
  #timer: Timer | undefined;

  constructor(options: TurnAudioOptions) {
    this.#options = options;
    const { mostSamples: most, sampleRate } = options;
    const full = () => this.#options.sink.tooLong();
    this.#user = new Side({ most, kept: BEFORE_START_SECS * sampleRate, full });
    this.#bot = new Side({ most, kept: 0, full });
  }

  user(pcm: Int16Array): void {
    this.#user.add(pcm);
  }

  bot(pcm: Int16Array): void {
    this.#bot.add(pcm);
  }

  userStarted(): void {
    this.#user.start();
    // What is still being heard of the bot belongs to the turn that ends: the turn ends when the bot stops.
    if (this.#bot.speaking) this.#userCutIn = true;
    else if (this.#active && this.#botSpoke) this.#begin();
    else if (!this.#active) this.#begin();
  }

  userStopped(): void {
    if (!this.#user.speaking) return;
    this.#options.sink.userRun(this.#user.stop());
  }

  botStarted(): void {
    this.#timer?.cancel();
    this.#bot.start();
    this.#botSpoke = true;
  }

  botStopped(): void {
    if (!this.#bot.speaking) return;
    this.#options.sink.botRun(this.#bot.stop());
    if (this.#userCutIn) this.#begin();
    else this.#timer = this.#options.clock.timer(TURN_END_MS, () => this.#finish());
  }

  /** Ends what is under way, and tells of it. */
  end(): void {
    this.userStopped();
    if (this.#bot.speaking) this.#options.sink.botRun(this.#bot.stop());
    this.#finish();
  }

  /** Forgets everything. */
  close(): void {
    this.#timer?.cancel();
  }

  #begin(): void {
    this.#finish();
    this.#active = true;
    this.#number++;
  }

  #finish(): void {
    this.#timer?.cancel();
    this.#botSpoke = this.#userCutIn = false;
    if (!this.#active) return;
    this.#active = false;
    this.#options.sink.turn(this.#number, { user: this.#user.all(), bot: this.#bot.all() });
  }
}

/** What one side says. */
class Side {
  readonly #most: number;
  readonly #kept: number;
  readonly #full: () => void;
  #speaking = false;
  #run: Int16Array[] = [];
  #runSamples = 0;
  #turn: Int16Array[] = [];
  #turnSamples = 0;

  constructor({ most, kept, full }: { most: number; kept: number; full: () => void }) {
    this.#most = most;
    this.#kept = kept;
    this.#full = full;
  }

  get speaking(): boolean {
    return this.#speaking;
  }

  add(pcm: Int16Array): void {
    if (!this.#speaking && this.#kept === 0) return;
    if (this.#turnSamples + this.#runSamples + pcm.length > this.#most) return this.#full();
    this.#run.push(pcm);
    this.#runSamples += pcm.length;
    if (!this.#speaking) this.#forget();
  }

  start(): void {
    this.#speaking = true;
  }

  stop(): Int16Array {
    this.#speaking = false;
    const run = concatAudio(this.#run);
    this.#turn.push(run);
    this.#turnSamples += run.length;
    this.#run = [];
    this.#runSamples = 0;
    return run;
  }

  /** Gives what was said in the turn, and begins another. */
  all(): Int16Array {
    const all = concatAudio(this.#turn);
    this.#turn = [];
    this.#turnSamples = 0;
    return all;
  }

  /** Forgets what lies further back than a start could reach. */
  #forget(): void {
    let first = this.#run[0];
    while (first && this.#runSamples - first.length >= this.#kept) {
      this.#runSamples -= first.length;
      this.#run.shift();
      first = this.#run[0];
    }
  }
}
