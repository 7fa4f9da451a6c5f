/** Server-Sent Events of tasks: a stream that comes again with Last-Event-ID when its connection is lost. See docs/live.md. */
import type { IncomingMessage } from "node:http";
import { StringDecoder } from "node:string_decoder";

import { ApiError, BadAnswer, GalleyError, Unreachable } from "./errors.js";
import { asObject, moment, number, text, textOrNull } from "./json.js";
import { isFinished, type Status, statusOf } from "./task.js";
import { messageOf, problemOf, retryAfter, sleep, type Transport } from "./transport.js";

/** What happened to a task. `name` is the transition (`task.started`, …), or `task.snapshot`: the present state, read from the record. */
export interface TaskEvent {
  readonly name: string;
  /** Opaque; give it as `lastEventId` to go on behind this event. */
  readonly id: string;
  readonly taskId: string;
  readonly kind: string;
  readonly status: Status;
  readonly progress: number;
  readonly message: string;
  readonly attempt: number;
  readonly at: Date;
  readonly error: string | null;
}

/** On the stream of all: it begins here. `missed`: what happened since the last event is not known any more; read the lists again. */
export interface TasksSnapshot {
  readonly name: "tasks.snapshot";
  readonly id: string;
  readonly at: Date;
  readonly missed: boolean;
}

export interface EventsOptions {
  /** Go on behind this event. */
  readonly lastEventId?: string;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
  /** A stream that says nothing for so long, not even its heartbeat, is taken for lost. 60 by default: four heartbeats. */
  readonly idleSeconds?: number;
}

interface Message {
  readonly name: string;
  readonly id: string;
  readonly data: string;
}

const EVENT_BYTES_MAX = 1 << 20;
const END_EVENTS = new Set(["task.completed", "task.failed", "task.poisoned", "task.cancelled"]);

/** One task, from its present state to its end. Throws ApiError, Unreachable (after the transport's retries in a row), BadAnswer. */
export async function* taskEvents(transport: Transport, path: string, options: EventsOptions): AsyncGenerator<TaskEvent, void, void> {
  for await (const message of messages(transport, path, options)) {
    const event = taskEventOf(message);
    yield event;
    if (END_EVENTS.has(event.name) && isFinished(event.status)) return;
  }
}

/** All tasks that the caller may see; endless. */
export async function* allEvents(transport: Transport, options: EventsOptions): AsyncGenerator<TaskEvent | TasksSnapshot, void, void> {
  for await (const message of messages(transport, "/api/v1/tasks/events", options)) {
    if (message.name !== "tasks.snapshot") {
      yield taskEventOf(message);
      continue;
    }
    const raw = asObject(JSON.parse(message.data), "the event");
    yield { name: "tasks.snapshot", id: message.id, at: moment(raw, "at"), missed: raw["missed"] === true };
  }
}

function taskEventOf(message: Message): TaskEvent {
  let value: unknown;
  try {
    value = JSON.parse(message.data);
  } catch (error) {
    throw new BadAnswer(`the event is not JSON: ${message.data.slice(0, 200)}`, { cause: error });
  }
  const raw = asObject(value, "the event");
  return {
    name: message.name, id: message.id, taskId: text(raw, "task_id"), kind: text(raw, "task_type"), status: statusOf(raw), progress: number(raw, "progress"),
    message: text(raw, "message"), attempt: number(raw, "attempt"), at: moment(raw, "at"), error: textOrNull(raw, "error"),
  };
}

/** The messages of a stream, over as many connections as it takes. */
async function* messages(transport: Transport, path: string, options: EventsOptions): AsyncGenerator<Message, void, void> {
  const signal = options.signal;
  let last = options.lastEventId;
  let pause = 0;
  let failures = 0;
  while (!isAborted(signal)) {
    await sleep(pause, signal);
    let response: IncomingMessage | undefined;
    try {
      response = await transport.stream(path, last === undefined ? {} : { "Last-Event-ID": last }, signal);
      if (response.statusCode === 204) return;
      await accept(response);
      const parser = new Parser();
      for await (const message of parser.read(response, options.idleSeconds ?? 60)) {
        failures = 0;
        last = message.id || last;
        yield message;
      }
      pause = parser.retrySeconds;
    } catch (error) {
      if (isAborted(signal)) return;
      if (error instanceof ApiError ? error.status !== 429 && error.status !== 503 : error instanceof GalleyError) throw error;
      failures += 1;
      if (failures > transport.retries) throw error instanceof ApiError ? error : new Unreachable(`${transport.url}: ${messageOf(error)}`, { cause: error });
      pause = Math.max(Math.min(0.1 * 2 ** failures, 5) * (0.5 + Math.random() / 2), response ? retryAfter(response.headers) : 0);
    } finally {
      response?.destroy();
    }
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

async function accept(response: IncomingMessage): Promise<void> {
  const status = response.statusCode ?? 0;
  if (status >= 400) throw await problemOf(response);
  if (status !== 200 || !(response.headers["content-type"] ?? "").startsWith("text/event-stream")) {
    throw new BadAnswer(`${status} ${response.headers["content-type"] ?? ""} is not a stream of events`);
  }
}

/** The lines of text/event-stream, as https://html.spec.whatwg.org/multipage/server-sent-events.html reads them. */
export class Parser {
  retrySeconds = 2;
  #name = "";
  #data: string[] = [];
  #id = "";
  #rest = "";
  #skipNewline = false;

  /** What a part of the stream completes. Throws BadAnswer for an event that is too large. */
  feed(part: string): Message[] {
    let chunk = part;
    if (this.#skipNewline && chunk !== "") {
      if (chunk.startsWith("\n")) chunk = chunk.slice(1);
      this.#skipNewline = false;
    }
    if (chunk.endsWith("\r")) this.#skipNewline = true;
    const lines = (this.#rest + chunk).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > EVENT_BYTES_MAX) throw new BadAnswer(`an event is larger than ${EVENT_BYTES_MAX} bytes`);
    return lines.flatMap((line) => this.#line(line));
  }

  async *read(response: IncomingMessage, idleSeconds: number): AsyncGenerator<Message, void, void> {
    const decoder = new StringDecoder("utf8");
    response.setTimeout(idleSeconds * 1000, () => response.destroy(new Error(`the stream was silent for ${idleSeconds} s`)));
    for await (const part of response as AsyncIterable<Buffer>) yield* this.feed(decoder.write(part));
  }

  #line(line: string): Message[] {
    if (line === "") return this.#end();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retrySeconds = Math.min(Number(value) / 1000, 60);
    if (this.#data.length > 1000) throw new BadAnswer("an event has more than 1000 lines");
    return [];
  }

  #end(): Message[] {
    const message = { name: this.#name || "message", id: this.#id, data: this.#data.join("\n") };
    const whole = this.#data.length > 0;
    this.#name = "";
    this.#data = [];
    return whole ? [message] : [];
  }
}
