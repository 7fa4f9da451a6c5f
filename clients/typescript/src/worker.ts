/** The worker: leases tasks ahead, gives them to handlers, reports how they ended, says every second that it lives. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

import { Client, type Kind } from "./client.js";
import { leaseOf, type Lease, type StopReason, TaskContext } from "./context.js";
import { ApiError, BadAnswer, GalleyError, Unreachable } from "./errors.js";
import { Heart, type Heard, type Held } from "./heart.js";
import { asObject, listOf, number } from "./json.js";
import { cut, failed, type Handler, type Outcome, released, runHandler } from "./outcome.js";
import { type End, type Fate, Reporter } from "./reporter.js";
import { messageOf, sleep, type Transport } from "./transport.js";

export interface WorkerOptions {
  /** Of this process, for as long as it runs: 1 to 100 visible ASCII characters. Made of the host's name and the process's number by default. */
  readonly name?: string;
  /** Else `default` and the kinds' own. */
  readonly queues?: readonly string[];
  /** How many handlers run at once. 4 by default. */
  readonly concurrency?: number;
  /** How many tasks are leased beyond those that run: more is faster for short tasks, less is fairer between workers for long ones. As `concurrency` by default. */
  readonly prefetch?: number;
  /** 1 to 300; the server's 5 by default. A lease that gets no heartbeat for so long is taken away. */
  readonly leaseSeconds?: number;
  /** How long what runs may go on after stop(). 20 by default. */
  readonly graceSeconds?: number;
  /** Whether SIGTERM and SIGINT stop it. True by default. */
  readonly signals?: boolean;
  /** Gets what is worth a line; by default warnings go to standard error. */
  readonly log?: (level: "info" | "warn", text: string) => void;
}

/** What one kind's tasks get unless they say otherwise. */
export type KindOptions = Omit<Kind, "name">;

interface Run {
  readonly lease: Lease;
  /** Null until its handler begins. */
  context: TaskContext | null;
  /** Its end is with the reporter. */
  ended: boolean;
  progress: { percent: number; message: string; told: boolean } | null;
  /** Of the task's log, not told yet. */
  lines: string[];
  /** Progress or lines that are on their way: the end comes after them. */
  telling: Promise<void> | null;
}

const LEASE_MAX = 100;
const WAIT_SECONDS = 20;
const PAUSE_MAX_SECONDS = 2;
const TICK_MILLISECONDS = 500;
const PROGRESS_AT_ONCE = 8;
const MESSAGE_BYTES_MAX = 500;
const LOG_LINES_MAX = 200; // of a task; the server keeps no more
const LOG_LINE_BYTES_MAX = 1_000;
// How long the server may take to see that the connection of a waiting lease was reset: what is put back before it sees that is handed to nobody.
const HUNG_UP_SECONDS = 0.3;
const LAST_WORDS_SECONDS = 1;

export class Worker {
  readonly client: Client;
  readonly name: string;
  readonly concurrency: number;
  readonly prefetch: number;
  /** Figures of this process: tasks that were completed, that failed (each attempt), and whose attempt was over before we could say so. */
  readonly counts = { completed: 0, failed: 0, lost: 0 };
  readonly #options: WorkerOptions;
  readonly #handlers = new Map<string, Handler>();
  readonly #kinds = new Map<string, Kind>();
  /** By task id: leased and not yet reported. A task may come back before its end was heard of: the Run tells them apart. */
  readonly #held = new Map<string, Run>();
  #waiting: Run[] = [];
  #running = 0;
  #beatSeconds = 1;
  #changed: (() => void)[] = [];
  readonly #stopping = new AbortController();
  readonly #giveUp = new AbortController();
  readonly #leaser: Transport;
  readonly #reporter: Reporter;
  #heart: Heart | null = null;

  constructor(client: Client = new Client(), options: WorkerOptions = {}) {
    this.client = client;
    this.#options = options;
    this.name = options.name ?? `${hostname().replace(/[^!-~]/g, "").slice(0, 60)}-${process.pid}-${randomBytes(2).toString("hex")}`;
    this.concurrency = positive(options.concurrency ?? 4, "concurrency");
    this.prefetch = options.prefetch ?? this.concurrency;
    this.#leaser = client.transport.copy(0);
    this.#reporter = new Reporter(client.transport.copy(0), this.name, (end, fate) => this.#settle(end, fate), (text) => this.#log("warn", text), this.#giveUp.signal);
  }

  // ---- what to run

  /** The handler runs tasks of this kind. `Input` and `Output` are the caller's word. */
  task<Input = unknown, Output = unknown>(kind: string, handler: Handler<Input, Output>, options: KindOptions = {}): this {
    this.#handlers.set(kind, handler as Handler);
    this.#kinds.set(kind, { name: kind, ...options });
    return this;
  }

  // ---- run

