/** What can go wrong, as exceptions. Handlers throw the last four to end an attempt their way. */

/** The base of all exceptions of this package. */
export class GalleyError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The server could not be reached, or the connection was lost, and the call was not (or not again) repeated. */
export class Unreachable extends GalleyError {}

/** What answered does not speak Galley's protocol: no JSON, or not the members that belong there. */
export class BadAnswer extends GalleyError {}

/** One fault of a body: where (JSON pointer) and what. */
export interface Fault {
  readonly pointer: string;
  readonly message: string;
}

/** The server refused a call. `status`, `detail` and `errors` are what it said. */
export class ApiError extends GalleyError {
  readonly status: number;
  readonly detail: string;
  readonly errors: readonly Fault[];

  constructor(status: number, detail: string, errors: readonly Fault[] = []) {
    const faults = errors.map((fault) => `${fault.pointer || "/"}: ${fault.message}`).join("; ");
    super(`${status} ${detail}${faults ? ` (${faults})` : ""}`);
    this.status = status;
    this.detail = detail;
    this.errors = errors;
  }
}

/** The task had not finished when the time to wait was over. */
export class TaskNotFinished extends GalleyError {}

/** The task failed for good, or was cancelled (`status`); `error` is the text of its last error. */
export class TaskFailed extends GalleyError {
  readonly taskId: string;
  readonly status: string;
  readonly error: string | null;

  constructor(taskId: string, status: string, error: string | null) {
    super(`${taskId} ${status}: ${error ?? ""}`);
    this.taskId = taskId;
    this.status = status;
    this.error = error;
  }
}

/** Thrown by a handler: try again, after `delaySeconds` or by the task's own backoff; the attempt counts. */
export class Retry extends GalleyError {
  readonly delaySeconds: number | undefined;

  constructor(reason = "the handler asks to try again", delaySeconds?: number) {
    super(reason);
    this.delaySeconds = delaySeconds;
  }
}

/** Thrown by a handler: failed for good, whatever attempts are left. */
export class Fail extends GalleyError {}

/** Thrown by a handler: run it again after `delaySeconds`; the attempt does not count. */
export class Snooze extends GalleyError {
  readonly delaySeconds: number;

  constructor(delaySeconds: number) {
    super(`snoozed for ${delaySeconds} s`);
    this.delaySeconds = delaySeconds;
  }
}

/** Thrown by a handler: the task is cancelled. It is also the reason of a task's AbortSignal, so that `throw task.signal.reason` says what is so. */
export class Cancelled extends GalleyError {}
