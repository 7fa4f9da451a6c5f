/** Galley from TypeScript and JavaScript: `Client` enqueues and follows tasks, `Worker` runs them. Nothing but Node's own modules. */
export { type BulkResult, Client, type FailedAttempt, type Filter, type Kind, type LogLine } from "./client.js";
export { type Lease, type StopReason, TaskContext } from "./context.js";
export { ApiError, BadAnswer, Cancelled, Fail, type Fault, GalleyError, Retry, Snooze, TaskFailed, TaskNotFinished, Unreachable } from "./errors.js";
export { type EventsOptions, type TaskEvent, type TasksSnapshot } from "./events.js";
export { type Handler } from "./outcome.js";
export { type NewTask, type Status, type Task, type TaskOptions, type TaskRef } from "./task.js";
export { type ConnectionOptions, type Token } from "./transport.js";
export { type KindOptions, Worker, type WorkerOptions } from "./worker.js";
