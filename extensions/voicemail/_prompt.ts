/** How the model must answer, whatever else it is told. */
export const RESPONSE_INSTRUCTION =
  'Answer with exactly one word and nothing else: "CONVERSATION" if a person has answered the ' +
  'call, or "VOICEMAIL" if a machine has.';

/** What the model is told by default. */
export const SYSTEM_PROMPT = [
  "A phone call was placed, and somebody or something has picked up. You are given a transcript " +
  "of what has been said at the other end so far. Decide who it is: a person, or a machine that " +
  "takes messages. The transcript comes from speech recognition, so words may be missing or wrong.",
  "A person greets briefly and waits, gives a name, or asks something: " +
  '"Hello?", "Yes?", "This is Maria.", "Who is this, please?", "Baker and Sons, how can I help?"',
  "A machine says that nobody can come to the phone, asks for a message or for the number to " +
  "call back, mentions a tone, a beep, a mailbox or opening hours, or says that the number " +
  'cannot be reached: "You have reached the mailbox of …", "Please speak after the tone.", ' +
  '"We are closed right now."',
  "If only a short greeting has been said yet, it is a person.",
  RESPONSE_INSTRUCTION,
].join("\n\n");

/** Who answered the call, as far as the model says. */
export type Verdict = "conversation" | "voicemail";

/** Reads the model's answer; nothing where it names neither, or both. */
export function verdictOf(answer: string): Verdict | undefined {
  const conversation = /\bconversation\b/i.test(answer);
  const voicemail = /\bvoicemail\b/i.test(answer);
  if (conversation === voicemail) return undefined;
  return conversation ? "conversation" : "voicemail";
}
