import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import { ApiError, Cancelled, type Client, Fail, Retry, Snooze, TaskFailed, Worker, type WorkerOptions } from "../src/index.js";
import { Gate, PATIENCE_SECONDS, type Server, serverFor, tokenOf, until, untilStatus } from "./server.js";

/** Runs in this process until the test ends. */
function running(t: TestContext, worker: Worker): Worker {
  const done = worker.run();
  t.after(async () => {
    worker.stop();
    await done;
  });
  return worker;
}

function workerOf(client: Client, options: WorkerOptions = {}): Worker {
  return new Worker(client, { signals: false, graceSeconds: 5, log: () => undefined, ...options });
}

async function enqueueHere(client: Client, kind: string, input: unknown = null, maxAttempts = 3): Promise<string> {
  await client.declare(kind);
  return (await client.enqueue(kind, input, { maxAttempts })).id;
}

test("results, failures, retries and snoozes end as they should", async (t) => {
  const client = (await serverFor(t)).client();
  let snoozed = false;
  running(t, workerOf(client)
    .task<{ a: number; b: number }, number>("add", (task) => task.input.a + task.input.b)
    .task("flaky", (task) => {
      if (task.attempt < 3) throw new Retry("not yet", 0);
      return task.attempt;
    })
    .task("later", (task) => {
      if (!snoozed) {
        snoozed = true;
        throw new Snooze(0.05);
      }
      return task.attempt;
    })
    .task("nothing", () => undefined)
    .task("broken", () => Promise.reject(new Fail("bad input")))
    .task("unwanted", () => {
      throw new Cancelled("nobody wants it");
    })
    .task("raises", () => {
      throw new RangeError("what a pity");
    })
    .task("unspeakable", () => 1n));
  assert.equal(await client.result(await enqueueHere(client, "add", { a: 2, b: 3 }), PATIENCE_SECONDS), 5);
  assert.equal(await client.result(await enqueueHere(client, "flaky"), PATIENCE_SECONDS), 3);
  assert.equal(await client.result(await enqueueHere(client, "later"), PATIENCE_SECONDS), 1);
  assert.equal(await client.result(await enqueueHere(client, "nothing"), PATIENCE_SECONDS), null);
  assert.equal((await client.wait(await enqueueHere(client, "unwanted"), PATIENCE_SECONDS)).status, "cancelled");
  for (const [kind, message] of [["broken", /bad input/], ["raises", /RangeError: what a pity/], ["unspeakable", /BigInt/]] as const) {
    await assert.rejects(client.result(await enqueueHere(client, kind, null, 1), PATIENCE_SECONDS), (error) => error instanceof TaskFailed && message.test(error.message));
  }
});

test("many tasks run once each, so many at once as it is said", async (t) => {
  const client = (await serverFor(t)).client();
  let now = 0;
  let most = 0;
  const worker = running(t, workerOf(client, { concurrency: 5, prefetch: 200 }).task<number, number>("double", async (task) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    return 2 * task.input;
  }));
  await client.declare("double");
  const refs = await client.enqueueMany(Array.from({ length: 500 }, (_, n) => ({ kind: "double", input: n })));
  for (const ref of refs) await client.wait(ref.id, PATIENCE_SECONDS);
  const tasks = await client.getMany(refs.map((ref) => ref.id));
  const results = new Map(tasks.map((task) => [task.id, task]));
  assert.deepEqual(refs.map((ref) => results.get(ref.id)?.result), Array.from({ length: 500 }, (_, n) => 2 * n));
  assert.ok(tasks.every((task) => task.attempt === 1));
  assert.equal(most, 5);
  await until(() => worker.counts.completed === 500);
});

test("progress is seen, never goes back, and a cancel aborts the signal", async (t) => {
  const client = (await serverFor(t)).client();
  running(t, workerOf(client).task("steps", async (task) => {
    task.progress(10);
    task.progress(30, `a third, ${"é".repeat(300)}`);
    await task.sleep(PATIENCE_SECONDS);
  }));
  const id = await enqueueHere(client, "steps");
  await until(async () => (await client.get(id)).progress === 30);
  const message = (await client.get(id)).message;
  assert.ok(message.startsWith("a third, é") && Buffer.byteLength(message) <= 500, message);
  await client.cancel(id);
  assert.equal((await client.wait(id, PATIENCE_SECONDS)).status, "cancelled");
});

