/**
 * One server, spoken to over connections that are kept. Everything is JSON; what is safe to repeat is repeated.
 *
 * Repeated are GET and DELETE, and calls with an Idempotency-Key or a fencing number: after a lost connection, a 429 and a 503, up to `retries` times
 * with growing pauses, or as long as the server asks for by Retry-After (at most 30 s).
 */
import * as http from "node:http";
import * as https from "node:https";
import { TLSSocket } from "node:tls";

import { ApiError, BadAnswer, type Fault, GalleyError, Unreachable } from "./errors.js";
import { asObject, type Raw } from "./json.js";

/** A bearer token, or a function that gives the one to use now (called before each request). */
export type Token = string | (() => string);

export interface ConnectionOptions {
  /** The server's address; else GALLEY_URL, else http://127.0.0.1:8000. */
  readonly url?: string;
  /** Else GALLEY_TOKEN. */
  readonly token?: Token;
  /** How long one request may take, beyond what it asks the server to wait. 30 by default. */
  readonly timeoutSeconds?: number;
  /** How often a call that may be repeated is repeated. 6 by default. */
  readonly retries?: number;
}

export interface RequestOptions {
  readonly body?: unknown;
  /** The body as JSON already; instead of `body`. */
  readonly bodyText?: string;
  readonly repeat?: boolean;
  readonly key?: string;
  readonly timeoutSeconds?: number;
  readonly retries?: number;
  /** When it is aborted the call is given up: an answer that is under way still comes, else Unreachable. */
  readonly hangUp?: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly content: string;
}

const PAUSE_FIRST_SECONDS = 0.05;
const PAUSE_MAX_SECONDS = 5;
const RETRY_AFTER_MAX_SECONDS = 30;
const PRESENCE_MILLISECONDS = 1100;
const LAST_ANSWER_MILLISECONDS = 100;
const ANSWER_BYTES_MAX = 256 << 20;

export class Transport {
  readonly url: string;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly #token: Token;
  readonly #base: URL;
  readonly #agent: http.Agent | https.Agent;

  constructor(options: ConnectionOptions = {}) {
    this.url = (options.url ?? process.env["GALLEY_URL"] ?? "http://127.0.0.1:8000").replace(/\/+$/, "");
    let base: URL;
    try {
      base = new URL(this.url);
    } catch {
      throw new TypeError(`not a server's address: ${this.url}`);
    }
    if (base.protocol !== "http:" && base.protocol !== "https:") throw new TypeError(`not a server's address: ${this.url}`);
    this.#base = base;
    this.#token = options.token ?? process.env["GALLEY_TOKEN"] ?? "";
    this.timeoutSeconds = options.timeoutSeconds ?? 30;
    this.retries = options.retries ?? 6;
    this.#agent = base.protocol === "https:" ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true, noDelay: true });
  }

  /** The token to use now. */
  token(): string {
    return typeof this.#token === "function" ? this.#token() : this.#token;
  }

