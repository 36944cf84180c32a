/**
 * Asks for the microphone before a session begins, so that a refusal is known
 * by its reason and the session can begin without one.
 *
 * @module
 */

/** Why there is no microphone. */
export type NoMicrophone =
  | "refused"
  | "absent"
  | "busy"
  | "insecure"
  | "failed"
  /** It is there and open, but nothing comes. */
  | "silent"
  | "skipped";

/** What asking for the microphone came to. */
export type MicrophoneAnswer =
  | {
    readonly ok: true;
    /** The rate at which this browser can record. */
    readonly sampleRate: number;
    /** Lets go of the microphone once the recorder has it. */
    readonly release: () => void;
  }
  | { readonly ok: false; readonly reason: NoMicrophone };

/** The rate that speech recognisers want. */
export const SPEECH_RATE = 16_000;

/** What the page says when there is no microphone. */
export const NO_MICROPHONE: Readonly<Record<NoMicrophone, string>> = {
  refused:
    "The browser refuses this page the microphone. Allow it in the address bar, then try again. Meanwhile you can type.",
  absent: "No microphone was found. You can type; the bot still speaks.",
  busy: "Another program holds the microphone. Close it, then try again. Meanwhile you can type.",
  insecure:
    "Browsers give the microphone only to localhost and https pages. On this address you can type.",
  failed: "The microphone could not be opened. You can type.",
  silent:
    "Not a sound comes from it. Is it muted, or is another one meant? The browser lets you choose.",
  skipped: "The microphone is off. You can type.",
};

/**
 * Asks for the microphone; the browser may ask the user.
 *
 * The answer `skipped` comes as soon as the signal is aborted, also while the
 * browser's question is still open.
 */
export function askForMicrophone(
  signal: AbortSignal,
): Promise<MicrophoneAnswer> {
  return new Promise((resolve) => {
    const skip = () => resolve({ ok: false, reason: "skipped" });
    signal.addEventListener("abort", skip, { once: true });
    ask().then((answer) => {
      signal.removeEventListener("abort", skip);
      if (signal.aborted && answer.ok) answer.release();
      resolve(answer);
    });
  });
}

async function ask(): Promise<MicrophoneAnswer> {
  if (!globalThis.isSecureContext || !navigator.mediaDevices?.getUserMedia) {
    return { ok: false, reason: "insecure" };
  }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const sampleRate = await recordingRate(stream);
    const release = () => stream.getTracks().forEach((track) => track.stop());
    return { ok: true, sampleRate, release };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): NoMicrophone {
  const name = error instanceof DOMException ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "absent";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}

/**
 * Tells at which rate the browser can record.
 *
 * Not every Firefox can read a microphone at another rate than the
 * microphone's own; the server resamples what comes from there.
 */
async function recordingRate(stream: MediaStream): Promise<number> {
  const wanted = new AudioContext({ sampleRate: SPEECH_RATE });
  try {
    wanted.createMediaStreamSource(stream);
    return SPEECH_RATE;
  } catch {
    // The browser's way to say that it can't resample.
    const own = new AudioContext();
    const rate = own.sampleRate;
    await own.close();
    return rate;
  } finally {
    await wanted.close();
  }
}

/** Calls back when the user allows the microphone after all. */
export async function onMicrophoneAllowed(
  callback: () => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const status = await navigator.permissions.query({ name: "microphone" });
    status.addEventListener("change", () => {
      if (status.state === "granted") callback();
    }, { signal });
  } catch {
    // Not every browser can be asked; there is the button.
  }
}
