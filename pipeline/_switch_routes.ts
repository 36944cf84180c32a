import {
  ErrorFrame,
  type Frame,
  type FrameDirection,
  InterruptionFrame,
  LLMConfigureOutputFrame,
  OutputAudioRawFrame,
  ServiceMetadataFrame,
  ServiceSwitcherRequestMetadataFrame,
  ServiceUpdateSettingsFrame,
  SpeechControlParamsFrame,
  StartFrame,
  STTMuteFrame,
  TextFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  UserMuteStartedFrame,
  UserMuteStoppedFrame,
  VADParamsUpdateFrame,
} from "../frames/mod.ts";
import type { AnyFrameProcessor, Port } from "../processors/mod.ts";
import type { Engine } from "../processors/_engine.ts";
import type { Entry } from "../processors/_inbox.ts";
import { isDraining, isLifecycle } from "../processors/_lifecycle.ts";
import { Paths } from "../processors/_paths.ts";
import { engineOf } from "../processors/frame_processor.ts";
import { Gather } from "./_gather.ts";
import { HearingMemory } from "./_switch_hearing.ts";
import { AnswerMemory, PlainMemory, type SwitchMemory, withdraw } from "./_switch_memory.ts";
import { SpeechMemory } from "./_switch_speech.ts";
import { type ServiceSwitcherStrategy, setActive } from "./service_switcher_strategy.ts";

/** What every service has to know, also one that stands by. */
const FOR_ALL = [
  LLMConfigureOutputFrame,
  SpeechControlParamsFrame,
  STTMuteFrame,
  UserMuteStartedFrame,
  UserMuteStoppedFrame,
  VADParamsUpdateFrame,
];

/** What a service that has failed is no longer heard with. */
const CONTENT = [TextFrame, OutputAudioRawFrame, TTSStartedFrame, TTSStoppedFrame];

/** A service with what leads to it and what is known of it. */
interface Branch {
  readonly service: AnyFrameProcessor;
  readonly engine: Engine;
  readonly memory: SwitchMemory;
  /** Its doors behind which all branches meet, by direction. */
  readonly out: Partial<Record<FrameDirection, Port>>;
  /** Whether it has failed, and is not heard any more. */
  failed: boolean;
}

/** An end that goes to the active service first, and to the others behind it. */
interface Ending extends Entry {
  readonly given: Set<Branch>;
  /** Those that have failed to do what comes before it: none of them tries again. */
  readonly failed: Set<Branch>;
}

/** What the routes are between. */
export interface SwitchRoutesOptions {
  readonly name: string;
  readonly head: Engine;
  readonly tail: Engine;
  readonly strategy: ServiceSwitcherStrategy;
  /** Told of every switch. */
  readonly switched: (service: AnyFrameProcessor) => void;
}

/** Leads frames to the active service and back, and changes over to another. */
export class SwitchRoutes {
  readonly #options: SwitchRoutesOptions;
  readonly #branches: readonly Branch[];
  readonly #gathers: Record<FrameDirection, Gather>;
  /** The branch out of which a frame comes that several were given. */
  readonly #via: WeakMap<Frame, Branch> = new WeakMap();
  /** What the switcher itself gave a service: it goes no further. */
  readonly #own: WeakSet<Frame> = new WeakSet();
  /** Errors that others have reported and that only pass by. */
  readonly #passing: WeakSet<Frame> = new WeakSet();
  /** What failed services have left to the active one. */
  readonly #left: { readonly entry: Entry; readonly from: Branch }[] = [];
  #giving = false;
  #active: Branch;
  #pending: Branch | undefined;
  #ending: Ending | undefined;
  /** Those that still do what they were given before another became active. */
  readonly #leaving: Set<Branch> = new Set();

