import { type LLMContext, LLMContextFrame } from "../../context/mod.ts";
import { bot } from "../../examples/assistant.ts";
import { BaseObserver, type FramePushed } from "../../observers/mod.ts";
import { type Call, callBot, VirtualClock } from "../../testing/mod.ts";

/** Finds the conversation's context. */
export class ContextWatcher extends BaseObserver {
  context: LLMContext | undefined;

  override onPushFrame({ frame }: FramePushed): void {
    if (frame instanceof LLMContextFrame) this.context = frame.context;
  }
}

/** What the default bot says first. */
export const GREETING = "Hello! I am Parley. Ask me the time, a sum, or for a story.";

/** A call to the default bot with its embedded set, on a virtual clock, in which it has greeted. */
export async function greeted(clock: VirtualClock = new VirtualClock()): Promise<Call> {
  const call = await callBot((session) => bot(session), { clock, flags: { embedded: true } });
  await call.hears(GREETING);
  return call;
}

/** Types a text and gives what the bot says to it, once it was heard. */
export async function ask(call: Call, text: string): Promise<string> {
  await call.types(text);
  return await call.hears(/[^]*/, { limitMs: 120_000 });
}
