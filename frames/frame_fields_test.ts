import { assertEquals, assertThrows } from "@std/assert";
import * as room from "./mod.ts";
import { Frame, KeypadEntry } from "./mod.ts";

/** A frame, and what its fields hold beside those that every frame has. */
type Row = readonly [frame: Frame, ...parts: Record<string, unknown>[]];

const AUDIO = new Int16Array(4);
const MONO = { audio: AUDIO, sampleRate: 8000, numChannels: 1 };
const STEREO = { sampleRate: 8000, numChannels: 2 };
const PIXELS = new Uint8Array(12);
const SIZE = [2, 2] as const;
const PLAIN = { image: PIXELS, size: SIZE, format: undefined };
const TEXT = {
  text: "Hi",
  skipTts: false,
  includesInterFrameSpaces: false,
  appendToContext: true,
};
const TEXT_GIVEN = { skipTts: true, includesInterFrameSpaces: true, appendToContext: false };
const HEARD = { userId: "", timestamp: "", language: undefined };
const HEARD_GIVEN = { userId: "ada", timestamp: "2026-01-01T12:00:00.000Z", language: "de" };
const SEGMENT = { contextId: undefined, rawText: "Hi", willBeSpoken: false, segmentId: undefined };
const SEGMENT_GIVEN = { contextId: "1", rawText: "*Hi*", willBeSpoken: true, segmentId: 3 };
const SPAN = { id: 3, text: "Hi there", start: 0, end: 2 };
const CALL = { functionName: "now", toolCallId: "1" };
const CALL_WITH = { ...CALL, arguments: { zone: "UTC" } };
const SERVICE = { name: "TTSService#1" };
const UPDATE = { delta: { voice: "alloy" }, service: undefined, reachInactiveServices: false };
const UPDATE_GIVEN = { ...UPDATE, service: SERVICE, reachInactiveServices: true };
const ERROR = { fatal: false, processor: undefined, exception: undefined, category: undefined };
const ERROR_GIVEN = { processor: SERVICE, exception: "closed", category: "auth" };
const VAD = { confidence: 0.5, startSecs: 0.1, stopSecs: 0.4, minVolume: 0.2 };
const SUMMARY = { requestId: "1", summary: "", lastSummarizedIndex: 8 };
const REQUEST = new room.UserImageRequestFrame("ada");
const SPRITE = [new room.OutputImageRawFrame(PIXELS, { size: SIZE })];
const callback = () => {};

/** The fields that every frame has, beside its id, before anybody sets them. */
const UNSET = {
  pts: undefined,
  broadcastSiblingId: undefined,
  transportSource: undefined,
  transportDestination: undefined,
};