  constructor(options: SwitchRoutesOptions) {
    this.#options = options;
    const { name, head, tail, strategy } = options;
    const { services } = strategy;
    this.#branches = services.map((service): Branch => ({
      service,
      engine: engineOf(service),
      memory: memoryOf(service, () => head.env.clock.now()),
      out: {},
      failed: false,
    }));
    this.#active = this.#branchOf(strategy.activeService);
    const count = services.length;
    this.#gathers = {
      downstream: new Gather(name, tail, count),
      upstream: new Gather(name, head, count),
    };
    head.next = this.#fan(head);
    tail.previous = this.#fan(tail);
    this.#branches.forEach((branch, i) => this.#join(branch, i));
  }

  /** A service that still does what it was given before another became active, if one does. */
  get leaving(): Engine | undefined {
    return [...this.#leaving].find(({ engine }) => !engine.lanes.isIdle)?.engine;
  }

  /** Gives up what services still do that something waits for behind them. */
  giveUpLeaving(): void {
    for (const { engine } of this.#leaving) withdraw(engine);
    this.#leaving.clear();
  }

  /** Has another service be active, as soon as that cuts nothing in two. */
  switchTo(service: AnyFrameProcessor): void {
    const branch = this.#branchOf(service);
    this.#pending = branch === this.#active ? undefined : branch;
    this.#settle();
  }

  /** An interruption has dropped what the services had. */
  interrupted(): void {
    for (const { memory } of this.#branches) memory.interrupted();
    this.#settle();
  }

  #branchOf(service: AnyFrameProcessor): Branch {
    const branch = this.#branches.find((other) => other.service === service);
    if (branch) return branch;
    throw new TypeError(
      `Cannot switch to "${service.name}" in "${this.#options.name}": it is none of its services`,
    );
  }

  #join(branch: Branch, i: number): void {
    const { engine, out } = branch;
    for (const direction of ["downstream", "upstream"] as const) {
      out[direction] = this.#gathers[direction].port(i, engine);
    }
    const port: Port = {
      owner: undefined,
      arrive: (frame, direction, epoch) => this.#leave(branch, { frame, direction, epoch }),
    };
    engine.next = engine.previous = port;
  }

  #fan(from: Engine): Port {
    const paths = new Map(this.#branches.map(({ engine }) => [engine, new Paths(from.owner)]));
    return {
      owner: undefined,
      arrive: (frame, direction, epoch) => {
        const entry = { frame, direction, epoch };
        const { observer } = from.env;
        let room: void | Promise<void> = undefined;
        for (const branch of this.#targets(entry)) {
          const path = paths.get(branch.engine)?.to(branch.engine.owner, direction);
          if (observer && path) observer.pushed(path, frame);
          const full = this.#give(branch, entry);
          if (branch === this.#active) room = full;
        }
        if (this.#pending) this.#settle();
        if (this.#left.length > 0 && !this.#giving) this.#giveAgain();
        return room;
      },
    };
  }

  /** Who gets a frame. */
  #targets(entry: Entry): readonly Branch[] {
    const { frame, direction } = entry;
    if (isLifecycle(frame)) {
      this.#gathers[direction].expect(frame);
      if (frame instanceof StartFrame) this.#ending = undefined;
      if (!isDraining(frame)) return this.#branches;
      this.#ending = { ...entry, given: new Set([this.#active]), failed: new Set() };
      return [this.#active];
    }
    if (frame instanceof ErrorFrame) this.#passing.add(frame);
    const targets = this.#addressees(frame);
    if (targets.length > 1) this.#via.set(frame, this.#active);
    return targets;
  }

  #addressees(frame: Frame): readonly Branch[] {
    if (frame instanceof ServiceUpdateSettingsFrame) {
      const { service } = frame;
      const member = service && this.#branches.find((branch) => branch.service === service);
      if (member) return [member];
      return frame.reachInactiveServices && !service ? this.#branches : [this.#active];
    }
    return FOR_ALL.some((type) => frame instanceof type) ? this.#branches : [this.#active];
  }

  #give(branch: Branch, { frame, direction, epoch }: Entry): void | Promise<void> {
    if (branch === this.#active) branch.memory.given(frame, direction);
    return branch.engine.arrive(frame, direction, epoch);
  }

  /** Gives a service what is between it and the switcher. */
  #tell(branch: Branch, frame: Frame): void {
    this.#own.add(frame);
    void branch.engine.arrive(frame, "downstream", branch.engine.env.epochs.current);
  }

  /** Takes what comes out of a service. */
  #leave(branch: Branch, entry: Entry): void | Promise<void> {
    const { frame, direction } = entry;
    if (this.#own.has(frame)) return;
    if (isLifecycle(frame)) return this.#leaveLifecycle(branch, entry);
    const via = this.#via.get(frame);
    if (via && via !== branch) return;
    if (frame instanceof ErrorFrame && !this.#passing.has(frame)) {
      return this.#failed(branch, frame, entry);
    }
    if (frame instanceof ServiceMetadataFrame && frame.serviceName === branch.service.name) {
      if (branch !== this.#active) return;
    }
    if (branch.failed && CONTENT.some((type) => frame instanceof type)) return;
    const outcome = branch.memory.gave(frame, direction);
    if (outcome === "swallow") return;
    if (outcome === "served" && branch === this.#active) {
      this.#options.strategy.handleSuccess(branch.service);
    }
    return this.#pass(branch, entry);
  }

  #pass(branch: Branch, { frame, direction, epoch }: Entry): void | Promise<void> {
    return branch.out[direction]?.arrive(frame, direction, epoch);
  }

  /** An end has come out of a service: those behind it get it now. */
  #leaveLifecycle(branch: Branch, entry: Entry): void | Promise<void> {
    const ending = this.#ending;
    if (ending?.frame === entry.frame) {
      const next = ending.given.has(this.#active) ? this.#branches : [this.#active];
      for (const other of next) {
        if (ending.given.has(other)) continue;
        ending.given.add(other);
        void other.engine.arrive(ending.frame, ending.direction, ending.epoch);
      }
    }
    return this.#pass(branch, entry);
  }

  #failed(branch: Branch, error: ErrorFrame, entry: Entry): void | Promise<void> {
    const { log } = this.#options.head.env;
    if (error.fatal) return this.#pass(branch, entry);
    this.#ending?.failed.add(branch);
    if (branch === this.#active) {
      const next = this.#decide(error);
      if (!next || next === branch || this.#ending?.failed.has(next)) {
        return this.#pass(branch, entry);
      }
      log.warn(`"${this.#options.name}" goes on with "${next.service.name}": ${error.error}`);
      return this.#rescue(branch, next) ? this.#pass(branch, entry) : undefined;
    }
    if ((this.#leaving.has(branch) || branch.memory.owes) && !branch.failed) {
      log.warn(
        `"${this.#options.name}" goes on with "${this.#active.service.name}": ${error.error}`,
      );
      return this.#rescue(branch, this.#active) ? this.#pass(branch, entry) : undefined;
    }
    log.warn(`"${branch.service.name}" stands by in "${this.#options.name}": ${error.error}`);
  }

  #decide(error: ErrorFrame): Branch | undefined {
    const { strategy, head } = this.#options;
    try {
      const next = strategy.handleError(error);
      return next && this.#branchOf(next);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      head.report(`Cannot choose a service in "${this.#options.name}": ${why}`, {
        exception: cause,
      });
      return undefined;
    }
  }

  /** Has another service do what one has failed to do; says whether some of it is lost. */
  #rescue(from: Branch, to: Branch): boolean {
    const speaks = from.memory instanceof SpeechMemory;
    const rescue = from.memory.rescue(withdraw(from.engine));
    from.failed = true;
    // What it still does for the voice alone, such as an open socket, ends too.
    if (speaks) this.#tell(from, new InterruptionFrame());
    const epoch = from.engine.env.epochs.current;
    for (const frame of rescue.closing) {
      void this.#pass(from, { frame, direction: "downstream", epoch });
    }
    if (to !== this.#active) this.#activate(to);
    if (rescue.continues) to.memory.goOn();
    const left = rescue.again.map((entry) => ({ entry, from }));
    // One that fails at once leaves its own before what others left that it was not given yet.
    if (this.#giving) this.#left.unshift(...left);
    else {
      this.#left.push(...left);
      this.#giveAgain();
    }
    return rescue.lost;
  }

  #awaitEnd(branch: Branch): void {
    this.#leaving.add(branch);
    void branch.engine.idle().then(() => this.#leaving.delete(branch));
  }

  /** Gives the active service what others have left, once that mixes with nothing. */
  #giveAgain(): void {
    const { memory } = this.#active;
    if (memory instanceof HearingMemory && !memory.canSwitch) return;
    this.#giving = true;
    for (let next = this.#left.shift(); next; next = this.#left.shift()) {
      this.#giveOn(next.entry, { from: next.from, to: this.#active });
    }
    this.#giving = false;
  }

  #giveOn(
    { frame, direction }: Entry,
    { from, to }: { readonly from: Branch; readonly to: Branch },
  ): void {
    const epoch = to.engine.env.epochs.current;
    const ends = isLifecycle(frame);
    const targets = ends ? [to] : this.#addressees(frame);
    if (ends) this.#moveEnding(from, to);
    else this.#via.set(frame, targets.includes(to) ? viaOf(frame, from, to) : from);
    // What it has to know, it has to know also when it is not active any more.
    if (targets.includes(from)) void from.engine.arrive(frame, direction, epoch);
    if (!targets.includes(to)) return;
    to.memory.given(frame, direction);
    void to.engine.arrive(frame, direction, epoch);
  }

  /** The one that failed gets the end behind the one that goes on. */
  #moveEnding(from: Branch, to: Branch): void {
    this.#ending?.given.delete(from);
    this.#ending?.given.add(to);
  }

  #activate(branch: Branch): void {
    this.#active = branch;
    branch.failed = false;
    if (this.#pending === branch) this.#pending = undefined;
    this.#tell(branch, new ServiceSwitcherRequestMetadataFrame(branch.service));
    setActive(this.#options.strategy, branch.service);
    this.#options.switched(branch.service);
  }

  /** Changes over to the service that was asked for, if the moment has come. */
  #settle(): void {
    const to = this.#pending;
    const from = this.#active;
    if (!to || !from.memory.canSwitch) return;
    for (const frame of from.memory.farewell()) this.#tell(from, frame);
    if (!from.engine.lanes.isIdle) this.#awaitEnd(from);
    this.#activate(to);
    for (const frame of from.memory.greeting()) {
      this.#via.set(frame, from);
      to.memory.given(frame, "downstream");
      void to.engine.arrive(frame, "downstream", to.engine.env.epochs.current);
    }
  }
}

/** Live input has gone on already, past the service that was given it first. */
function viaOf(frame: Frame, from: Branch, to: Branch): Branch {
  return frame.kind === "system" ? from : to;
}

function memoryOf(service: AnyFrameProcessor, now: () => number): SwitchMemory {
  switch (service.role) {
    case "stt":
      return new HearingMemory(now);
    case "llm":
      return new AnswerMemory();
    case "tts":
      return new SpeechMemory();
    default:
      return new PlainMemory();
  }
}
