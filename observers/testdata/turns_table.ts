import { LLMMessagesAppendFrame } from "../../context/mod.ts";
import {
  AggregatedTextFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  type Frame,
  FunctionCallCancelFrame,
  FunctionCallResultFrame,
  FunctionCallsStartedFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMRunFrame,
  LLMTextFrame,
  TranscriptionFrame,
  TTSAudioRawFrame,
  TTSSpeakFrame,
  TTSStartedFrame,
  TTSTextFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";

/** What happens when: the frames that are pushed, and `"out"` for those that leave the output. */
export type Script = readonly (readonly [at: number, frame: Frame, where?: "out"])[];

/** A user who speaks until 1000 ms, and whose turn ends at 1600 ms. */
export const SPEECH: () => Script = () => [
  [100, new VADUserStartedSpeakingFrame()],
  [101, new UserStartedSpeakingFrame()],
  [1200, new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 })],
  [1350, new TranscriptionFrame("What time is it?")],
  [1600, new UserStoppedSpeakingFrame()],
];

export const ANSWER: () => Script = () => [
  [1610, new LLMFullResponseStartFrame()],
  [1900, new LLMTextFrame("It is ")],
  [1950, new LLMTextFrame("noon.")],
  [1960, new LLMFullResponseEndFrame()],
  [2300, new BotStartedSpeakingFrame()],
  [3300, new BotStoppedSpeakingFrame()],
];

export const MEASURED = {
  source: "speech",
  userText: "What time is it?",
  vadStopMs: 200,
  transcriptMs: 350,
  turnEndMs: 600,
  firstTokenMs: 900,
  firstAudioMs: 1300,
  interrupted: false,
};

/** The frames of one response of the model. */
function response(at: number, ...texts: string[]): Script {
  return [
    [at, new LLMFullResponseStartFrame()],
    ...texts.map((text) => [at + 100, new LLMTextFrame(text)] as const),
    [at + 200, new LLMFullResponseEndFrame()],
  ];
}

