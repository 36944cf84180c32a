import {
  CancelTaskFrame,
  EndFrame,
  EndTaskFrame,
  ErrorFrame,
  type Frame,
  InputDTMFFrame,
  InputTransportMessageFrame,
  InterruptionFrame,
  InterruptionTaskFrame,
  isKeypadEntry,
  LLMRunFrame,
  LLMUpdateSettingsFrame,
  ManuallySwitchServiceFrame,
  OutputTransportMessageFrame,
  OutputTransportMessageUrgentFrame,
  StopFrame,
  STTUpdateSettingsFrame,
  TTSSpeakFrame,
  TTSUpdateSettingsFrame,
} from "../../frames/mod.ts";
import { LLMMessagesAppendFrame } from "../../context/mod.ts";
import { PipelineTask, type TerminalFrame } from "../../pipeline/mod.ts";
import { Bot } from "./_bot.ts";
import { Keep, Note, type Passage, Sign } from "./_probes.ts";
import type { Act, EndPlan } from "./_schedule.ts";
import { RATE } from "./_line.ts";
import { type Moment, wordsOf, type World } from "./_world.ts";

/** A turn as its events told of it. */
export interface Turns {
  begun: number;
  ended: number;
  readonly outcomes: string[];
}

/** A session under way: what is done to the bot, and what its events say. */
export class Session {
  readonly world: World;
  readonly bot: Bot;
  readonly users: Turns = { begun: 0, ended: 0, outcomes: [] };
  readonly bots: Turns = { begun: 0, ended: 0, outcomes: [] };
  /** Frames of the application that were sent. */
  readonly sent: Passage[] = [];
  /** When each message of the user came into the context, by its words. */
  readonly asked: Map<string, Moment> = new Map();
  /** Texts that were to be said, and when. */
  readonly told: (Moment & { readonly words: readonly string[] })[] = [];
  readonly messages: (Moment & { readonly message: unknown; readonly urgent: boolean })[] = [];
  readonly finished: TerminalFrame[] = [];
  readonly announced: Set<string> = new Set();
  readonly detected: string[] = [];
  /** Samples of each speech that were recorded. */
  readonly recorded: Map<number, number> = new Map();
  readonly #hangUp = new AbortController();
  #sent = 0;
  task: PipelineTask;
  hung = 0;

  constructor(world: World) {
    this.world = world;
    this.bot = new Bot(world);
    this.#listen();
    this.task = this.#makeTask();
  }

  /** Another task for the same pipeline, which a `StopFrame` left as it was. */
  goOn(): void {
    this.task = this.#makeTask();
  }

  /** Does something to the bot. */
  perform(act: Act): void {
    const { world, bot: { microphone, loudspeaker } } = this;
    world.count(`act: ${act.what}`);
    switch (act.what) {
      case "speaks":
        return microphone.speak(act.forMs);
      case "coughs":
        world.coughing = true;
        return microphone.speak(act.forMs);
      case "words":
      case "guess":
        return this.#understand(act.words, act.what === "words");
      case "interrupts":
        world.meddled = world.now;
        if (act.how === "task") return this.task.interrupt();
        return this.#queue(new InterruptionTaskFrame(), true);
      case "types":
        return this.#type(world.text(act.words, "typed"));
      case "says":
        return this.#say(world.text(act.words, "bot"));
      case "runs":
        return this.#queue(new LLMRunFrame());
      case "leaves":
      case "returns":
        return loudspeaker.attend(act.what === "returns");
      case "wire stalls":
        world.wire.stalledUntil = world.clock.now() + 900;
        world.wire.hasStalled = true;
        return;
      case "other voice":
        world.voice = 1 - world.voice;
        return;
      case "keeps":
      case "notes":
      case "signs":
        return this.#send(act);
      case "settings":
        return this.#change(act.of);
      case "switches":
        return this.#switch(act.of);
      case "presses":
        world.meddled = world.now;
        for (const key of act.keys) {
          if (isKeypadEntry(key)) microphone.take(new InputDTMFFrame(key));
        }
        return;
      case "message":
        return this.#message(act.how);
      default:
        act satisfies never;
    }
  }

  /** Brings the session to its end. */
  end(how: EndPlan["how"]): void {
    const { world } = this;
    world.ending ??= world.now;
    world.count(`end: ${how}`);
    switch (how) {
      case "end":
        return this.#queue(new EndFrame());
      case "end request":
        return this.#queue(new EndTaskFrame(), true);
      case "stop":
      case "stop and go on":
        return this.#queue(new StopFrame());
      case "cancel":
        return void this.task.cancel();
      case "cancel request":
        return this.#queue(new CancelTaskFrame(), true);
      case "fatal error":
        return this.#queue(new ErrorFrame("planned trouble", { fatal: true }), true);
      case "signal":
        return this.#hangUp.abort("The server stops");
      case "client leaves":
        this.bot.loudspeaker.attend(false);
        return void this.task.cancel();
      default:
        how satisfies never;
    }
  }

