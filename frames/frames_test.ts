import { assertEquals } from "@std/assert";
import * as room from "./mod.ts";
import { Frame, type FrameClass } from "./mod.ts";

/**
 * Every class of frames below its parent, so that a handler of the parent takes
 * it too. Behind the colon stands in what it travels unlike its parent.
 */
const TREE = `
Frame
  ControlFrame: control
    EndFrame: uninterruptible
    FilterControlFrame
      FilterEnableFrame
      FilterUpdateSettingsFrame
    FrameProcessorPauseFrame
    FunctionCallInProgressFrame: uninterruptible
    HeartbeatFrame
    LLMAssistantPushAggregationFrame
    LLMContextSummaryResultFrame: uninterruptible
    LLMFullResponseEndFrame
      VisionFullResponseEndFrame
    LLMFullResponseStartFrame
      VisionFullResponseStartFrame
    LLMSummarizeContextFrame
    LLMThoughtEndFrame
    LLMThoughtStartFrame
    MixerControlFrame
      MixerEnableFrame
      MixerUpdateSettingsFrame
    OutputTransportReadyFrame
    ServiceSwitcherFrame
      ManuallySwitchServiceFrame: uninterruptible
    ServiceSwitcherRequestMetadataFrame
    ServiceUpdateSettingsFrame: uninterruptible
      LLMUpdateSettingsFrame
      STTUpdateSettingsFrame
      TTSUpdateSettingsFrame
    StopFrame: uninterruptible
    TTSStartedFrame
    TTSStoppedFrame
    TaskFrame
      EndTaskFrame: uninterruptible
      StopTaskFrame: uninterruptible
    VADParamsUpdateFrame
  DataFrame: data
    FunctionCallResultFrame: uninterruptible
    LLMConfigureOutputFrame: uninterruptible
    LLMEnablePromptCachingFrame
    LLMRunFrame
    LLMThoughtTextFrame
    OutputAudioRawFrame
      SpeechOutputAudioRawFrame
      TTSAudioRawFrame
    OutputDTMFFrame
    OutputImageRawFrame
      AssistantImageRawFrame
      URLImageRawFrame
    OutputTransportMessageFrame
    SpriteFrame
    TTSSpeakFrame
    TextFrame
      AggregatedTextFrame
        TTSTextFrame
          HeardTextFrame: system
      InputTextRawFrame: system
      InterimTranscriptionFrame
      LLMTextFrame
        VisionTextFrame
      TranscriptionFrame: uninterruptible
      TranslationFrame
  SystemFrame: system
    BotConnectedFrame
    BotSpeakingFrame
    BotStartedSpeakingFrame
    BotStoppedSpeakingFrame
    CancelFrame: interrupts
    ClientConnectedFrame
    ErrorFrame
      FatalErrorFrame
    FrameProcessorPauseUrgentFrame
    FrameProcessorResumeFrame
    FrameProcessorResumeUrgentFrame
    FunctionCallCancelFrame
    FunctionCallsStartedFrame
    InputAudioRawFrame: live
      UserAudioRawFrame
    InputDTMFFrame
    InputImageRawFrame: live
      UserImageRawFrame
    InputTransportMessageFrame
    InterruptionFrame: interrupts
    MetricsFrame
    OutputDTMFUrgentFrame
    OutputTransportMessageUrgentFrame
    STTMuteFrame
    ServiceMetadataFrame
    SpeechControlParamsFrame
    StartFrame
    TaskSystemFrame
      CancelTaskFrame
      InterruptionTaskFrame
    UserImageRequestFrame
    UserMuteStartedFrame
    UserMuteStoppedFrame
    UserSpeakingFrame
    UserStartedSpeakingFrame
    UserStoppedSpeakingFrame
    VADUserStartedSpeakingFrame
    VADUserStoppedSpeakingFrame
`;

Deno.test("every frame has its parent, its kind and its flags", () => {
  const classes = Object.values<unknown>(room).filter(isFrameClass);
  const draw = (at: FrameClass, depth: number): string[] => {
    const children = classes.filter((child) => Object.getPrototypeOf(child) === at);
    children.sort((a, b) => a.name < b.name ? -1 : 1);
    const line = `${"  ".repeat(depth)}${at.name}${travelOf(at)}`;
    return [line, ...children.flatMap((child) => draw(child, depth + 1))];
  };
  const drawn = draw(Frame, 0);
  // A class whose parent the room does not export would not be drawn.
  assertEquals(drawn.length, classes.length);
  assertEquals(drawn, TREE.trim().split("\n"));
});

Deno.test("an image that somebody asked for is not one of a live stream", () => {
  const request = new room.UserImageRequestFrame("ada");
  const options = { size: [2, 2], format: "RGB" } as const;
  const [streamed, asked] = [undefined, request].map((request) =>
    new room.UserImageRawFrame(new Uint8Array(12), { ...options, request })
  );
  assertEquals([streamed?.live, asked?.live], [true, false]);
});

Deno.test("a frame travels as its class says, whatever it holds", () => {
  const made = [
    new room.InputTextRawFrame("Hello"),
    new room.TranscriptionFrame("Hello"),
    new room.EndTaskFrame(),
    new room.CancelFrame(),
    new room.UserAudioRawFrame(new Int16Array(2), { sampleRate: 8000 }),
  ];
  assertEquals(made.map((frame) => [frame.constructor.name, ...flagsOf(frame)]), [
    ["InputTextRawFrame", "system"],
    ["TranscriptionFrame", "data", "uninterruptible"],
    ["EndTaskFrame", "control", "uninterruptible"],
    ["CancelFrame", "system", "interrupts"],
    ["UserAudioRawFrame", "system", "live"],
  ]);
});

/** Whether an export is a class of frames. */
function isFrameClass(value: unknown): value is FrameClass {
  return typeof value === "function" &&
    (value === Frame || value.prototype instanceof Frame);
}

/** How the frames of a class travel, as far as it is not how those of its parent do. */
function travelOf(at: FrameClass): string {
  const parent = Object.getPrototypeOf(at);
  const known = isFrameClass(parent) ? flagsOf(parent.prototype) : [];
  const flags = flagsOf(at.prototype).filter((flag) => !known.includes(flag));
  return flags.length > 0 ? `: ${flags.join(", ")}` : "";
}

/** The kind of a frame, or of a class by its prototype, and what sets it apart. */
function flagsOf(frame: Frame): string[] {
  const { uninterruptible, interrupts, live } = frame;
  const flags = Object.entries({ uninterruptible, interrupts, live });
  const kind = frame.kind === undefined ? [] : [frame.kind];
  return [...kind, ...flags.filter(([, on]) => on).map(([name]) => name)];
}