  /** Until stop(), SIGTERM or SIGINT: then what has not begun goes back at once, what runs has `graceSeconds`, then goes back too. Throws ApiError when the
   *  server refuses to give this worker tasks at all (401, 403, 409). A server that is away is waited for. */
  async run(): Promise<void> {
    if (this.#handlers.size === 0) throw new TypeError("the worker has no handler");
    const stop = (): void => this.stop();
    const signals = this.#options.signals === false ? [] : (["SIGTERM", "SIGINT"] as const);
    for (const signal of signals) process.on(signal, stop);
    this.#startHeart();
    const beat = setInterval(() => this.#tick(), TICK_MILLISECONDS);
    try {
      await this.#heart?.ready;
      await this.#untilReachable(() => this.client.declare(...this.#kinds.values()));
      this.#log("info", `worker ${this.name} runs ${[...this.#handlers.keys()].sort().join(", ")}`);
      await this.#leaseUntilStopped();
    } finally {
      await this.#windUp();
      clearInterval(beat);
      await this.#heart?.end();
      this.#leaser.close();
      for (const signal of signals) process.off(signal, stop);
    }
  }

  /** From anywhere; run() then comes to its end. */
  stop(): void {
    this.#stopping.abort();
    this.#wake();
  }

  #log(level: "info" | "warn", text: string): void {
    if (this.#options.log) this.#options.log(level, text);
    else if (level === "warn") console.error(`galley: ${text}`);
  }

  async #untilReachable(call: () => Promise<unknown>): Promise<void> {
    for (let pause = 0.1; !this.#stopping.signal.aborted; pause = Math.min(pause * 2, PAUSE_MAX_SECONDS)) {
      try {
        await call();
        return;
      } catch (error) {
        if (!isPassing(error)) throw error;
        this.#log("warn", `${messageOf(error)}; trying again`);
        await sleep(pause, this.#stopping.signal);
      }
    }
  }

  // ---- lease

  async #leaseUntilStopped(): Promise<void> {
    const signal = this.#stopping.signal;
    let pause = 0.1;
    while (!signal.aborted) {
      const room = await this.#waitForRoom();
      if (room === 0) continue;
      try {
        const bodyText = JSON.stringify(this.#leaseBody(room));
        this.#take(await this.#leaser.request("POST", "/api/v1/worker/lease", { bodyText, timeoutSeconds: 3 * WAIT_SECONDS, hangUp: signal }));
        pause = 0.1;
      } catch (error) {
        if (signal.aborted) return sleep(HUNG_UP_SECONDS);
        if (!isPassing(error)) throw error;
        this.#log("warn", `no lease: ${messageOf(error)}`);
        await sleep(pause, signal);
        pause = Math.min(pause * 2, PAUSE_MAX_SECONDS);
      }
    }
  }

  #leaseBody(room: number): Record<string, unknown> {
    return {
      worker: this.name, kinds: [...this.#handlers.keys()], queues: this.#options.queues, tasks_max: Math.min(room, LEASE_MAX),
      lease_seconds: this.#options.leaseSeconds, wait_seconds: WAIT_SECONDS, client: "galley-typescript/0.1.0",
    };
  }

  #take(value: unknown): void {
    const answer = asObject(value, "the answer");
    const runs = listOf(answer, "tasks").map((task): Run => ({ lease: leaseOf(task), context: null, ended: false, progress: null, lines: [], telling: null }));
    this.#beatSeconds = Math.max(0.05, number(answer, "heartbeat_seconds"));
    for (const run of runs) {
      this.#stopOne(run.lease.taskId, "lost"); // that it is leased anew may be heard before that it was lost
      this.#held.set(run.lease.taskId, run);
    }
    this.#waiting.push(...runs);
    this.#tellHeart(); // before handlers begin: one of them may not give the event loop back for a while
    this.#beginMore();
  }

  /** How many tasks may be leased: no less than a quarter of what fits, so that a busy worker asks seldom. */
  async #waitForRoom(): Promise<number> {
    const most = this.concurrency + this.prefetch;
    while (!this.#stopping.signal.aborted) {
      const room = most - this.#held.size;
      if (room >= Math.max(1, Math.floor(Math.min(most, LEASE_MAX) / 4))) return room;
      await this.#change();
    }
    return 0;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#changed.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }

  // ---- run handlers

  #beginMore(): void {
    while (this.#running < this.concurrency) {
      const run = this.#waiting.shift();
      if (run === undefined) return;
      void this.#begin(run);
    }
  }