/** Every frame that can be made, told nothing but what it must be told. */
const DEFAULTS: Row[] = [
  [new room.AggregatedTextFrame("Hi"), TEXT, SEGMENT, { aggregatedBy: "sentence" }],
  [new room.AssistantImageRawFrame(PIXELS, { size: SIZE }), PLAIN, {
    syncWithAudio: false,
    originalData: undefined,
    originalMimeType: undefined,
  }],
  [new room.BotConnectedFrame()],
  [new room.BotSpeakingFrame()],
  [new room.BotStartedSpeakingFrame()],
  [new room.BotStoppedSpeakingFrame()],
  [new room.CancelFrame(), { reason: undefined }],
  [new room.CancelTaskFrame(), { reason: undefined }],
  [new room.ClientConnectedFrame()],
  [new room.EndFrame(), { reason: undefined }],
  [new room.EndTaskFrame(), { reason: undefined }],
  [new room.ErrorFrame("Gone"), ERROR, { error: "Gone" }],
  [new room.FatalErrorFrame("Gone"), ERROR, { error: "Gone", fatal: true }],
  [new room.FilterEnableFrame(true), { enable: true }],
  [new room.FilterUpdateSettingsFrame({ level: 1 }), { settings: { level: 1 } }],
  [new room.FrameProcessorPauseFrame(SERVICE), { processor: SERVICE }],
  [new room.FrameProcessorPauseUrgentFrame(SERVICE), { processor: SERVICE }],
  [new room.FrameProcessorResumeFrame(SERVICE), { processor: SERVICE }],
  [new room.FrameProcessorResumeUrgentFrame(SERVICE), { processor: SERVICE }],
  [new room.FunctionCallCancelFrame(CALL), CALL, { runLlm: false }],
  [new room.FunctionCallInProgressFrame(CALL_WITH), CALL_WITH, {
    cancelOnInterruption: false,
    groupId: undefined,
  }],
  [new room.FunctionCallResultFrame({ ...CALL_WITH, result: "12:00" }), CALL_WITH, {
    result: "12:00",
    runLlm: undefined,
    properties: undefined,
  }],
  [new room.FunctionCallsStartedFrame([CALL_WITH]), { functionCalls: [CALL_WITH] }],
  [new room.HeardTextFrame("Hi"), TEXT, SEGMENT, {
    aggregatedBy: "word",
    endMs: undefined,
    span: undefined,
  }],
  [new room.HeartbeatFrame(5), { timestamp: 5 }],
  [new room.InputAudioRawFrame(AUDIO, { sampleRate: 8000 }), MONO],
  [new room.InputDTMFFrame(KeypadEntry.NINE), { button: "9" }],
  [new room.InputImageRawFrame(PIXELS, { size: SIZE }), PLAIN],
  [new room.InputTextRawFrame("Hi"), TEXT],
  [new room.InputTransportMessageFrame({ a: 1 }), { message: { a: 1 } }],
  [new room.InterimTranscriptionFrame("Hi"), TEXT, HEARD, { result: undefined }],
  [new room.InterruptionFrame()],
  [new room.InterruptionTaskFrame()],
  [new room.LLMAssistantPushAggregationFrame()],
  [new room.LLMConfigureOutputFrame(true), { skipTts: true }],
  [new room.LLMEnablePromptCachingFrame(true), { enable: true }],
  [new room.LLMContextSummaryResultFrame(SUMMARY), SUMMARY, { error: undefined }],
  [new room.LLMFullResponseEndFrame(), { skipTts: false }],
  [new room.LLMFullResponseStartFrame(), { skipTts: false }],
  [new room.LLMRunFrame()],
  [new room.LLMSummarizeContextFrame(), { config: undefined }],
  [new room.LLMTextFrame("Hi"), TEXT, { includesInterFrameSpaces: true }],
  [new room.LLMThoughtEndFrame(), { signature: undefined }],
  [new room.LLMThoughtStartFrame(), { appendToContext: false, llm: undefined }],
  [new room.LLMThoughtTextFrame("Hm"), { text: "Hm", includesInterFrameSpaces: true }],
  [new room.LLMUpdateSettingsFrame({ delta: UPDATE.delta }), UPDATE],
  [new room.ManuallySwitchServiceFrame(SERVICE), { service: SERVICE }],
  [new room.MetricsFrame([]), { data: [] }],
  [new room.MixerEnableFrame(true), { enable: true }],
  [new room.MixerUpdateSettingsFrame({ volume: 1 }), { settings: { volume: 1 } }],
  [new room.OutputAudioRawFrame(AUDIO, { sampleRate: 8000 }), MONO],
  [new room.OutputDTMFFrame("1"), { button: "1", buttons: ["1"] }],
  [new room.OutputDTMFUrgentFrame("*"), { button: "*", buttons: ["*"] }],
  [new room.OutputImageRawFrame(PIXELS, { size: SIZE }), PLAIN, { syncWithAudio: false }],
  [new room.OutputTransportMessageFrame({ a: 1 }), { message: { a: 1 } }],
  [new room.OutputTransportMessageUrgentFrame({ a: 1 }), { message: { a: 1 } }],
  [new room.OutputTransportReadyFrame()],
  [new room.STTMuteFrame(true), { mute: true }],
  [new room.STTUpdateSettingsFrame({ delta: UPDATE.delta }), UPDATE],
  [new room.ServiceMetadataFrame("A#1"), { serviceName: "A#1", userTurnStrategies: undefined }],
  [new room.ServiceSwitcherRequestMetadataFrame(SERVICE), { service: SERVICE }],
  [new room.SpeechControlParamsFrame(), { vadParams: undefined, turnParams: undefined }],
  [new room.SpeechOutputAudioRawFrame(AUDIO, { sampleRate: 8000 }), MONO],
  [new room.SpriteFrame(SPRITE), { images: SPRITE }],
  [new room.StartFrame(), {
    audioInSampleRate: 16_000,
    audioOutSampleRate: 24_000,
    enableMetrics: false,
    enableTracing: false,
    enableUsageMetrics: false,
    reportOnlyInitialTtfb: false,
  }],
  [new room.StopFrame()],
  [new room.StopTaskFrame()],
  [new room.TTSAudioRawFrame(AUDIO, { sampleRate: 8000 }), MONO, { contextId: undefined }],
  [new room.TTSSpeakFrame("Hi"), { text: "Hi", appendToContext: true }],
  [new room.TTSStartedFrame(), { contextId: undefined, appendToContext: true }],
  [new room.TTSStoppedFrame(), { contextId: undefined }],
  [new room.TTSTextFrame("Hi"), TEXT, SEGMENT, {
    aggregatedBy: "word",
    endMs: undefined,
    span: undefined,
  }],
  [new room.TTSUpdateSettingsFrame({ delta: UPDATE.delta }), UPDATE],
  [new room.TaskFrame()],
  [new room.TaskSystemFrame()],
  [new room.TextFrame("Hi"), TEXT],
  [new room.TranscriptionFrame("Hi"), TEXT, HEARD, { result: undefined, finalized: false }],
  [new room.TranslationFrame("Hi"), TEXT, HEARD],
  [new room.URLImageRawFrame(PIXELS, { size: SIZE }), PLAIN, {
    syncWithAudio: false,
    url: undefined,
  }],
  [new room.UserAudioRawFrame(AUDIO, { sampleRate: 8000 }), MONO, { userId: "" }],
  [new room.UserImageRawFrame(PIXELS, { size: SIZE }), PLAIN, {
    userId: "",
    text: undefined,
    appendToContext: undefined,
    request: undefined,
  }],
  [REQUEST, {
    userId: "ada",
    text: undefined,
    appendToContext: undefined,
    videoSource: undefined,
    functionName: undefined,
    toolCallId: undefined,
    resultCallback: undefined,
  }],
  [new room.UserMuteStartedFrame()],
  [new room.UserMuteStoppedFrame()],
  [new room.UserSpeakingFrame()],
  [new room.UserStartedSpeakingFrame()],
  [new room.UserStoppedSpeakingFrame()],
  [new room.VADParamsUpdateFrame(VAD), { params: VAD }],
  [new room.VADUserStartedSpeakingFrame(), { startSecs: 0, timestamp: 0 }],
  [new room.VADUserStoppedSpeakingFrame(), { stopSecs: 0, timestamp: 0 }],
  [new room.VisionFullResponseEndFrame(), { skipTts: false }],
  [new room.VisionFullResponseStartFrame(), { skipTts: false }],
  [new room.VisionTextFrame("Hi"), TEXT, { includesInterFrameSpaces: true }],
];

