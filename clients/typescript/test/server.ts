/** A real Galley process to talk to, and what tests need around it. GALLEY_BINARY names the program. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";

import { Client, type ConnectionOptions, type Status, type Task } from "../src/index.js";

const SECRET = "the secret of the client's tests, longer than 32 bytes";
const READY = "galley is ready at ";
export const PATIENCE_SECONDS = 120;

export function tokenOf(subject = "worker@machines.example", role = "worker"): string {
  const now = Math.floor(Date.now() / 1000);
  const parts = [{ alg: "HS256", typ: "JWT" }, { sub: subject, role, name: "", iat: now, exp: now + 3600 }];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${createHmac("sha256", SECRET).update(text).digest("base64url")}`;
}

export class Server {
  readonly folder = mkdtempSync(join(tmpdir(), "galley-typescript-"));
  port = 0;
  #process: ChildProcess | null = null;

  async start(): Promise<void> {
    const binary = process.env["GALLEY_BINARY"];
    if (binary === undefined) throw new Error("GALLEY_BINARY names no program");
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("GALLEY_"));
    const started = spawn(binary, ["serve", "--listen", `127.0.0.1:${this.port}`, "--data", join(this.folder, "data")],
      { stdio: ["ignore", "pipe", "ignore"], env: { ...Object.fromEntries(kept), GALLEY_JWT_SECRET: SECRET } });
    this.#process = started;
    for await (const line of createInterface({ input: started.stdout })) {
      if (!line.startsWith(READY)) continue;
      this.port = Number(line.slice(line.lastIndexOf(":") + 1));
      started.stdout.resume();
      return;
    }
    throw new Error("the server did not start");
  }

  async end(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<number | null> {
    const running = this.#process;
    this.#process = null;
    if (running === null || running.exitCode !== null) return null;
    const code = new Promise<number | null>((resolve) => running.once("exit", resolve));
    running.kill(signal);
    return code;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  client(options: ConnectionOptions = {}): Client {
    return new Client({ url: this.url, token: tokenOf(), ...options });
  }
}

/** A server for one test, gone at its end. */
export async function serverFor(test: TestContext): Promise<Server> {
  const server = new Server();
  test.after(async () => {
    await server.end();
    rmSync(server.folder, { recursive: true, force: true });
  });
  await server.start();
  return server;
}

/** Asks until the answer is yes. */
export async function until(asked: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_SECONDS * 1000;
  while (!(await asked())) {
    if (performance.now() > end) throw new Error("it never came");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export async function untilStatus(client: Client, id: string, status: Status): Promise<Task> {
  let task = await client.get(id);
  await until(async () => (task = await client.get(id)).status === status);
  return task;
}

/** A promise, and what fulfils it. */
export class Gate<Value = void> {
  open!: (value: Value) => void;
  readonly passed = new Promise<Value>((resolve) => {
    this.open = resolve;
  });
}