const CALL = { functionName: "roll_dice", toolCallId: "1", arguments: {} };
/** What happens, and what is measured of it, without what is not known. */
export const CASES: Record<string, { script: Script; turns: Record<string, unknown>[] }> = {
  "speech: from the end of the voice": {
    script: [...SPEECH(), ...ANSWER()],
    turns: [MEASURED],
  },
  "the first sentence, and the first speech, each of its own utterance": {
    script: [
      ...SPEECH(),
      ...ANSWER().slice(0, 3),
      [1950, new TTSStartedFrame({ contextId: "a" })],
      [1951, new AggregatedTextFrame("It is noon.", { contextId: "a", willBeSpoken: true })],
      [2000, new TTSAudioRawFrame(new Int16Array(1), { sampleRate: 16_000, contextId: "old" })],
      [2100, new TTSAudioRawFrame(new Int16Array(1), { sampleRate: 16_000, contextId: "a" })],
      [2150, new TTSAudioRawFrame(new Int16Array(1), { sampleRate: 16_000, contextId: "a" })],
      [2160, new AggregatedTextFrame("Bye.", { contextId: "a", willBeSpoken: true })],
      ...ANSWER().slice(3),
    ],
    turns: [{ ...MEASURED, firstSentenceMs: 951, firstSpeechMs: 1100 }],
  },
  "what is spoken of an answer that was cut is not the first of it": {
    script: [
      ...SPEECH(),
      ...ANSWER().slice(0, 3),
      [1950, new TTSStartedFrame({ contextId: "a" })],
      [2000, new InterruptionFrame()],
      [2100, new TTSAudioRawFrame(new Int16Array(1), { sampleRate: 16_000, contextId: "a" })],
    ],
    turns: [{
      source: "speech",
      userText: "What time is it?",
      vadStopMs: 200,
      transcriptMs: 350,
      turnEndMs: 600,
      firstTokenMs: 900,
      interrupted: true,
    }],
  },
  "what is shown and not spoken is no sentence": {
    script: [
      ...SPEECH(),
      ...ANSWER().slice(0, 3),
      [1950, new TTSStartedFrame({ contextId: "a" })],
      [1951, new AggregatedTextFrame("(smiles)", { contextId: "a", willBeSpoken: false })],
      [1960, new TTSTextFrame("It ", { contextId: "a", willBeSpoken: true })],
      ...ANSWER().slice(3),
    ],
    turns: [MEASURED],
  },
  "a transcript that was there before the voice ended counts as zero": {
    script: [
      [100, new VADUserStartedSpeakingFrame()],
      [101, new UserStartedSpeakingFrame()],
      [700, new TranscriptionFrame("What time is it?")],
      [1200, new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 })],
      [1600, new UserStoppedSpeakingFrame()],
    ],
    turns: [{
      source: "speech",
      userText: "What time is it?",
      vadStopMs: 200,
      transcriptMs: 0,
      turnEndMs: 600,
      interrupted: false,
    }],
  },
  "several transcripts, with a pause between: the last voice and the last text count": {
    script: [
      [100, new VADUserStartedSpeakingFrame()],
      [101, new UserStartedSpeakingFrame()],
      [500, new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 })],
      [550, new TranscriptionFrame("Well,")],
      [700, new VADUserStartedSpeakingFrame()],
      [1200, new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 })],
      [1300, new TranscriptionFrame("what time is it?")],
      [1800, new UserStoppedSpeakingFrame()],
    ],
    turns: [{
      source: "speech",
      userText: "Well, what time is it?",
      vadStopMs: 200,
      transcriptMs: 300,
      turnEndMs: 800,
      interrupted: false,
    }],
  },
  "a turn that its transcript started, without a VAD": {
    script: [
      [1000, new TranscriptionFrame("Hello")],
      [1001, new UserStartedSpeakingFrame()],
      [1600, new UserStoppedSpeakingFrame()],
    ],
    turns: [{
      source: "speech",
      userText: "Hello",
      transcriptMs: 0,
      turnEndMs: 600,
      interrupted: false,
    }],
  },
  "a turn that ends while the voice goes on counts from its text": {
    script: [
      [100, new VADUserStartedSpeakingFrame()],
      [101, new UserStartedSpeakingFrame()],
      [500, new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 })],
      [600, new VADUserStartedSpeakingFrame()],
      [1000, new TranscriptionFrame("Hello")],
      [1600, new UserStoppedSpeakingFrame()],
    ],
    turns: [{
      source: "speech",
      userText: "Hello",
      transcriptMs: 0,
      turnEndMs: 600,
      interrupted: false,
    }],
  },
  "what was heard and made no turn is not part of the next": {
    script: [[50, new TranscriptionFrame("Mhm.")], ...SPEECH(), ...ANSWER()],
    turns: [MEASURED],
  },
  "a turn in which nothing was heard is none": {
    script: [
      [100, new VADUserStartedSpeakingFrame()],
      [101, new UserStartedSpeakingFrame()],
      [400, new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 })],
      [900, new UserStoppedSpeakingFrame()],
    ],
    turns: [],
  },
  "typed text": {
    script: [
      [1000, new InterruptionFrame()],
      [1000, new LLMMessagesAppendFrame([{ role: "user", content: "Hi" }], { runLlm: true })],
      ...response(1010, "Hello."),
      [1500, new BotStartedSpeakingFrame()],
    ],
    turns: [{
      source: "text",
      userText: "Hi",
      firstTokenMs: 110,
      firstAudioMs: 500,
      interrupted: false,
    }],
  },
  "typed text that the model does not answer at once is no turn": {
    script: [[1000, new LLMMessagesAppendFrame([{ role: "user", content: "Hi" }])]],
    turns: [],
  },
  "the application's own words to the model make a turn of the bot": {
    script: [
      [0, new LLMMessagesAppendFrame([{ role: "developer", content: "Greet." }], { runLlm: true })],
      ...response(10, "Hello."),
    ],
    turns: [{ source: "bot", userText: "", firstTokenMs: 110, interrupted: false }],
  },
  "a greeting by the model": {
    script: [[0, new LLMRunFrame()], ...response(20, "Hello."), [
      400,
      new BotStartedSpeakingFrame(),
    ]],
    turns: [{
      source: "bot",
      userText: "",
      firstTokenMs: 120,
      firstAudioMs: 400,
      interrupted: false,
    }],
  },
  "a timer that rings after an answer": {
    script: [
      ...SPEECH(),
      ...ANSWER(),
      [9000, new TTSSpeakFrame("Your tea is ready.")],
      [9200, new BotStartedSpeakingFrame()],
      [9900, new BotStoppedSpeakingFrame()],
    ],
    turns: [MEASURED, { source: "bot", userText: "", firstAudioMs: 200, interrupted: false }],
  },
  "a greeting in two pieces is one turn": {
    script: [
      [0, new TTSSpeakFrame("Hello.")],
      [1, new TTSSpeakFrame("How are you?")],
      [300, new BotStartedSpeakingFrame()],
    ],
    turns: [{ source: "bot", userText: "", firstAudioMs: 300, interrupted: false }],
  },
  "a turn that the model has nothing to say to stays unanswered": {
    script: [
      ...SPEECH(),
      ...response(1610),
      [5000, new TTSSpeakFrame("Your tea is ready.")],
      [5200, new BotStartedSpeakingFrame()],
    ],
    turns: [
      {
        source: "speech",
        userText: "What time is it?",
        vadStopMs: 200,
        transcriptMs: 350,
        turnEndMs: 600,
        interrupted: false,
      },
      { source: "bot", userText: "", firstAudioMs: 200, interrupted: false },
    ],
  },
  "a turn that nobody began to answer stays unanswered": {
    script: [
      ...SPEECH(),
      [30_000, new TTSSpeakFrame("Your tea is ready.")],
      [30_200, new BotStartedSpeakingFrame()],
    ],
    turns: [
      {
        source: "speech",
        userText: "What time is it?",
        vadStopMs: 200,
        transcriptMs: 350,
        turnEndMs: 600,
        interrupted: false,
      },
      { source: "bot", userText: "", firstAudioMs: 200, interrupted: false },
    ],
  },
  "an answer that stays unspoken does not wait for audio": {
    script: [
      [0, new LLMMessagesAppendFrame([{ role: "user", content: "Hi" }], { runLlm: true })],
      [10, new LLMFullResponseStartFrame({ skipTts: true })],
      [20, new LLMTextFrame("Hello.", { skipTts: true })],
      [30, new LLMFullResponseEndFrame({ skipTts: true })],
      [5000, new TTSSpeakFrame("Your tea is ready.")],
      [5200, new BotStartedSpeakingFrame()],
    ],
    turns: [
      { source: "text", userText: "Hi", firstTokenMs: 20, interrupted: false },
      { source: "bot", userText: "", firstAudioMs: 200, interrupted: false },
    ],
  },
  "a tool call before the answer": {
    script: [
      ...SPEECH(),
      [1610, new LLMFullResponseStartFrame()],
      [1700, new FunctionCallsStartedFrame([CALL])],
      [1701, new LLMFullResponseEndFrame()],
      [2100, new FunctionCallResultFrame({ ...CALL, result: 6 })],
      ...response(2110, "A six."),
      [2500, new BotStartedSpeakingFrame()],
    ],
    turns: [{ ...MEASURED, toolMs: 400, firstTokenMs: 1210, firstAudioMs: 1500 }],
  },
  "a tool call after the first words, with silence between": {
    script: [
      ...SPEECH(),
      ...ANSWER().slice(0, 2),
      [1950, new FunctionCallsStartedFrame([CALL])],
      [1960, new LLMFullResponseEndFrame()],
      ...ANSWER().slice(4),
      [5000, new FunctionCallResultFrame({ ...CALL, result: 6 })],
      ...response(5010, "A six."),
      [5500, new BotStartedSpeakingFrame()],
      [6500, new BotStoppedSpeakingFrame()],
      [7000, new InterruptionFrame()],
    ],
    turns: [{ ...MEASURED, toolMs: 3050 }],
  },
  "a call after which the model is not to run, behind one after which it is": {
    script: [
      ...SPEECH(),
      [1610, new LLMFullResponseStartFrame()],
      [1700, new FunctionCallsStartedFrame([CALL])],
      [1701, new LLMFullResponseEndFrame()],
      [1800, new FunctionCallResultFrame({ ...CALL, result: 6 })],
      [1810, new LLMFullResponseStartFrame()],
      [1820, new FunctionCallsStartedFrame([CALL])],
      [1830, new LLMFullResponseEndFrame()],
      [1840, new FunctionCallResultFrame({ ...CALL, result: 6, runLlm: false })],
      ...response(4000, "I am still here."),
    ],
    turns: [
      {
        source: "speech",
        userText: "What time is it?",
        vadStopMs: 200,
        transcriptMs: 350,
        turnEndMs: 600,
        toolMs: 120,
        interrupted: false,
      },
      { source: "bot", userText: "", firstTokenMs: 100, interrupted: false },
    ],
  },
  "an interruption of what follows a tool call, before it is heard": {
    script: [
      ...SPEECH(),
      ...ANSWER().slice(0, 2),
      [1950, new FunctionCallsStartedFrame([CALL])],
      [1960, new LLMFullResponseEndFrame()],
      ...ANSWER().slice(4),
      [5000, new FunctionCallResultFrame({ ...CALL, result: 6 })],
      ...response(5010, "A six."),
      [5300, new InterruptionFrame()],
    ],
    turns: [{ ...MEASURED, toolMs: 3050, interrupted: true }],
  },
  "a result that is not the last, and a call that is cancelled": {
    script: [
      ...SPEECH(),
      [1610, new LLMFullResponseStartFrame()],
      [1700, new FunctionCallsStartedFrame([CALL])],
      [1701, new LLMFullResponseEndFrame()],
      [1800, new FunctionCallResultFrame({ ...CALL, result: 1, properties: { isFinal: false } })],
      [2000, new FunctionCallCancelFrame(CALL)],
      ...response(4000, "I am still here."),
    ],
    turns: [
      {
        source: "speech",
        userText: "What time is it?",
        vadStopMs: 200,
        transcriptMs: 350,
        turnEndMs: 600,
        toolMs: 300,
        interrupted: false,
      },
      { source: "bot", userText: "", firstTokenMs: 100, interrupted: false },
    ],
  },
  "an interruption cuts the turn whose answer is heard, once": {
    script: [
      ...SPEECH(),
      ...ANSWER().slice(0, 5),
      [2800, new InterruptionFrame()],
      [2801, new BotStoppedSpeakingFrame()],
      [2900, new InterruptionFrame()],
    ],
    turns: [{ ...MEASURED, interrupted: true }],
  },
  "an interruption cuts an answer that is not heard yet": {
    script: [...SPEECH(), ...ANSWER().slice(0, 3), [2000, new InterruptionFrame()]],
    turns: [{
      source: "speech",
      userText: "What time is it?",
      vadStopMs: 200,
      transcriptMs: 350,
      turnEndMs: 600,
      firstTokenMs: 900,
      interrupted: true,
    }],
  },
  "an interruption of silence cuts nothing": {
    script: [...SPEECH(), ...ANSWER(), [4000, new InterruptionFrame()]],
    turns: [MEASURED],
  },
};
