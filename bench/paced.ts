import type { Frame } from "../frames/mod.ts";
import { deliver, type Figure } from "./figure.ts";
import { median, percentile, processorTime } from "./measure.ts";
import { Chunk, plainStreams, startSession, Tick } from "./subjects.ts";

const PROCESSORS = 12;
const SESSIONS = 200;
/** Milliseconds between two frames of a session, each way. */
const PERIOD_MS = 20;
const RUNS = 3;
/** Frames each way and session in a run: 2.5 s. */
const FRAMES = 125;
/** Frames for warmth, before the first run. */
const WARM_UP = 25;

/** One session: where frames enter, and how it ends. */
interface Subject {
  send(down: Frame, up: Frame): void;
  close(): Promise<void>;
}

/** Makes a session that tells of every frame that comes out of it. */
type Make = (arrived: (frame: Frame) => void) => Promise<Subject>;

/** What came out of one run. */
interface Paced {
  /** Percent of a core that one session takes. */
  readonly corePercent: number;
  /** How many milliseconds after its time each frame came out. */
  readonly lateness: readonly number[];
}

/** What is compared. */
const MAKERS = {
  /** A task with processors: data frames go down, system frames go up. */
  async processors(arrived) {
    const { task, first, last } = await startSession(PROCESSORS);
    last.arrived = (frame) => frame instanceof Chunk && arrived(frame);
    first.arrived = (frame) => frame instanceof Tick && arrived(frame);
    return {
      send(down, up) {
        void task.queueFrame(down);
        void task.queueFrame(up, "upstream");
      },
      close: () => task.cancel(),
    };
  },

  /** As many plain streams each way. */
  streams(arrived) {
    const ways = [plainStreams(PROCESSORS), plainStreams(PROCESSORS)] as const;
    const [down, up] = [ways[0].writable.getWriter(), ways[1].writable.getWriter()];
    const ends = ways.map(({ readable }) =>
      readable.pipeTo(new WritableStream({ write: arrived }))
    );
    return Promise.resolve({
      send(downstream, upstream) {
        void down.write(downstream);
        void up.write(upstream);
      },
      async close() {
        await Promise.all([down.close(), up.close(), ...ends]);
      },
    });
  },

  /** Nothing that a frame could go through: what the timers take that send it. */
  timers(arrived) {
    return Promise.resolve({
      send(down, up) {
        arrived(down);
        arrived(up);
      },
      close: () => Promise.resolve(),
    });
  },
} satisfies Record<string, Make>;

type Kind = keyof typeof MAKERS;
const KINDS: readonly Kind[] = ["processors", "streams", "timers"];

/** Runs sessions in real time until every frame is out, and measures what they take. */
async function pace(kind: Kind, frames: number): Promise<Paced> {
  const lateness: number[] = [];
  const allOut = Promise.withResolvers<void>();
  const arrived = ({ pts = NaN }: Frame) => {
    lateness.push(performance.now() - pts / 1e6);
    if (lateness.length === SESSIONS * frames * 2) allOut.resolve();
  };
  const subjects: Subject[] = [];
  for (let i = 0; i < SESSIONS; i++) subjects.push(await MAKERS[kind](arrived));
  const before = processorTime();
  const began = performance.now();
  for (const [i, subject] of subjects.entries()) {
    sendOnTime(subject, { from: began + (1 + i / SESSIONS) * PERIOD_MS, frames });
  }
  await allOut.promise;
  const cpuMs = (processorTime() - before) / 1_000;
  await Promise.all(subjects.map((subject) => subject.close()));
  return { corePercent: cpuMs / (frames * PERIOD_MS) / SESSIONS * 100, lateness };
}

/** Sends a frame each way on absolute deadlines, as an output does. */
function sendOnTime(subject: Subject, at: { from: number; frames: number }): void {
  let sent = 0;
  const sendLater = () => {
    const due = at.from + sent++ * PERIOD_MS;
    setTimeout(() => {
      const [down, up] = [new Chunk(), new Tick()];
      down.pts = up.pts = due * 1e6;
      subject.send(down, up);
      if (sent < at.frames) sendLater();
    }, Math.max(0, due - performance.now()));
  };
  sendLater();
}

/** Runs everything in turns. */
async function runAll(): Promise<Record<Kind, Paced[]>> {
  const all: Record<Kind, Paced[]> = { processors: [], streams: [], timers: [] };
  for (const kind of KINDS) await pace(kind, WARM_UP);
  for (let run = 0; run < RUNS; run++) {
    for (const kind of KINDS) all[kind].push(await pace(kind, FRAMES));
  }
  return all;
}

/** Many sessions in real time, beside the same with plain streams. */
export async function benchPaced(): Promise<Figure[]> {
  const all = await runAll();
  const ratios = all.processors.map(({ corePercent }, run) =>
    corePercent / (all.streams[run]?.corePercent ?? NaN)
  );
  const core = (kind: Kind) => median(all[kind].map(({ corePercent }) => corePercent));
  // Of each run, and not of all frames: one stall of the machine makes a whole run late.
  const late = (kind: Kind) => median(all[kind].map(({ lateness }) => percentile(lateness, 99)));
  const [streams, timers] = [core("streams"), core("timers")];
  return [
    {
      key: "paced_ratio",
      what: `processor time of ${PROCESSORS} processors in real time, 50 frames/s each way`,
      value: median(ratios),
      unit: "×",
      budget: 1.2,
      baseline: `plain streams: ${streams.toFixed(3)} % of a core`,
      details: { paced_streams_core_percent: streams, paced_sessions: SESSIONS },
    },
    {
      key: "paced_core_percent",
      what: `share of a core that such a session takes, one of ${SESSIONS}`,
      value: core("processors"),
      unit: "%",
      budget: 0.15,
      baseline: `the timers that send: ${timers.toFixed(3)} %`,
      details: { paced_timers_core_percent: timers },
    },
    {
      key: "paced_lateness_ms",
      what: `how late frames come out of ${SESSIONS} sessions, p99`,
      value: late("processors"),
      unit: "ms",
      budget: 5,
      baseline: `nothing in between: ${late("timers").toFixed(1)} ms`,
      details: {
        paced_lateness_streams_ms: late("streams"),
        paced_lateness_timers_ms: late("timers"),
      },
    },
  ];
}

if (import.meta.main) deliver(...await benchPaced());
