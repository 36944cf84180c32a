import type { Frame } from "../frames/mod.ts";
import { type AnyFrameProcessor, type Environment, FrameProcessor } from "../processors/mod.ts";
import type { Engine } from "../processors/_engine.ts";
import { engineOf } from "../processors/frame_processor.ts";
import { StreamProcessor } from "./stream_processor.ts";

/** Something made of processors, with a first and a last. */
export interface Composite {
  /** Its parts, in order; a part with branches gives each as a list. */
  readonly parts: readonly Part[];
  /** Where frames enter. */
  readonly head: AnyFrameProcessor;
  /** Where frames leave. */
  readonly tail: AnyFrameProcessor;
}

/** A processor, or branches side by side. */
export type Part = AnyFrameProcessor | { readonly branches: readonly Composite[] };

/** What can stand in a pipeline. */
export type PipelineElement = AnyFrameProcessor | Composite | TransformStream<Frame, Frame>;

/** A pipeline element with its ends and parts known. */
export function toComposite(element: PipelineElement): Composite {
  if (element instanceof FrameProcessor) {
    return { parts: [element], head: element, tail: element };
  }
  if ("parts" in element) return element;
  return toComposite(new StreamProcessor(element));
}

/** Joins elements in a row; gives them as one. */
export function chain(elements: readonly PipelineElement[]): Composite {
  const list = elements.length > 0 ? elements : [new FrameProcessor({ name: "Empty" })];
  const composites = list.map(toComposite);
  checkOnce(composites.flatMap((composite) => [...processorsOf(composite.parts)]));
  composites.slice(1).forEach((to, i) => join(composites[i] as Composite, to));
  return {
    parts: composites.flatMap((composite) => composite.parts),
    head: (composites[0] as Composite).head,
    tail: (composites.at(-1) as Composite).tail,
  };
}

/** Every processor of some parts, in order. */
export function* processorsOf(parts: readonly Part[]): IterableIterator<AnyFrameProcessor> {
  for (const part of parts) {
    if (part instanceof FrameProcessor) yield part;
    else for (const branch of part.branches) yield* processorsOf(branch.parts);
  }
}

/**
 * Sees to it that no processor stands in two places.
 *
 * @throws {TypeError} If one does.
 */
export function checkOnce(processors: readonly AnyFrameProcessor[]): void {
  const twice = processors.find((processor, i) => processors.indexOf(processor) < i);
  if (twice) throw linkedTwice(twice.name);
}

/**
 * Sees to it that nobody stands before `head` or behind `tail`.
 *
 * @throws {TypeError} If somebody does.
 */
export function checkFree(head: Engine | undefined, tail: Engine | undefined): void {
  if (tail?.next) throw linkedTwice(tail.name);
  if (head?.previous) throw linkedTwice(head.name);
}

function linkedTwice(name: string): TypeError {
  return new TypeError(`Cannot link "${name}" twice: it stands in a pipeline already`);
}

function join(from: Composite, to: Composite): void {
  const sender = engineOf(from.tail);
  const receiver = engineOf(to.head);
  checkFree(receiver, sender);
  sender.next = receiver;
  receiver.previous = sender;
  shareEnvironment(to.parts, sender.env);
}

/** Gives every processor of some parts the same environment. */
export function shareEnvironment(parts: readonly Part[], env: Environment): void {
  for (const processor of processorsOf(parts)) engineOf(processor).env = env;
}

/**
 * Takes a composite out from between its neighbours, so that it can be linked
 * again. What came behind the end of its task is dropped, as by an interruption.
 */
export function unlink(composite: Composite): void {
  engineOf(composite.head).env.epochs.current++;
  engineOf(composite.head).previous = undefined;
  engineOf(composite.tail).next = undefined;
}

/**
 * Links processors in both directions, so that frames go straight from one's
 * hands into the other's door.
 *
 * @example
 * ```ts
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { link } from "@parley/sdk/pipeline";
 * link(new FrameProcessor(), new FrameProcessor());
 * ```
 * @throws {TypeError} If one of them is linked on that side already.
 */
export function link(from: PipelineElement, to: PipelineElement): void {
  chain([from, to]);
}
