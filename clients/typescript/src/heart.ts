/**
 * The worker's heartbeats. They come from a thread of their own, so that a handler that computes for seconds on the event loop keeps its lease.
 *
 * The thread has a copy of the list of held tasks, which the event loop sends anew after each lease, and twice a second while it runs. What the
 * thread hears goes back as a message. A handler that never ends is not kept alive for ever: the task's timeout ends its attempt.
 */
import { isMainThread, parentPort, Worker as Thread, workerData } from "node:worker_threads";

import { asObject, listOf } from "./json.js";
import { messageOf, Transport } from "./transport.js";

/** A held task: its id, its attempt, and whether its handler has begun. */
export type Held = readonly [taskId: string, attempt: number, begun: boolean];

export interface Heard {
  readonly cancelled: readonly string[];
  readonly lost: readonly string[];
  /** Why there was no heartbeat; empty when there was. */
  readonly failure: string;
}

interface State {
  readonly held: readonly Held[];
  readonly beatSeconds: number;
  readonly token: string;
}

interface Start {
  readonly role: "galley-heart";
  readonly url: string;
  readonly worker: string;
}

const READY = "ready";
const TASKS_MAX = 1_000;
const REQUEST_SECONDS = 10;

export class Heart {
  /** Fulfilled when the thread runs: before, nothing that is leased would be kept alive. */
  readonly ready: Promise<void>;
  readonly #thread: Thread;

  constructor(url: string, worker: string, heard: (what: Heard) => void, died: (error: Error) => void) {
    const start: Start = { role: "galley-heart", url, worker };
    this.#thread = new Thread(new URL(import.meta.url), { workerData: start });
    this.ready = new Promise((resolve) => {
      this.#thread.on("message", (message: Heard | typeof READY) => (message === READY ? resolve() : heard(message)));
      this.#thread.once("exit", () => resolve());
    });
    this.#thread.on("error", died);
    this.#thread.unref();
  }

  hold(held: readonly Held[], beatSeconds: number, token: string): void {
    const state: State = { held, beatSeconds, token };
    this.#thread.postMessage(state);
  }

  async end(): Promise<void> {
    await this.#thread.terminate();
  }
}

class Beating {
  #state: State = { held: [], beatSeconds: 1, token: "" };
  #timer: NodeJS.Timeout | null = null;
  readonly #transport: Transport;

  constructor(private readonly worker: string, url: string, private readonly tell: (heard: Heard) => void) {
    this.#transport = new Transport({ url, token: () => this.#state.token, retries: 0 });
  }

  set(state: State): void {
    const sooner = state.beatSeconds < this.#state.beatSeconds;
    this.#state = state;
    if (sooner && this.#timer !== null) this.next();
  }

  next(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#beat().finally(() => this.next());
    }, this.#state.beatSeconds * 1000);
  }

  async #beat(): Promise<void> {
    const held = this.#state.held;
    for (let start = 0; start < held.length; start += TASKS_MAX) await this.#say(held.slice(start, start + TASKS_MAX));
  }

  async #say(held: readonly Held[]): Promise<void> {
    const tasks = held.map(([task_id, attempt, begun]) => ({ task_id, attempt, waiting: !begun }));
    try {
      const body = { worker: this.worker, tasks };
      const answer = asObject(await this.#transport.request("POST", "/api/v1/worker/heartbeat", { body, timeoutSeconds: REQUEST_SECONDS }), "the answer");
      this.tell({ cancelled: listOf(answer, "cancelled").map(String), lost: listOf(answer, "lost").map(String), failure: "" });
    } catch (error) {
      this.tell({ cancelled: [], lost: [], failure: messageOf(error) });
    }
  }
}

function isStart(data: unknown): data is Start {
  return typeof data === "object" && data !== null && (data as Partial<Start>).role === "galley-heart";
}

if (!isMainThread && parentPort !== null && isStart(workerData)) {
  const port = parentPort;
  const beating = new Beating(workerData.worker, workerData.url, (heard) => port.postMessage(heard));
  port.on("message", (state: State) => beating.set(state));
  beating.next();
  port.postMessage(READY);
}