/** Classes that are only there to be extended. */
const ABSTRACT = [
  "ControlFrame",
  "DataFrame",
  "FilterControlFrame",
  "Frame",
  "MixerControlFrame",
  "ServiceSwitcherFrame",
  "ServiceUpdateSettingsFrame",
  "SystemFrame",
];

/** Every frame with options, told everything. */
function makeGiven(): Row[] {
  const transcription = { ...HEARD_GIVEN, result: { id: 1 } };
  const spoken = { ...TEXT_GIVEN, ...SEGMENT_GIVEN, aggregatedBy: "word", endMs: 9, span: SPAN };
  const progress = { ...CALL_WITH, cancelOnInterruption: true, groupId: "g" };
  const result = { ...CALL_WITH, result: 1, runLlm: true, properties: { isFinal: false } };
  const cancel = { ...CALL, runLlm: true };
  const request = {
    text: "What is it?",
    appendToContext: true,
    videoSource: "camera",
    functionName: "look",
    toolCallId: "1",
    resultCallback: callback,
  };
  const image = { size: SIZE, format: "RGB" };
  const shown = { ...image, syncWithAudio: true };
  const made = { ...shown, originalData: PIXELS, originalMimeType: "image/png" };
  const users = { ...image, userId: "ada", text: "What?", appendToContext: true, request: REQUEST };
  const start = {
    audioInSampleRate: 8000,
    audioOutSampleRate: 8000,
    enableMetrics: true,
    enableTracing: true,
    enableUsageMetrics: true,
    reportOnlyInitialTtfb: true,
  };
  const strategies = { userTurnStrategies: { start: [{}], stop: [] } };
  const failed = { ...SUMMARY, error: "It took too long" };
  const skip = { skipTts: true };
  const thought = { appendToContext: true, llm: "anthropic" };
  const speechParams = { vadParams: VAD, turnParams: { stopSecs: 3 } };
  const [started, stopped] = [{ startSecs: 0.2, timestamp: 7 }, { stopSecs: 0.8, timestamp: 7 }];
  const tts = { contextId: "1", appendToContext: false };
  return [
    [new room.AggregatedTextFrame("Hi", spoken), { text: "Hi" }, TEXT_GIVEN, SEGMENT_GIVEN, {
      aggregatedBy: "word",
    }],
    [new room.TTSTextFrame("Hi", spoken), { text: "Hi" }, spoken],
    [new room.TextFrame("Hi", TEXT_GIVEN), { text: "Hi" }, TEXT_GIVEN],
    [new room.InputTextRawFrame("Hi", TEXT_GIVEN), { text: "Hi" }, TEXT_GIVEN],
    [new room.LLMTextFrame("Hi", { includesInterFrameSpaces: false }), TEXT],
    [
      new room.TranscriptionFrame("Hi", { ...transcription, finalized: true }),
      TEXT,
      transcription,
      { finalized: true },
    ],
    [new room.InterimTranscriptionFrame("Hi", transcription), TEXT, transcription],
    [new room.TranslationFrame("Hi", HEARD_GIVEN), TEXT, HEARD_GIVEN],
    [new room.InputAudioRawFrame(AUDIO, STEREO), { audio: AUDIO }, STEREO],
    [new room.OutputAudioRawFrame(AUDIO, STEREO), { audio: AUDIO }, STEREO],
    [new room.SpeechOutputAudioRawFrame(AUDIO, STEREO), { audio: AUDIO }, STEREO],
    [new room.TTSAudioRawFrame(AUDIO, { ...STEREO, contextId: "1" }), { audio: AUDIO }, STEREO, {
      contextId: "1",
    }],
    [new room.UserAudioRawFrame(AUDIO, { ...STEREO, userId: "ada" }), { audio: AUDIO }, STEREO, {
      userId: "ada",
    }],
    [new room.InputImageRawFrame(PIXELS, image), { image: PIXELS }, image],
    [new room.OutputImageRawFrame(PIXELS, shown), { image: PIXELS }, shown],
    [new room.URLImageRawFrame(PIXELS, { ...shown, url: "https://a" }), { image: PIXELS }, shown, {
      url: "https://a",
    }],
    [new room.AssistantImageRawFrame(PIXELS, made), { image: PIXELS }, made],
    [new room.UserImageRawFrame(PIXELS, users), { image: PIXELS }, users],
    [new room.UserImageRequestFrame("ada", request), { userId: "ada" }, request],
    [new room.OutputDTMFFrame(["4", "2"]), { button: undefined, buttons: ["4", "2"] }],
    [new room.OutputDTMFUrgentFrame(["4", "2"]), { button: undefined, buttons: ["4", "2"] }],
    [new room.ErrorFrame("Gone", { ...ERROR_GIVEN, fatal: true }), { error: "Gone" }, ERROR_GIVEN, {
      fatal: true,
    }],
    [new room.FatalErrorFrame("Gone", ERROR_GIVEN), { error: "Gone" }, ERROR_GIVEN, {
      fatal: true,
    }],
    [new room.CancelFrame("bored"), { reason: "bored" }],
    [new room.CancelTaskFrame("bored"), { reason: "bored" }],
    [new room.EndFrame("done"), { reason: "done" }],
    [new room.EndTaskFrame("done"), { reason: "done" }],
    [new room.StartFrame(start), start],
    [new room.FunctionCallInProgressFrame(progress), progress],
    [new room.FunctionCallResultFrame(result), result],
    [new room.FunctionCallCancelFrame(cancel), cancel],
    [new room.LLMFullResponseStartFrame(skip), skip],
    [new room.LLMFullResponseEndFrame(skip), skip],
    [new room.VisionFullResponseStartFrame(skip), skip],
    [new room.VisionFullResponseEndFrame(skip), skip],
    [new room.LLMContextSummaryResultFrame(failed), failed],
    [new room.LLMSummarizeContextFrame({ targetContextTokens: 9 }), {
      config: { targetContextTokens: 9 },
    }],
    [new room.LLMThoughtStartFrame(thought), thought],
    [new room.LLMThoughtTextFrame("Hm", { includesInterFrameSpaces: false }), {
      text: "Hm",
      includesInterFrameSpaces: false,
    }],
    [new room.LLMThoughtEndFrame("sig"), { signature: "sig" }],
    [new room.LLMUpdateSettingsFrame(UPDATE_GIVEN), UPDATE_GIVEN],
    [new room.ServiceMetadataFrame("A#1", strategies), { serviceName: "A#1" }, strategies],
    [new room.SpeechControlParamsFrame(speechParams), speechParams],
    [new room.TTSSpeakFrame("Hi", { appendToContext: false }), {
      text: "Hi",
      appendToContext: false,
    }],
    [new room.TTSStartedFrame(tts), tts],
    [new room.TTSStoppedFrame({ contextId: "1" }), { contextId: "1" }],
    [new room.VADUserStartedSpeakingFrame(started), started],
    [new room.VADUserStoppedSpeakingFrame(stopped), stopped],
  ];
}

