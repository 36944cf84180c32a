import { assertEquals } from "@std/assert";
import type { FrameProcessor } from "../processors/mod.ts";
import type { Dial } from "../services/wire/mod.ts";
import { ScriptedSocketServer } from "./scripted_socket_server.ts";
import { TestPipeline } from "./test_pipeline.ts";
import type { TranscriptPlayer } from "./transcript_player.ts";

/** The key of every service that plays a transcript. */
export const TEST_KEY = "test-key";

/** Has a service say and hear what a transcript says, and nothing else; gives what came of it. */
export async function playTranscript(
  player: TranscriptPlayer,
  make: (options: { readonly apiKey: string; readonly dial: Dial }) => FrameProcessor,
  talk: (pipeline: TestPipeline) => Promise<void>,
): Promise<TestPipeline> {
  await using server = new ScriptedSocketServer(player.script);
  await using pipeline = new TestPipeline([make({ apiKey: TEST_KEY, dial: server.dial })]);
  try {
    await talk(pipeline);
    await pipeline.end();
  } catch (error) {
    // What the provider did not expect says more than what did not come of it.
    await pipeline.close();
    await server.close();
    if (server.failures.length === 0) throw error;
  }
  await server.close();
  player.check(server);
  assertEquals(pipeline.errors, []);
  return pipeline;
}
