import type { Fault } from "../core/_faults.ts";

/** A fault that the fuzz catches, and the checks that do; any one of them. */
export interface LivenessFault extends Fault {
  readonly caughtBy: readonly string[];
}

/** Faults that would hurt users most. */
export const FAULTS: readonly LivenessFault[] = [
  {
    name: "a timer left running: who waits for a provider does not take its alarm back",
    file: "services/wire/stall_guard.ts",
    find: "    return promise.finally(() => {\n      this.#timer?.cancel();\n",
    put: "    return promise.finally(() => {\n",
    caughtBy: ["nothing is left running"],
  },
  {
    name: "a frame that leaves a parallel pipeline twice",
    file: "pipeline/_gather.ts",
    find: "    if (this.#seen.has(frame)) return;\n",
    put: "",
    caughtBy: ["no frame is doubled"],
  },
  {
    name: "words committed that were never played: an interruption counts all that was written",
    file: "transports/base/_playout.ts",
    find: "    this.#passHeardPart(now);\n",
    put: "    this.#passHeardPart(now);\n    this.#passage.hear(this.#writer.written + 4_000);\n",
    caughtBy: ["heard is truth"],
  },
  {
    name: "an end lost in a full branch",
    file: "pipeline/_gather.ts",
    find: "      const room = engine.arrive(frame, direction, epoch);\n",
    put: "      if (engine.lanes.inbox.data.length >= 16 && frame.kind !== 'system') continue;\n" +
      "      const room = engine.arrive(frame, direction, epoch);\n",
    caughtBy: ["nobody hangs", "the session ends in time"],
  },
  {
    name: "an interruption that does not fence the voice",
    file: "services/tts/tts_service.ts",
    find: "      scope: this.scope(),\n",
    put: "      scope: this.scope({ uninterruptible: true }),\n",
    caughtBy: ["stale audio"],
  },
  {
    name: "an interruption that drops what may not be dropped",
    file: "processors/_inbox.ts",
    find: "this.data.retain((entry) => entry.frame.uninterruptible || entry.epoch >= epoch)",
    put: "this.data.retain((entry) => entry.epoch >= epoch)",
    caughtBy: ["no uninterruptible frame is lost"],
  },
  {
    name: "a tool's result that is lost when the conversation has gone on",
    file: "turns/_function_calls.ts",
    find: "      this.#tell(aboutCall(call.id, { ...FINAL, result: jsonOf(result) }));\n",
    put: "",
    caughtBy: ["a tool's result is told", "a tool call ends once"],
  },
  {
    name: "a tool call that is told of twice: once from each side",
    file: "turns/_function_calls.ts",
    find: "    if (this.#handled(frame)) return;\n",
    put: "",
    caughtBy: ["a tool call ends once"],
  },
  {
    name: "a switcher that loses the request with which a model failed",
    file: "pipeline/_switch_memory.ts",
    find: "      again: [...inWork && !lost ? [inWork] : [], ...waiting],\n",
    put: "      again: [...waiting],\n",
    caughtBy: ["nobody waits for an answer"],
  },
  {
    name: "a user's turn that does not end with time",
    file: "turns/_user_turns.ts",
    find: '      this.feed({ type: "time" });\n',
    put: "",
    caughtBy: ["a user's turn ends in time"],
  },
  {
    name: "an answer that a noise has cut off, and that nobody asks for again",
    file: "turns/llm_user_aggregator.ts",
    find: "      this.#turns.answerAsked();\n      this.askModel();\n",
    put: "      this.#turns.answerAsked();\n",
    caughtBy: ["nobody waits for an answer"],
  },
  {
    name: "what goes up overtakes what was sent before a switch",
    file: "pipeline/_switch_door.ts",
    find: "(!this.#aside.empty || this.routes?.leaving !== undefined)",
    put: "false",
    caughtBy: ["frames keep their order"],
  },
  {
    name: "a tool call that told of its progress and stays in it when it is cancelled",
    file: "turns/_function_calls.ts",
    find: "      if (!call.lasting) this.#rewrite(call, aboutCall(call.id, RUNNING));\n",
    put: "",
    caughtBy: ["a tool call ends once"],
  },
  {
    name: "a turn that the end of the session leaves open",
    file: "turns/_user_turns.ts",
    find:
      "    for (const effect of this.#controller.end(this.#host.clock().now())) this.#apply(effect);\n",
    put: "",
    caughtBy: ["a user's turn ends once"],
  },
  {
    name: "a voicemail gate that stays shut without a verdict",
    file: "extensions/voicemail/_conversation_gate.ts",
    find: '      this.#decide(verdictOf(this.#classifier.text) ?? "unclear");\n',
    put: "      const verdict = verdictOf(this.#classifier.text);\n" +
      "      if (verdict) this.#decide(verdict);\n",
    caughtBy: ["an answer is heard", "everything comes to rest"],
  },
  {
    name: "audio that an interruption leaves in the output's queue",
    file: "transports/base/_chunk_writer.ts",
    find: "    this.#queue.clear();\n    this.#generation++;\n",
    put: "    this.#generation++;\n",
    caughtBy: ["stale audio"],
  },
  {
    name: "an utterance that never closes its scope",
    file: "services/tts/_utterance.ts",
    find: "    scope.close();\n",
    put: "",
    caughtBy: ["nothing piles up"],
  },
  {
    name: "tools that go on when the session is over",
    file: "services/llm/_function_calls.ts",
    find: "    this.#life.abort(reason);\n",
    put: "    void reason;\n",
    caughtBy: ["nothing is left running"],
  },
];