  async #begin(run: Run): Promise<void> {
    const { lease } = run;
    const context = new TaskContext(lease, (percent, message) => {
      run.progress = { percent, message: cut(message, MESSAGE_BYTES_MAX) || (run.progress?.message ?? ""), told: false };
    }, (line) => {
      run.lines.push(cut(line, LOG_LINE_BYTES_MAX));
      if (run.lines.length > LOG_LINES_MAX) run.lines.shift();
    });
    run.context = context;
    this.#running += 1;
    const handler = this.#handlers.get(lease.kind);
    const outcome = handler ? await runHandler(handler, context) : failed("this worker has no handler for the kind", "retry");
    this.#running -= 1;
    this.#beginMore();
    if (run.telling !== null) await run.telling;
    this.#end(run, outcome);
  }

  #end(run: Run, outcome: Outcome): void {
    if (run.ended) return;
    run.ended = true;
    this.#reporter.add({ lease: run.lease, outcome, log: run.lines.splice(0) });
  }

  #settle({ lease, outcome }: End, fate: Fate): void {
    if (fate === "lost") this.counts.lost += 1;
    else if (fate === "heard" && outcome.call === "complete") this.counts.completed += 1;
    else if (fate === "heard" && outcome.call === "fail") this.counts.failed += 1;
    if (fate !== "heard") this.#log("warn", `${lease.taskId}: its end (${outcome.call}) was ${fate}`);
    if (this.#held.get(lease.taskId)?.lease === lease) this.#held.delete(lease.taskId);
    this.#wake();
  }

  // ---- heartbeat, progress

  #startHeart(): void {
    this.#heart = new Heart(this.client.transport.url, this.name, (heard) => this.#hear(heard), (error) => {
      this.#log("warn", `the heartbeat's thread died, and begins anew: ${error.message}`);
      this.#startHeart();
      this.#tellHeart();
    });
  }

  #tellHeart(): void {
    const held = [...this.#held.values()].map((run): Held => [run.lease.taskId, run.lease.attempt, run.context !== null]);
    this.#heart?.hold(held, this.#beatSeconds, this.client.transport.token());
  }

  #hear(heard: Heard): void {
    if (heard.failure !== "") this.#log("warn", `no heartbeat: ${heard.failure}`);
    for (const id of heard.cancelled) this.#stopOne(id, "cancelled");
    for (const id of heard.lost) this.#stopOne(id, "lost");
  }

  #stopOne(taskId: string, reason: StopReason): void {
    const run = this.#held.get(taskId);
    if (run === undefined) return;
    if (run.context !== null) return run.context.stop(reason);
    // It has not begun, and never will.
    this.#waiting = this.#waiting.filter((other) => other !== run);
    this.#end(run, reason === "cancelled" ? failed("cancelled", "cancel") : { call: "drop" });
  }

  #tick(): void {
    this.#tellHeart();
    void this.#tellProgress();
  }

  async #tellProgress(): Promise<void> {
    const news = [...this.#held.values()].filter((run) => !run.ended && run.telling === null && (run.lines.length > 0 || run.progress?.told === false));
    const one = async (): Promise<void> => {
      for (let run = news.shift(); run !== undefined; run = news.shift()) {
        run.telling = this.#tellOne(run);
        await run.telling;
        run.telling = null;
      }
    };
    await Promise.all(Array.from({ length: Math.min(PROGRESS_AT_ONCE, news.length) }, one));
  }

  async #tellOne(run: Run): Promise<void> {
    const { lease } = run;
    const lines = run.lines.splice(0);
    const progress = run.progress?.told === false ? run.progress : null;
    if (progress !== null) progress.told = true;
    const body = {
      worker: this.name, attempt: lease.attempt, ...(lines.length > 0 && { log: lines }), ...(progress !== null && { percent: progress.percent, message: progress.message }),
    };
    try {
      const path = `/api/v1/worker/tasks/${encodeURIComponent(lease.taskId)}/${progress === null ? "heartbeat" : "progress"}`;
      const standing = asObject(await this.client.transport.request("POST", path, { body, timeoutSeconds: 10, retries: 0 }), "the answer");
      if (standing["cancelled"] === true) run.context?.stop("cancelled");
    } catch {
      // The next heartbeat says what is wrong; the lines go again, or with the end.
      run.lines = [...lines, ...run.lines].slice(-LOG_LINES_MAX);
    }
  }

  // ---- the end

  async #windUp(): Promise<void> {
    this.stop();
    for (const run of this.#waiting.splice(0)) this.#end(run, released);
    if (!(await this.#emptyWithin(this.#options.graceSeconds ?? 20))) {
      for (const run of this.#held.values()) run.context?.stop("stopping");
      await this.#emptyWithin(LAST_WORDS_SECONDS);
    }
    // Handlers that do not stop: others shall run their tasks; what these handlers give later is refused.
    for (const run of this.#held.values()) this.#end(run, released);
    if (!(await this.#emptyWithin(5 * LAST_WORDS_SECONDS))) this.#giveUp.abort();
    this.#held.clear();
  }

  async #emptyWithin(seconds: number): Promise<boolean> {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
      this.#wake();
    }, seconds * 1000);
    while (this.#held.size > 0 && !late.signal.aborted) await this.#change();
    clearTimeout(timer);
    return this.#held.size === 0;
  }
}

function positive(value: number, name: string): number {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} is a whole number from 1`);
  return value;
}

/** Whether it may go well later: no connection, a server that is overloaded or broken, or something else that answers in its place. */
function isPassing(error: unknown): error is GalleyError {
  if (error instanceof ApiError) return error.status === 429 || error.status >= 500;
  return error instanceof Unreachable || error instanceof BadAnswer;
}
