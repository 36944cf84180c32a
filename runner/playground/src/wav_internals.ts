/**
 * Tidying up behind the published `WavMediaManager`.
 *
 * Version 1.7.1 of the transport never closes its audio contexts, goes on
 * listening for devices after a session, and keeps every recorded sample
 * until its end, which may take longer than its own time limit. It offers no
 * way to change that, so its members are looked up by name; where one is
 * missing, nothing is done.
 *
 * @module
 */
import { type Fields, isFields } from "./narrow.ts";

/** Stops recording and playing, and lets go of the devices. */
export async function releaseWavManager(manager: object): Promise<void> {
  const recorder = member(manager, "_wavRecorder");
  const player = member(manager, "_wavStreamPlayer");
  if (recorder !== undefined) {
    call(recorder, "listenForDeviceChange", null);
    const stream = recorder.stream;
    if (stream instanceof MediaStream) {
      stream.getTracks().forEach((track) => track.stop());
    }
    const analyser = recorder.analyser;
    if (analyser instanceof AnalyserNode) await close(analyser.context);
  }
  await close(player?.context);
}

/** Lets the recorder forget what it has sent, and record on. */
export function trimWavRecorder(manager: object): void {
  const recorder = member(manager, "_wavRecorder");
  const processor = recorder?.processor;
  if (recorder?.recording !== true) return;
  if (!(processor instanceof AudioWorkletNode)) return;
  processor.port.postMessage({ event: "clear", id: -1 });
  processor.port.postMessage({ event: "start", id: -2 });
}

function member(owner: object, name: string): Fields | undefined {
  const value: unknown = Reflect.get(owner, name);
  return isFields(value) ? value : undefined;
}

function call(owner: Fields, name: string, argument: unknown): void {
  const method = owner[name];
  if (typeof method === "function") Reflect.apply(method, owner, [argument]);
}

async function close(context: unknown): Promise<void> {
  if (context instanceof AudioContext && context.state !== "closed") {
    await context.close();
  }
}