test("lines of the log are told while it runs and with the end", async (t) => {
  const client = (await serverFor(t)).client();
  let finish = (): void => {};
  const told = new Promise<void>((resolve) => (finish = resolve));
  running(t, workerOf(client).task("speaks", async (task) => {
    for (let n = 0; n < 300; n += 1) task.log(`line ${n}`);
    await told;
    task.log("é".repeat(600));
  }));
  const id = await enqueueHere(client, "speaks");
  await until(async () => (await client.log(id)).at(-1)?.text === "line 299");
  assert.deepEqual((await client.log(id)).map((line) => line.text), Array.from({ length: 200 }, (_, n) => `line ${n + 100}`));
  finish();
  assert.equal((await client.wait(id, PATIENCE_SECONDS)).status, "completed");
  const log = await client.log(id);
  assert.deepEqual(log.slice(-2).map((line) => [line.attempt, line.text]), [[1, "line 299"], [1, "é".repeat(500)]]);
});

test("a cancelled task that is completed all the same is completed", async (t) => {
  const client = (await serverFor(t)).client();
  running(t, workerOf(client).task("stubborn", async (task) => {
    await new Promise((resolve) => task.signal.addEventListener("abort", resolve));
    assert.ok(task.signal.reason instanceof Cancelled);
    return task.stopReason;
  }));
  const id = await enqueueHere(client, "stubborn");
  await untilStatus(client, id, "running");
  await client.cancel(id);
  assert.deepEqual([(await client.wait(id, PATIENCE_SECONDS)).status, await client.result(id)], ["completed", "cancelled"]);
});

test("a handler that holds the event loop keeps its lease", async (t) => {
  const client = (await serverFor(t)).client();
  running(t, workerOf(client, { leaseSeconds: 3 }).task("compute", (task) => {
    const end = performance.now() + 5000;
    while (performance.now() < end);
    return task.attempt;
  }));
  const id = await enqueueHere(client, "compute");
  const task = await client.wait(id, PATIENCE_SECONDS);
  assert.deepEqual([task.status, task.result, task.attempt], ["completed", 1, 1]);
});

test("a lease that is lost stops the handler, and its late result is refused", async (t) => {
  const client = (await serverFor(t)).client();
  const first = new Gate<string | null>();
  const again = new Gate();
  const worker = running(t, workerOf(client, { concurrency: 2 }).task("slow", async (task) => {
    if (task.attempt > 1) return `attempt ${task.attempt}`;
    await new Promise((resolve) => task.signal.addEventListener("abort", resolve));
    first.open(task.stopReason);
    await again.passed;
    return "too late";
  }));
  await client.declare("slow");
  const { id } = await client.enqueue("slow", null, { timeoutSeconds: 1, backoff: { baseSeconds: 0, maxSeconds: 0 } });
  assert.equal(await first.passed, "lost");
  assert.equal(await client.result(id, PATIENCE_SECONDS), "attempt 2");
  again.open();
  await until(() => worker.counts.lost === 1);
  assert.equal(await client.result(id), "attempt 2");
});

test("a report of an attempt that is over is refused", async (t) => {
  const client = (await serverFor(t)).client();
  const id = await enqueueHere(client, "k");
  await client.transport.request("POST", "/api/v1/worker/lease", { body: { worker: "w", kinds: ["k"] } });
  await client.transport.request("POST", `/api/v1/worker/tasks/${id}/release`, { body: { worker: "w", attempt: 1 } });
  await client.transport.request("POST", "/api/v1/worker/lease", { body: { worker: "w", kinds: ["k"] } });
  const stale = client.transport.request("POST", `/api/v1/worker/tasks/${id}/complete`, { body: { worker: "w", attempt: 7, result: 1 } });
  await assert.rejects(stale, (error) => error instanceof ApiError && error.status === 409);
});

test("a result that is too large fails its task and no other", async (t) => {
  const client = (await serverFor(t)).client();
  const both = new Gate();
  let begun = 0;
  running(t, workerOf(client, { concurrency: 2 }).task<number, string>("fill", async (task) => {
    if (++begun === 2) both.open();
    await both.passed;
    return "x".repeat(task.input);
  }));
  const large = await enqueueHere(client, "fill", 64 << 20, 1);
  const small = await enqueueHere(client, "fill", 3, 1);
  assert.equal(await client.result(small, PATIENCE_SECONDS), "xxx");
  await assert.rejects(client.result(large, PATIENCE_SECONDS), /its result was refused: 413/);
});

