/** What a handler sees of the task that it runs. */
import { Cancelled } from "./errors.js";
import { asObject, moment, number, type Raw, text } from "./json.js";
import { sleep } from "./transport.js";

/** A task as it was leased. `attempt` is its fencing token. */
export interface Lease {
  readonly taskId: string;
  readonly kind: string;
  readonly queue: string;
  readonly priority: number;
  readonly attempt: number;
  readonly maxAttempts: number;
  /** How often a worker died over it. */
  readonly kills: number;
  readonly timeoutSeconds: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly correlationId: string;
  readonly input: unknown;
}

export function leaseOf(value: unknown): Lease {
  const raw: Raw = asObject(value, "the leased task");
  return {
    taskId: text(raw, "task_id"), kind: text(raw, "task_type"), queue: text(raw, "queue"), priority: number(raw, "priority"), attempt: number(raw, "attempt"),
    maxAttempts: number(raw, "max_attempts"), kills: number(raw, "kills"), timeoutSeconds: number(raw, "timeout_seconds"), createdAt: moment(raw, "created_at"),
    createdBy: text(raw, "created_by"), correlationId: text(raw, "correlation_id"), input: raw["input"] ?? null,
  };
}

/** `cancelled`: somebody cancelled it. `lost`: out of time, or another worker has it. `stopping`: the worker ends, and the task goes back. */
export type StopReason = "cancelled" | "lost" | "stopping";

export class TaskContext<Input = unknown> {
  readonly lease: Lease;
  readonly id: string;
  readonly kind: string;
  /** As the producer gave it: the type is the handler's word, it is not checked. */
  readonly input: Input;
  /** 1 for the first. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly #report: (percent: number, message: string) => void;
  readonly #writeLog: (line: string) => void;
  readonly #abort = new AbortController();
  #stopReason: StopReason | null = null;

  constructor(lease: Lease, report: (percent: number, message: string) => void, writeLog: (line: string) => void) {
    this.lease = lease;
    this.id = lease.taskId;
    this.kind = lease.kind;
    this.input = lease.input as Input;
    this.attempt = lease.attempt;
    this.maxAttempts = lease.maxAttempts;
    this.#report = report;
    this.#writeLog = writeLog;
  }

  /** Aborted when the task is to stop: hand it to fetch(), to timers, to child processes. Its reason is a Cancelled. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get stopReason(): StopReason | null {
    return this.#stopReason;
  }

  /** 0 to 100; never goes back. Cheap: of what comes between two heartbeats (a second) the last is told. `message` is cut at 500 bytes. */
  progress(percent: number, message = ""): void {
    this.#report(Math.max(0, Math.min(100, Math.trunc(percent) || 0)), message);
  }

  /** A line of the task's log, told within a second or with the end. The last 200 lines are kept, each cut at 1,000 bytes. */
  log(text: string): void {
    this.#writeLog(String(text));
  }

  /** Throws Cancelled when the task is to stop. */
  check(): void {
    this.signal.throwIfAborted();
  }

  /** Waits, but throws Cancelled as soon as the task is to stop. */
  async sleep(seconds: number): Promise<void> {
    this.check();
    await sleep(seconds, this.signal);
    this.check();
  }

  /** The worker's: tells the handler to stop. The first reason stands. */
  stop(reason: StopReason): void {
    if (this.#stopReason !== null) return;
    this.#stopReason = reason;
    this.#abort.abort(new Cancelled(reason));
  }
}
