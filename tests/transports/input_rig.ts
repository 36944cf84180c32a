import {
  type Frame,
  InputAudioRawFrame,
  InputTransportMessageFrame,
  type StartFrame,
} from "../../frames/mod.ts";
import {
  BaseInputTransport,
  type ReceivedAudioOptions,
  type TransportParams,
} from "../../transports/base/mod.ts";
import { TapRig } from "./output_rig.ts";

/** An input that takes in what a test feeds it, and remembers what it was told to do. */
export class HandFedInput extends BaseInputTransport {
  readonly calls: string[] = [];

  feed(pcm: Int16Array, options: ReceivedAudioOptions = { sampleRate: 16_000 }): void {
    this.receiveAudio(pcm, options);
  }
  message(message: unknown): void {
    this.receive(new InputTransportMessageFrame(message));
  }
  protected override open(frame: StartFrame): void {
    this.calls.push(`open ${frame.audioInSampleRate}`);
  }
  protected override begin(): void {
    this.calls.push("begin");
  }
  protected override shut(frame: Frame | undefined): void {
    this.calls.push(`shut ${frame?.constructor.name}`);
  }
}

/** An input between two taps. */
export class InputRig extends TapRig {
  readonly input: HandFedInput;

  constructor(params: TransportParams = {}) {
    const input = new HandFedInput({ audioInEnabled: true, ...params });
    super(input);
    this.input = input;
  }

  /** The audio that was passed on. */
  get audio(): InputAudioRawFrame[] {
    return this.below.seen.map(({ frame }) => frame)
      .filter((frame) => frame instanceof InputAudioRawFrame);
  }

  /** The samples of all of it. */
  get samples(): number[] {
    return this.audio.flatMap(({ audio }) => [...audio]);
  }
}

/** An input in a pipeline that has started. */
export async function startedInput(params: TransportParams = {}): Promise<InputRig> {
  const rig = new InputRig(params);
  await rig.clock.settle();
  return rig;
}