test("a server that is killed and started again disturbs no running task", async (t) => {
  const server = await serverFor(t);
  const client = server.client({ retries: 100 });
  const begun = new Gate();
  const go = new Gate();
  running(t, workerOf(client).task("hold", async (task) => {
    begun.open();
    await go.passed;
    return task.attempt;
  }));
  const id = await enqueueHere(client, "hold");
  await begun.passed;
  await server.end("SIGKILL");
  go.open(); // it ends while nobody hears of it
  await server.start();
  const task = await client.wait(id, PATIENCE_SECONDS);
  assert.deepEqual([task.status, task.result, task.attempt], ["completed", 1, 1]);
  assert.equal(await client.result((await client.enqueue("hold")).id, PATIENCE_SECONDS), 1);
});

test("a worker waits for a server that is not there yet", async (t) => {
  const server = await serverFor(t);
  const client = server.client({ retries: 0 });
  const asked = new Gate();
  await server.end();
  running(t, workerOf(client, { log: (level) => level === "warn" && asked.open() }).task("k", () => 7));
  await asked.passed;
  await server.start();
  const patient = server.client({ retries: 100 });
  assert.equal(await patient.result(await enqueueHere(patient, "k"), PATIENCE_SECONDS), 7);
});

test("what a worker may not do, or cannot be, is said", async (t) => {
  const server = await serverFor(t);
  await assert.rejects(workerOf(server.client({ token: tokenOf("ann@example.org", "user") })).task("k", () => 1).run(), (error) => error instanceof ApiError && error.status === 403);
  await assert.rejects(workerOf(server.client()).task("echo", () => 1).run(), (error) => error instanceof ApiError && error.status === 409);
  await assert.rejects(workerOf(server.client()).run(), TypeError);
  assert.throws(() => workerOf(server.client(), { concurrency: 0 }), RangeError);
});

// ---- a worker that is a process of its own

interface Shop {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly go: string;
}

function shop(t: TestContext, server: Server, name: string, prefetch = 1, graceSeconds = 20): Shop {
  const started = spawn(process.execPath, [fileURLToPath(new URL("shop.js", import.meta.url)), name, String(prefetch), String(graceSeconds)],
    { env: { ...process.env, GALLEY_URL: server.url, GALLEY_TOKEN: tokenOf() }, stdio: ["ignore", "inherit", "inherit"] });
  const ended = new Promise<number | null>((resolve) => started.once("exit", resolve));
  t.after(async () => {
    started.kill("SIGKILL");
    await ended;
  });
  return { process: started, ended, go: join(server.folder, "go") };
}

async function hold(client: Client, go: string, more: object = {}): Promise<string> {
  const id = await enqueueHere(client, "hold", { file: go, ...more });
  await until(() => existsSync(`${go}-${id}`));
  return id;
}

test("SIGTERM lets what runs end, and puts the rest back", async (t) => {
  const server = await serverFor(t);
  const client = server.client();
  const { process, ended, go } = shop(t, server, "w1");
  const runs = await hold(client, go);
  const ahead = await enqueueHere(client, "hold", { file: go });
  await untilStatus(client, ahead, "running"); // leased ahead
  process.kill("SIGTERM");
  await untilStatus(client, ahead, "pending");
  assert.equal((await client.get(runs)).status, "running");
  writeFileSync(go, "");
  assert.equal(await ended, 0);
  assert.deepEqual([(await client.get(runs)).status, (await client.get(ahead)).attempt], ["completed", 0]);
});

test("what does not end within the grace goes back uncounted, heeding or deaf", async (t) => {
  for (const deaf of [false, true]) {
    const server = await serverFor(t);
    const client = server.client();
    const { process, ended, go } = shop(t, server, "w1", 0, 0);
    const id = await hold(client, go, { deaf });
    process.kill("SIGTERM");
    assert.equal(await ended, 0);
    const task = await untilStatus(client, id, "pending")
    assert.equal(task.attempt, 0, deaf ? "deaf" : "heeding");
  }
});

test("a killed worker's task is done by another", async (t) => {
  const server = await serverFor(t);
  const client = server.client();
  const first = shop(t, server, "w1");
  const id = await hold(client, first.go);
  first.process.kill("SIGKILL");
  await first.ended;
  writeFileSync(first.go, "");
  shop(t, server, "w2");
  assert.equal(await client.result(id, PATIENCE_SECONDS), 2);
});
