/** Tasks as producers see them: what is enqueued, what the server tells. */
import { BadAnswer } from "./errors.js";
import { asObject, flag, moment, number, type Raw, text, textOrNull } from "./json.js";

export type Status = "scheduled" | "pending" | "running" | "completed" | "failed" | "cancelled";
const STATUSES: readonly string[] = ["scheduled", "pending", "running", "completed", "failed", "cancelled"];

/** What differs from the kind's defaults. Times that are `Date`s go to the millisecond; seconds are whole unless it is said otherwise. */
export interface TaskOptions {
  /** Else the kind's own queue. */
  readonly queue?: string;
  /** 0 to 9, higher first; 5 by default. */
  readonly priority?: number;
  /** 1 to 100; 3 by default. */
  readonly maxAttempts?: number;
  /** Of one attempt; 300 by default. */
  readonly timeoutSeconds?: number;
  /** Not before this many seconds (fractions too) from now, by this machine's clock. Not together with `runAt`. */
  readonly delaySeconds?: number;
  readonly runAt?: Date;
  /** Cancelled when it has not begun after so many seconds (fractions too). Not together with `expiresAt`. */
  readonly expiresInSeconds?: number;
  readonly expiresAt?: Date;
  /** At most one unfinished task of the same caller and kind has it. */
  readonly uniqueKey?: string;
  /** When another has the key: answer with that one (`join`, the default), take its place, or 409. */
  readonly uniquePolicy?: "join" | "replace" | "reject";
  /** The key holds so long after the creation, also when the task has finished. */
  readonly uniqueWindowSeconds?: number;
  /** Tasks of a queue with the same one share its limits per key. */
  readonly limitKey?: string;
  readonly tags?: readonly string[];
  /** How long it is kept when it has finished; 24 hours by default. */
  readonly keepSeconds?: number;
  /** The pause before a retry is random, up to base × 2^(attempt − 1), at most max. */
  readonly backoff?: { readonly baseSeconds?: number; readonly maxSeconds?: number };
  /** Ids of tasks that must have finished first; in a batch also `ref:NAME`. */
  readonly parents?: readonly string[];
  /** `fail` by default. */
  readonly onParentFailure?: "fail" | "continue";
  /** The handler gets `{input, parents: [{task_id, status, result}, …]}`. */
  readonly inputFromParents?: boolean;
  /** It waits until it is closed, and may be named in others' `before` until then. */
  readonly open?: boolean;
  /** Ids of open tasks that wait for this one, too. */
  readonly before?: readonly string[];
}

/** A task of a batch. `ref` is a name that others of the batch may use as `ref:NAME`. */
export interface NewTask extends TaskOptions {
  readonly kind: string;
  /** Any JSON; null when it is left out. */
  readonly input?: unknown;
  readonly ref?: string;
}

/** What the server answers to an enqueue. `joined`: another task had the unique key, and this is its id. */
export interface TaskRef {
  readonly id: string;
  readonly status: Status;
  readonly joined: boolean;
}

/** A task as the server tells of it; `raw` is all that it told, by the names of the OpenAPI document. */
export interface Task {
  readonly id: string;
  readonly kind: string;
  readonly status: Status;
  readonly finished: boolean;
  /** 0 to 100. */
  readonly progress: number;
  readonly message: string;
  readonly queue: string;
  readonly priority: number;
  /** The number of the present or last attempt; 0 before the first. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** Null until it is completed. */
  readonly result: unknown;
  readonly error: string | null;
  readonly tags: readonly string[];
  readonly parents: readonly string[];
  readonly raw: Raw;
}

export function statusOf(raw: Raw): Status {
  const status = text(raw, "status");
  if (!STATUSES.includes(status)) throw new BadAnswer(`status of the answer is not known: ${status}`);
  return status as Status;
}

export function isFinished(status: Status): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

export function taskOf(value: unknown): Task {
  const raw = asObject(value, "the task");
  const status = statusOf(raw);
  return {
    id: text(raw, "task_id"), kind: text(raw, "task_type"), status, finished: isFinished(status), progress: number(raw, "progress"),
    message: text(raw, "message"), queue: text(raw, "queue"), priority: number(raw, "priority"), attempt: number(raw, "attempt"),
    maxAttempts: number(raw, "max_attempts"), createdAt: moment(raw, "created_at"), createdBy: text(raw, "created_by"), result: raw["result"] ?? null,
    error: textOrNull(raw, "error"), tags: texts(raw["tags"]), parents: texts(raw["parents"]), raw,
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function refOf(value: unknown): TaskRef {
  const raw = asObject(value, "the task");
  return { id: text(raw, "task_id"), status: statusOf(raw), joined: flag(raw, "joined") };
}

/** The body of an enqueue. Throws TypeError for what cannot be said. */
export function bodyOf(task: NewTask): Record<string, unknown> {
  if (task.delaySeconds !== undefined && task.runAt !== undefined) throw new TypeError("delaySeconds excludes runAt");
  if (task.expiresInSeconds !== undefined && task.expiresAt !== undefined) throw new TypeError("expiresInSeconds excludes expiresAt");
  const backoff = task.backoff && { base_seconds: task.backoff.baseSeconds, max_seconds: task.backoff.maxSeconds };
  // What is undefined is left out by JSON.stringify.
  return {
    task_type: task.kind, input: task.input ?? null, ref: task.ref, queue: task.queue, priority: task.priority, max_attempts: task.maxAttempts,
    timeout_seconds: task.timeoutSeconds, scheduled_at: timeOf(task.runAt, task.delaySeconds), expires_at: timeOf(task.expiresAt, task.expiresInSeconds),
    unique_key: task.uniqueKey, unique_policy: task.uniquePolicy, unique_window_seconds: task.uniqueWindowSeconds, limit_key: task.limitKey, tags: task.tags,
    keep_seconds: task.keepSeconds, backoff, parents: task.parents, on_parent_failure: task.onParentFailure, input_from_parents: task.inputFromParents,
    open: task.open, before: task.before,
  };
}

function timeOf(at: Date | undefined, fromNowSeconds: number | undefined): string | undefined {
  if (fromNowSeconds === undefined) return at?.toISOString();
  return new Date(Date.now() + fromNowSeconds * 1000).toISOString();
}
