/**
 * How frames travel over a wire: serializers, from frames to what a peer understands and back.
 *
 * @module
 */
export { ProtobufFrameSerializer, type ProtobufFrameSerializerOptions } from "./protobuf.ts";
export {
  type DeserializedMessage,
  FrameSerializer,
  type FrameSerializerOptions,
  type SerializedFrame,
  UnreadableMessage,
} from "./serializer.ts";