Deno.test("every frame holds its defaults", () => {
  for (const row of DEFAULTS) checkRow(row);
});

Deno.test("every frame that can be made is in the table of defaults", () => {
  const made = DEFAULTS.map(([frame]) => frame.constructor.name);
  const classes = Object.entries<unknown>(room).filter(([, value]) =>
    typeof value === "function" && (value === Frame || value.prototype instanceof Frame)
  );
  assertEquals([...made, ...ABSTRACT].sort(), classes.map(([name]) => name).sort());
});

Deno.test("every frame holds what it is given", () => {
  for (const row of makeGiven()) checkRow(row);
});

Deno.test("LLMThoughtStartFrame refuses a thought for the context without its model", () => {
  assertThrows(
    () => new room.LLMThoughtStartFrame({ appendToContext: true }),
    TypeError,
    'Cannot append a thought to the context without a model: pass "llm"',
  );
});

Deno.test("the keys of a telephone have their documented names", () => {
  const digits = ["ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"];
  const named = Object.fromEntries(digits.map((name, digit) => [name, `${digit}`]));
  assertEquals({ ...KeypadEntry }, { ...named, POUND: "#", STAR: "*" });
});

Deno.test("isKeypadEntry takes a single key and nothing else", () => {
  const outside = ["0", "9", "#", "*", "", "10", "A", 1, null, undefined];
  assertEquals(outside.filter(room.isKeypadEntry), ["0", "9", "#", "*"]);
});

Deno.test("OutputDTMFFrame keeps its keys when the list it was given changes", () => {
  const keys: KeypadEntry[] = ["1", "2"];
  const frames = [new room.OutputDTMFFrame(keys), new room.OutputDTMFUrgentFrame(keys)];
  keys.pop();
  assertEquals(frames.map(({ buttons }) => buttons), [["1", "2"], ["1", "2"]]);
});

/** Compares a frame with its row: exactly these fields, with these values, and new as to the rest. */
function checkRow([frame, ...parts]: Row): void {
  const { id: _id, ...fields } = { ...frame };
  const { name } = frame.constructor;
  assertEquals(fields, Object.assign({}, UNSET, ...parts), name);
}
