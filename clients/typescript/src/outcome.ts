/** How an attempt ended, and how a handler is run so that it ends one way or another. */
import type { TaskContext } from "./context.js";
import { Cancelled, Fail, Retry, Snooze } from "./errors.js";

/** May give any JSON, or a promise of it. Retry, Snooze, Fail and Cancelled are thrown; any other exception is a Retry. */
export type Handler<Input = unknown, Output = unknown> = (task: TaskContext<Input>) => Output | Promise<Output>;

/** `complete` has its result as JSON; the others the members of their call's body. `drop`: nobody wants to hear of it. */
export type Outcome =
  | { readonly call: "complete"; readonly result: string }
  | { readonly call: "fail" | "snooze" | "release"; readonly body: Readonly<Record<string, unknown>> }
  | { readonly call: "drop" };

const ERROR_BYTES_MAX = 4_000;

export const released: Outcome = { call: "release", body: {} };

export function failed(error: string, outcome: "retry" | "fail" | "cancel", delaySeconds?: number): Outcome {
  const retryIn = outcome === "retry" && delaySeconds !== undefined ? { retry_in_seconds: delaySeconds } : {};
  return { call: "fail", body: { error: cut(error, ERROR_BYTES_MAX) || "failed", outcome, ...retryIn } };
}

/** The beginning of a long text, in whole characters: there a stack says what happened. */
export function cut(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= bytesMax) return bytes.toString("utf8");
  let end = bytesMax;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString("utf8");
}

export async function runHandler(handler: Handler, task: TaskContext): Promise<Outcome> {
  try {
    // What cannot be said in JSON is the handler's failure.
    return { call: "complete", result: JSON.stringify((await handler(task)) ?? null) ?? "null" };
  } catch (error) {
    return outcomeOf(error, task);
  }
}

function outcomeOf(error: unknown, task: TaskContext): Outcome {
  if (task.stopReason === "stopping") return released;
  if (task.stopReason === "lost") return { call: "drop" };
  if (error instanceof Retry) return failed(error.message, "retry", error.delaySeconds);
  if (error instanceof Snooze) return { call: "snooze", body: { delay_seconds: error.delaySeconds } };
  if (error instanceof Fail) return failed(error.message, "fail");
  if (error instanceof Cancelled || task.stopReason === "cancelled") return failed(error instanceof Error ? error.message : String(error), "cancel");
  return failed(error instanceof Error ? (error.stack ?? String(error)) : String(error), "retry");
}
