/** Says how attempts ended: completions many at once, the others one by one, each again until it is heard. */
import type { Lease } from "./context.js";
import { ApiError, BadAnswer, Unreachable } from "./errors.js";
import { asObject, listOf, text } from "./json.js";
import { failed, type Outcome } from "./outcome.js";
import { messageOf, sleep, type Transport } from "./transport.js";

export interface End {
  readonly lease: Lease;
  readonly outcome: Outcome;
  /** The last lines of the task's log. */
  readonly log: readonly string[];
}

type Completion = End & { readonly outcome: { readonly call: "complete"; readonly result: string } };

const TASKS_MAX = 1_000;
const RESULTS_CHARACTERS_MAX = 1 << 20;
const PAUSE_SECONDS = 0.5;
const AT_ONCE = 8;

/** What became of an end: heard by the server, refused (the attempt is another's), or given up since the worker had to end. */
export type Fate = "heard" | "lost" | "given up";

export class Reporter {
  readonly #waiting: End[] = [];
  #running: Promise<void> | null = null;

  /** `giveUp` is aborted when the worker can wait no longer for a server that does not answer. */
  constructor(private readonly transport: Transport, private readonly worker: string, private readonly settled: (end: End, fate: Fate) => void,
              private readonly warn: (text: string) => void, private readonly giveUp: AbortSignal) {}

  add(end: End): void {
    this.#waiting.push(end);
    this.#running ??= Promise.resolve().then(() => this.#run());
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const ends = this.#next();
      const completions = ends.filter((end): end is Completion => end.outcome.call === "complete");
      await Promise.all([this.#complete(completions), this.#sayAll(ends.filter((end) => end.outcome.call !== "complete"))]);
    }
    this.#running = null;
  }

  /** All that wait, within what one call takes. */
  #next(): End[] {
    let count = 0;
    let size = 0;
    for (const { outcome } of this.#waiting) {
      if (count === TASKS_MAX || (count > 0 && size > RESULTS_CHARACTERS_MAX)) break;
      size += outcome.call === "complete" ? outcome.result.length : 0;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #complete(ends: readonly Completion[]): Promise<void> {
    let left = ends;
    while (left.length > 0) {
      const tasks = left.map(({ lease, outcome, log }) => `{"task_id":${JSON.stringify(lease.taskId)},"attempt":${lease.attempt},"log":${JSON.stringify(log)},"result":${outcome.result}}`);
      const answer = await this.#post("/api/v1/worker/complete", `{"worker":${JSON.stringify(this.worker)},"tasks":[${tasks.join(",")}]}`);
      if (answer instanceof ApiError && left.length > 1) {
        // One of them is too large or otherwise not to be taken: it shall not take the others along.
        for (const one of left) await this.#complete([one]);
        return;
      }
      if (answer instanceof Error) {
        const refusal = `its result was refused: ${messageOf(answer)}`;
        for (const end of left) await (answer instanceof ApiError ? this.#say({ ...end, outcome: failed(refusal, "fail") }) : this.settled(end, "given up"));
        return;
      }
      const refused = new Map(listOf(asObject(answer, "the answer"), "refused").map((one) => {
        const raw = asObject(one, "the refusal");
        return [text(raw, "task_id"), raw] as const;
      }));
      const again: Completion[] = [];
      for (const end of left) {
        const why = refused.get(end.lease.taskId);
        if (why?.["reason"] === "unavailable") again.push(end);
        else this.settled(end, why === undefined ? "heard" : "lost");
      }
      if (again.length > 0) await sleep(PAUSE_SECONDS, this.giveUp);
      if (this.giveUp.aborted) {
        for (const end of again) this.settled(end, "given up");
        return;
      }
      left = again;
    }
  }

  async #sayAll(ends: readonly End[]): Promise<void> {
    const rest = [...ends];
    const one = async (): Promise<void> => {
      for (let end = rest.shift(); end !== undefined; end = rest.shift()) await this.#say(end);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, rest.length) }, one));
  }

  async #say(end: End): Promise<void> {
    const { lease, outcome } = end;
    if (outcome.call === "drop" || outcome.call === "complete") return this.settled(end, "lost");
    const body = JSON.stringify({ worker: this.worker, attempt: lease.attempt, log: end.log, ...outcome.body });
    const answer = await this.#post(`/api/v1/worker/tasks/${encodeURIComponent(lease.taskId)}/${outcome.call}`, body);
    if (answer instanceof ApiError) this.warn(`${lease.taskId}: ${answer.message}`);
    this.settled(end, answer instanceof ApiError ? "lost" : answer instanceof Error ? "given up" : "heard");
  }

  /** The answer, or the ApiError that is it, or Unreachable when the worker could wait no longer. */
  async #post(path: string, bodyText: string): Promise<unknown> {
    for (;;) {
      try {
        return await this.transport.request("POST", path, { bodyText, repeat: true, retries: 0 });
      } catch (error) {
        if (error instanceof ApiError && error.status !== 429 && error.status < 500) return error;
        if (this.giveUp.aborted) return error instanceof Unreachable ? error : new Unreachable(messageOf(error));
        if (!(error instanceof ApiError || error instanceof Unreachable || error instanceof BadAnswer)) throw error;
        this.warn(`${messageOf(error)}; saying it again`);
        await sleep(PAUSE_SECONDS, this.giveUp);
      }
    }
  }
}
