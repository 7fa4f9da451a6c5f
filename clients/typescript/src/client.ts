/** The producer's side: enqueue tasks, follow them, take their results, change them. */
import { randomUUID } from "node:crypto";

import { ApiError, BadAnswer, TaskFailed, TaskNotFinished } from "./errors.js";
import { allEvents, type EventsOptions, type TaskEvent, taskEvents, type TasksSnapshot } from "./events.js";
import { asObject, listOf, moment, number, text, textOrNull } from "./json.js";
import { bodyOf, type NewTask, refOf, type Status, type Task, taskOf, type TaskOptions, type TaskRef } from "./task.js";
import { type ConnectionOptions, Transport } from "./transport.js";

const WAIT_MAX_SECONDS = 60;
const STATUS_MAX = 100;

/** A kind that workers run, and what holds for its tasks unless they say otherwise. */
export interface Kind {
  readonly name: string;
  readonly queue?: string;
  readonly maxAttempts?: number;
  readonly timeoutSeconds?: number;
}

/** Which tasks: all that is given must hold. */
export interface Filter {
  readonly status?: Status;
  readonly kind?: string;
  readonly queue?: string;
  readonly tag?: string;
  readonly createdBy?: string;
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
}

/** A line that the task's handler wrote. */
export interface LogLine {
  readonly attempt: number;
  readonly at: Date;
  readonly text: string;
}

/** Why an attempt failed. */
export interface FailedAttempt {
  readonly attempt: number;
  readonly at: Date;
  readonly error: string;
}

export interface BulkResult {
  /** How many tasks the filter found. */
  readonly matched: number;
  /** How many of them were changed. */
  readonly changed: number;
}

/**
 * Any number of calls may be under way at once. Each may throw ApiError (the server refused it), Unreachable (no connection, or lost, or 503 after all
 * repetitions is an ApiError) and BadAnswer (what answered is not Galley).
 */
export class Client {
  readonly transport: Transport;

  constructor(options: ConnectionOptions = {}) {
    this.transport = new Transport(options);
  }

  // ---- enqueue

  /** Durable when this resolves. Calls with one `idempotencyKey` enqueue once; without one the call makes its own, so that it can be repeated safely. */
  async enqueue(kind: string, input: unknown = null, options: TaskOptions & { readonly idempotencyKey?: string } = {}): Promise<TaskRef> {
    const body = bodyOf({ ...options, kind, input });
    return refOf(await this.transport.request("POST", "/api/v1/tasks", { body, key: options.idempotencyKey ?? randomUUID() }));
  }

  /** All or none of up to 10,000 tasks, in one transaction. Faults are named by pointer: `/tasks/17/priority`. */
  async enqueueMany(tasks: Iterable<NewTask>, options: { readonly idempotencyKey?: string } = {}): Promise<TaskRef[]> {
    const body = { tasks: Array.from(tasks, bodyOf) };
    if (body.tasks.length === 0) return [];
    const answer = await this.transport.request("POST", "/api/v1/tasks/batch", { body, key: options.idempotencyKey ?? randomUUID() });
    const refs = listOf(asObject(answer, "the answer"), "tasks").map(refOf);
    if (refs.length !== body.tasks.length) throw new BadAnswer(`${refs.length} answers to ${body.tasks.length} tasks`);
    return refs;
  }

  /** Makes kinds known that workers run. A worker does so by itself. */
  async declare(...kinds: readonly (string | Kind)[]): Promise<void> {
    const body = kinds.map((kind) => (typeof kind === "string" ? { name: kind }
      : { name: kind.name, queue: kind.queue, max_attempts: kind.maxAttempts, timeout_seconds: kind.timeoutSeconds }));
    await this.transport.request("POST", "/api/v1/kinds", { body: { kinds: body }, repeat: true });
  }

  // ---- follow

  async get(taskId: string): Promise<Task> {
    return taskOf(await this.transport.request("GET", pathOf(taskId)));
  }

  /** Those of the ids that exist and may be seen. */
  async getMany(taskIds: readonly string[]): Promise<Task[]> {
    const found: Task[] = [];
    for (let start = 0; start < taskIds.length; start += STATUS_MAX) {
      const body = { task_ids: taskIds.slice(start, start + STATUS_MAX) };
      const answer = await this.transport.request("POST", "/api/v1/tasks/bulk-status", { body, repeat: true });
      found.push(...listOf(asObject(answer, "the answer"), "items").map(taskOf));
    }
    return found;
  }

  /** The task once it is finished, however it ended. TaskNotFinished after `timeoutSeconds`; without it there is no end to the patience. */
  async wait(taskId: string, timeoutSeconds?: number): Promise<Task> {
    const end = timeoutSeconds === undefined ? Infinity : performance.now() / 1000 + timeoutSeconds;
    for (;;) {
      const left = Math.max(0, end - performance.now() / 1000);
      const wait = Math.min(WAIT_MAX_SECONDS, Math.ceil(left));
      const answer = await this.transport.request("GET", `${pathOf(taskId)}?wait=${wait}`, { timeoutSeconds: wait + this.transport.timeoutSeconds });
      const task = taskOf(answer);
      if (task.finished) return task;
      if (performance.now() / 1000 >= end) throw new TaskNotFinished(`${taskId} is ${task.status} after ${timeoutSeconds} s`);
    }
  }

