import { defineTool, type FunctionCallParams, type FunctionSchema } from "../../context/mod.ts";
import { TTSSpeakFrame } from "../../frames/mod.ts";
import type { SpeechEvent, SpeechRequest } from "../../services/tts/mod.ts";
import { ScriptedLLMService } from "../../testing/scripted_llm.ts";
import { ScriptedSTTService } from "../../testing/scripted_stt.ts";
import { ScriptedTTSService, type ScriptedVoice } from "../../testing/scripted_tts.ts";
import { Keep } from "./_probes.ts";
import type { CallPlan, VoicePlan } from "./_schedule.ts";
import { PLANNED, type World } from "./_world.ts";

/** Milliseconds after which each kind of service gives up what does not come. */
export const STALL_MS = { stt: 2_500, llm: 3_000, tts: 2_000, tool: 4_000 };
/** Milliseconds of audio in a piece of speech. */
const PIECE_MS = 100;

/** A recogniser that hears what the schedule says, and words out of nowhere. */
export class Ears extends ScriptedSTTService {
  constructor(world: World) {
    const transcripts = () => world.hears();
    super({ transcripts, transcribeTimeoutMs: STALL_MS.stt, ttfsP99LatencySecs: 0.4 });
  }

  /** It understood something, with no voice that anybody noticed. */
  understand(text: string, final: boolean): void {
    if (final) this.pushTranscript({ text }, { finalized: true });
    else this.pushInterim({ text });
  }
}

/** A model that answers as the schedule says. */
export function makeMind(world: World): ScriptedLLMService {
  const mind = new ScriptedLLMService({
    answers: (request) => world.answer(request),
    stallTimeoutMs: STALL_MS.llm,
  });
  mind.on("functionCallsCancelled", (calls) => {
    for (const { toolCallId } of calls) world.calls.get(toolCallId)?.ends.push("cancelled");
  });
  return mind;
}

/** A voice that speaks as the schedule says; its samples say which speech they are of. */
export class Voice extends ScriptedTTSService {
  readonly #world: World;
  readonly #next: { voice: ScriptedVoice };

  constructor(world: World) {
    const next: { voice: ScriptedVoice } = { voice: {} };
    super({ voice: () => next.voice, stallTimeoutMs: STALL_MS.tts });
    this.#world = world;
    this.#next = next;
  }

  protected override async *synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    const speech = this.#world.speaks(request);
    this.#next.voice = voiceOf(speech.plan, speech.lastsMs);
    for await (const event of super.synthesize(request)) {
      if (event.type === "audio") event.audio.fill(speech.number);
      yield event;
    }
  }
}

function voiceOf(plan: VoicePlan, lastsMs: number): ScriptedVoice {
  const { characterMs, firstAudioMs, pauseMs, knowsWords: words, deaf, trouble } = plan;
  if (trouble === "says nothing") return { events: [] };
  const afterMs = trouble === "fails late" ? lastsMs / 2 : 0;
  return {
    characterMs,
    chunkMs: PIECE_MS,
    firstAudioMs,
    pauseMs,
    words,
    deaf,
    ...trouble.startsWith("fails") && { failure: { error: new Error(PLANNED), afterMs } },
    stalls: trouble === "stalls",
  };
}

/** The tools: one that an interruption cancels, and one that it does not. */
export function makeTools(world: World): FunctionSchema[] {
  return (["look", "draw"] as const).map((name) =>
    defineTool({
      name,
      description: "",
      cancelOnInterruption: name === "draw",
      timeoutSecs: STALL_MS.tool / 1000,
      handler: (params) => work(world, params),
    })
  );
}

async function work(world: World, params: FunctionCallParams): Promise<unknown> {
  const call = world.calls.get(params.toolCallId);
  if (!call) throw new Error(`Cannot work: nobody asked for "${params.toolCallId}"`);
  const { plan, value } = call;
  call.begun.push(world.clock.now());
  if (call.begun.length > 1) world.broken("a tool is called once", call.id);
  if (plan.fate === "hangs") await hang(plan, params.signal);
  if (plan.fate === "reports") params.resultCallback(`news-of-${call.id}-`, { isFinal: false });
  if (plan.fate === "hurries") {
    call.givenAt = world.clock.now();
    params.resultCallback(value);
  }
  if (plan.heeds) await params.clock.sleep(plan.takesMs, { signal: params.signal });
  else await world.sleep(plan.takesMs);
  if (plan.fate === "throws") throw new Error(PLANNED);
  if (plan.fate === "speaks") await params.push(new TTSSpeakFrame(world.text(4, "bot")));
  if (plan.fate === "keeps") await params.push(new Keep("tool"));
  call.givenAt ??= world.clock.now();
  return plan.fate === "hurries" ? "too late" : value;
}

function hang(plan: CallPlan, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (plan.heeds) signal.addEventListener("abort", () => reject(signal.reason));
  });
}