  /** Another one for the same server, with connections of its own. */
  copy(retries = this.retries): Transport {
    return new Transport({ url: this.url, token: this.#token, timeoutSeconds: this.timeoutSeconds, retries });
  }

  /** Closes the connections that are kept. */
  close(): void {
    this.#agent.destroy();
  }

  /** The answer's JSON (null where there is no body). Throws ApiError, Unreachable, BadAnswer. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    const body = options.bodyText ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const mayRepeat = options.repeat === true || options.key !== undefined || method === "GET" || method === "DELETE";
    let left = options.retries ?? this.retries;
    let pause = PAUSE_FIRST_SECONDS;
    for (;;) {
      let wait = pause * (0.5 + Math.random() / 2);
      try {
        const answer = await this.#once(method, path, body, options);
        if (answer.status < 300) return parsed(answer.content);
        if (answer.status < 400) throw new BadAnswer(`${this.url} redirects to ${answer.headers.location ?? "nowhere"}: give that address`);
        if ((answer.status !== 429 && answer.status !== 503) || left <= 0) throw problem(answer);
        wait = Math.max(wait, retryAfter(answer.headers));
      } catch (error) {
        if (error instanceof GalleyError) throw error;
        if (!mayRepeat || left <= 0 || options.hangUp?.aborted === true) throw new Unreachable(`${this.url}: ${messageOf(error)}`, { cause: error });
      }
      left -= 1;
      await sleep(wait);
      pause = Math.min(pause * 2, PAUSE_MAX_SECONDS);
    }
  }

  /** An answer whose body is read as it comes; it has its status, whatever that is. Rejects when there is none. */
  stream(path: string, headers: Record<string, string>, signal?: AbortSignal): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = this.#start("GET", path, headers, new http.Agent());
      const abort = (): void => void request.destroy(new Error("no longer wanted"));
      if (signal?.aborted === true) abort();
      signal?.addEventListener("abort", abort, { once: true });
      request.setTimeout(this.timeoutSeconds * 1000, () => request.destroy(new Error(`no answer for ${this.timeoutSeconds} s`)));
      request.on("error", (error) => {
        signal?.removeEventListener("abort", abort);
        reject(error);
      });
      request.on("response", (response) => {
        request.setTimeout(0);
        response.on("close", () => signal?.removeEventListener("abort", abort));
        resolve(response);
      });
      request.end();
    });
  }

  #start(method: string, path: string, headers: http.OutgoingHttpHeaders, agent: http.Agent | https.Agent): http.ClientRequest {
    const base = this.#base;
    const secure = base.protocol === "https:";
    const options: https.RequestOptions = {
      method,
      hostname: base.hostname.replace(/^\[|\]$/g, ""),
      port: base.port || (secure ? 443 : 80),
      path: base.pathname.replace(/\/$/, "") + path,
      headers: { Authorization: `Bearer ${this.token()}`, ...headers },
    };
    return secure ? https.request({ ...options, ...(agent instanceof https.Agent ? { agent } : { agent: false }) }) : http.request({ ...options, agent });
  }

  #once(method: string, path: string, body: string | undefined, options: RequestOptions): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers: http.OutgoingHttpHeaders = {};
      if (options.key !== undefined) headers["Idempotency-Key"] = options.key;
      if (body !== undefined) {
        headers["Content-Type"] = "application/json";
        headers["Content-Length"] = Buffer.byteLength(body);
      }
      const request = this.#start(method, path, headers, this.#agent);
      const seconds = options.timeoutSeconds ?? this.timeoutSeconds;
      const timer = setTimeout(() => request.destroy(new Error(`no answer for ${seconds} s`)), seconds * 1000);
      const stopListening = hangUpWith(request, options.hangUp);
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        stopListening();
        act();
      };
      request.on("error", (error) => settle(() => reject(error)));
      request.on("response", (response) => {
        collect(response).then((content) => settle(() => resolve({ status: response.statusCode ?? 0, headers: response.headers, content })),
          (error: unknown) => settle(() => reject(error)));
      });
      request.end(body);
    });
  }
}

/**
 * Resets the connection when `signal` is aborted; gives what takes that back. The server looks whether a client is still there from the first second of
 * its request on: until then, and for a moment, what it answers is taken.
 */
function hangUpWith(request: http.ClientRequest, signal: AbortSignal | undefined): () => void {
  if (signal === undefined) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const began = performance.now();
  const hangUp = (): void => {
    const unseen = began + PRESENCE_MILLISECONDS - performance.now();
    timer = setTimeout(() => {
      if (request.socket && !(request.socket instanceof TLSSocket)) request.socket.resetAndDestroy();
      request.destroy(new Error("hung up"));
    }, Math.max(LAST_ANSWER_MILLISECONDS, unseen));
  };
  if (signal.aborted) hangUp();
  signal.addEventListener("abort", hangUp, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", hangUp);
  };
}

async function collect(response: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > ANSWER_BYTES_MAX) throw new BadAnswer(`the answer is larger than ${ANSWER_BYTES_MAX} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parsed(content: string): unknown {
  if (content === "") return null;
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    throw new BadAnswer(`the answer is not JSON: ${content.slice(0, 200)}`, { cause: error });
  }
}

function problem(answer: { status: number; content: string }): ApiError {
  let raw: Raw;
  try {
    raw = asObject(JSON.parse(answer.content), "the problem");
  } catch {
    return new ApiError(answer.status, answer.content.slice(0, 200));
  }
  const faults: Fault[] = [];
  for (const fault of Array.isArray(raw["errors"]) ? (raw["errors"] as unknown[]) : []) {
    const { pointer, message } = (fault ?? {}) as Record<string, unknown>;
    faults.push({ pointer: String(pointer ?? ""), message: String(message ?? "") });
  }
  return new ApiError(answer.status, String(raw["detail"] ?? raw["title"] ?? ""), faults);
}

/** The problem that a streaming answer brought. */
export async function problemOf(response: http.IncomingMessage): Promise<ApiError> {
  return problem({ status: response.statusCode ?? 0, content: await collect(response) });
}

/** Seconds that the server asks to wait; 0 when it does not say. */
export function retryAfter(headers: http.IncomingHttpHeaders): number {
  const seconds = Number(headers["retry-after"] ?? 0);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), RETRY_AFTER_MAX_SECONDS) : 0;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || ((error as NodeJS.ErrnoException).code ?? error.name) : String(error);
}

/** Resolves after `seconds`, or as soon as `signal` is aborted. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    if (signal?.aborted === true) done();
    else signal?.addEventListener("abort", done, { once: true });
  });
}