  /** What the task gave. TaskFailed when it failed or was cancelled; TaskNotFinished as wait(). `Output` is the caller's word, it is not checked. */
  async result<Output = unknown>(taskId: string, timeoutSeconds?: number): Promise<Output> {
    const task = await this.wait(taskId, timeoutSeconds);
    if (task.status !== "completed") throw new TaskFailed(task.id, task.status, task.error);
    return task.result as Output;
  }

  /** Newest first; pages are fetched as they are needed. */
  async *list(filter: Filter = {}): AsyncGenerator<Task, void, void> {
    const query = new URLSearchParams(Object.entries(filterBody(filter)).filter((pair): pair is [string, string] => pair[1] !== undefined)).toString();
    let path: string | null = `/api/v1/tasks${query ? `?${query}` : ""}`;
    while (path !== null) {
      const page = asObject(await this.transport.request("GET", path), "the page");
      yield* listOf(page, "items").map(taskOf);
      path = textOrNull(page, "next");
    }
  }

  /** What happens to a task, from its present state to its end. A lost connection is made again where it broke off; `break` ends it at any time. */
  events(taskId: string, options: EventsOptions = {}): AsyncGenerator<TaskEvent, void, void> {
    return taskEvents(this.transport, `${pathOf(taskId)}/events`, options);
  }

  /** What happens to all tasks that the caller may see, without an end. */
  allEvents(options: EventsOptions = {}): AsyncGenerator<TaskEvent | TasksSnapshot, void, void> {
    return allEvents(this.transport, options);
  }

  /** The last 200 lines that its handlers wrote, oldest first. */
  async log(taskId: string): Promise<LogLine[]> {
    return (await this.#items(`${pathOf(taskId)}/log`)).map((raw) => ({ attempt: number(raw, "attempt"), at: moment(raw, "at"), text: text(raw, "text") }));
  }

  /** The error of each failed attempt. */
  async attempts(taskId: string): Promise<FailedAttempt[]> {
    return (await this.#items(`${pathOf(taskId)}/attempts`)).map((raw) => ({ attempt: number(raw, "attempt"), at: moment(raw, "at"), error: text(raw, "error") }));
  }

  // ---- change

  /** Waiting: cancelled at once. Running: its handler is told. ApiError 409 when it has ended. */
  async cancel(taskId: string): Promise<Task> {
    return taskOf(await this.transport.request("POST", `${pathOf(taskId)}/cancel`));
  }

  /** A failed or cancelled task, once more. ApiError 409 for others. */
  async retry(taskId: string): Promise<Task> {
    return taskOf(await this.transport.request("POST", `${pathOf(taskId)}/retry`));
  }

  /** No more parents come to an open task. */
  async close(taskId: string): Promise<Task> {
    return taskOf(await this.transport.request("POST", `${pathOf(taskId)}/close`));
  }

  /** Cancels what has not ended, retries what failed or deletes what has ended, of all tasks that the filter finds: in steps of 10,000, newest first. */
  async bulk(action: "cancel" | "retry" | "delete", filter: Filter): Promise<BulkResult> {
    let matched = 0;
    let changed = 0;
    let after: string | null = null;
    do {
      const body: Record<string, unknown> = { action, filter: filterBody(filter), limit: 10_000, ...(after === null ? {} : { after }) };
      const answer = asObject(await this.transport.request("POST", "/api/v1/tasks/bulk", { body, repeat: action !== "retry" }), "the answer");
      matched += number(answer, "matched");
      changed += number(answer, "changed");
      after = textOrNull(answer, "next");
    } while (after !== null);
    return { matched, changed };
  }

  async exists(taskId: string): Promise<boolean> {
    try {
      await this.get(taskId);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    }
  }

  /** Closes the connections that are kept; without it they let the process end all the same. */
  disconnect(): void {
    this.transport.close();
  }

  async #items(path: string): Promise<ReturnType<typeof asObject>[]> {
    const answer = asObject(await this.transport.request("GET", path), "the answer");
    return listOf(answer, "items").map((item) => asObject(item, "the item"));
  }
}

function pathOf(taskId: string): string {
  return `/api/v1/tasks/${encodeURIComponent(taskId)}`;
}

function filterBody(filter: Filter): Record<string, string | undefined> {
  return {
    status: filter.status, task_type: filter.kind, queue: filter.queue, tag: filter.tag, created_by: filter.createdBy,
    created_after: filter.createdAfter?.toISOString(), created_before: filter.createdBefore?.toISOString(),
  };
}