  #makeTask(): PipelineTask {
    const { world } = this;
    const { bot: plan } = world.schedule;
    const task = new PipelineTask(this.bot.pipeline, {
      clock: world.clock,
      log: world.log,
      signal: this.#hangUp.signal,
      params: {
        audioInSampleRate: RATE,
        audioOutSampleRate: RATE,
        enableHeartbeats: plan.heartbeats,
        // A slow voice holds what comes behind its words.
        heartbeatsMonitorSecs: 60,
        enableMetrics: plan.metrics,
        enableUsageMetrics: plan.metrics,
      },
    });
    task.on("heartbeatTimeout", (processors) => {
      world.broken("nobody hangs", `a heartbeat is held by ${processors.join(", ")}`);
    });
    task.on("pipelineFinished", (frame) => void this.finished.push(frame));
    task.on("pipelineError", (frame) => world.failed(frame));
    task.on("pipelineTimeout", () => void this.hung++);
    return task;
  }

  #listen(): void {
    const { world, bot: { pair: [user, assistant], llm, voicemail, recorder } } = this;
    user.on("userTurnStarted", () => begin(world, this.users, "a user's turn"))
      .on("userTurnStopped", (_strategy, { outcome }) => {
        end(world, this.users, { whose: "a user's turn", outcome });
      })
      .on("userTurnMessageAdded", ({ content }) => {
        // It is told of later: an interruption of this moment may have come behind it.
        const { at, seq } = world.now;
        const cut = world.interruptions.find((moment) => moment.at === at);
        this.asked.set(wordsOf(content).join(" "), { at, seq: cut ? cut.seq - 1 : seq });
      })
      .on("falseInterruption", () => world.count("answers asked for again"));
    assistant.on("assistantTurnStarted", () => begin(world, this.bots, "a bot's turn"))
      .on("assistantTurnStopped", ({ interrupted }) => {
        const outcome = interrupted ? "interrupted" : "said";
        end(world, this.bots, { whose: "a bot's turn", outcome });
      });
    for (const mind of llm.all) {
      mind.on("functionCallsStarted", (calls) => {
        for (const { toolCallId } of calls) this.announced.add(toolCallId);
      });
    }
    voicemail?.on("conversationDetected", () => void this.detected.push("conversation"))
      .on("voicemailDetected", () => {
        this.detected.push("voicemail");
        this.#say(world.text(6, "bot"));
      });
    recorder?.on("trackAudioData", (_user, audio) => {
      for (const number of audio) {
        if (number !== 0) this.recorded.set(number, (this.recorded.get(number) ?? 0) + 1);
      }
    });
  }

  #queue(frame: Frame, up = false): void {
    void this.task.queueFrame(frame, up ? "upstream" : "downstream");
  }

  #understand(count: number, final: boolean): void {
    const { world, bot } = this;
    const text = world.text(count, "user");
    bot.stt.all[0]?.understand(text, final);
  }

  #type(content: string): void {
    this.world.meddled = this.world.now;
    this.#queue(new InterruptionFrame());
    this.asked.set(wordsOf(content).join(" "), this.world.now);
    this.#queue(new LLMMessagesAppendFrame([{ role: "user", content }], { runLlm: true }));
  }

  #say(text: string): void {
    this.told.push({ ...this.world.now, words: wordsOf(text) });
    this.#queue(new TTSSpeakFrame(text));
  }

  #send({ what, up, count }: Extract<Act, { readonly up: boolean }>): void {
    const { world } = this;
    const Token = { keeps: Keep, notes: Note, signs: Sign }[what];
    for (let i = 0; i < count; i++) {
      const token = new Token(`${what}-${++this.#sent}`);
      const direction = up ? "upstream" : "downstream";
      this.sent.push({ token, direction, ...world.now });
      this.#queue(token, up);
    }
  }

  #change(of: "stt" | "llm" | "tts"): void {
    const value = `setting-${++this.#sent}`;
    this.world.settings.set(of, value);
    if (of === "stt") this.#queue(new STTUpdateSettingsFrame({ delta: { model: value } }));
    else if (of === "llm") this.#queue(new LLMUpdateSettingsFrame({ delta: { model: value } }));
    else this.#queue(new TTSUpdateSettingsFrame({ delta: { model: value } }));
  }

  #switch(of: "stt" | "llm" | "tts"): void {
    const services = this.bot[of].all;
    const service = services[++this.#sent % services.length];
    if (service) this.#queue(new ManuallySwitchServiceFrame(service));
  }

  #message(how: "in" | "out" | "urgent"): void {
    const message = { number: ++this.#sent };
    if (how === "in") return this.bot.microphone.take(new InputTransportMessageFrame(message));
    const urgent = how === "urgent";
    this.messages.push({ ...this.world.now, message, urgent });
    this.#queue(
      urgent
        ? new OutputTransportMessageUrgentFrame(message)
        : new OutputTransportMessageFrame(message),
    );
  }
}

function begin(world: World, turns: Turns, whose: string): void {
  world.seq++;
  if (++turns.begun !== turns.ended + 1) {
    world.broken(`${whose} ends once`, "another begins before its end");
  }
}

function end(
  world: World,
  turns: Turns,
  { whose, outcome }: { readonly whose: string; readonly outcome: string },
): void {
  world.seq++;
  world.count(`${whose}: ${outcome}`);
  turns.outcomes.push(outcome);
  if (++turns.ended !== turns.begun) world.broken(`${whose} ends once`, "it had not begun");
}
