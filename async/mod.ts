/**
 * Time, queues, background tasks and events.
 *
 * @module
 */
export { Backoff, type BackoffOptions, type BackoffWaitOptions } from "./backoff.ts";
export { type Clock, sleepOn, systemClock, type Timer } from "./clock.ts";
export { deadline, type DeadlineOptions, TimeoutError } from "./deadline.ts";
export { type EventHandler, type EventMap, TypedEvents } from "./events.ts";
export { consoleLogger, type Logger, type LogLevel } from "./log.ts";
export { Deque, Lane } from "./queue.ts";
export { type CloseOptions, type Task, TaskScope } from "./scope.ts";
export { nextTurn } from "./turn.ts";
