import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError, Client, type TaskEvent, TaskFailed, TaskNotFinished, Unreachable } from "../src/index.js";
import { PATIENCE_SECONDS, serverFor, tokenOf } from "./server.js";

test("what is enqueued is there, with its options", async (t) => {
  const client = (await serverFor(t)).client();
  await client.declare("k", { name: "other", maxAttempts: 7 });
  const ref = await client.enqueue("k", { n: 1 }, { queue: "q", priority: 7, delaySeconds: 3600, maxAttempts: 2, timeoutSeconds: 5, tags: ["a", "b"] });
  const task = await client.get(ref.id);
  assert.deepEqual([task.kind, task.status, task.queue, task.priority, task.maxAttempts, task.tags], ["k", "scheduled", "q", 7, 2, ["a", "b"]]);
  assert.equal((await client.get((await client.enqueue("other")).id)).maxAttempts, 7);
  assert.equal(await client.exists(ref.id), true);
  assert.equal(await client.exists("task-0000000000000000"), false);
});

test("a batch is all or nothing, and its faults have pointers", async (t) => {
  const client = (await serverFor(t)).client();
  await assert.rejects(client.enqueueMany([{ kind: "echo", input: 1 }, { kind: "nobodys" }]), (error) => {
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.status, error.errors[0]?.pointer], [400, "/tasks/1/task_type"]);
    return true;
  });
  const refs = await client.enqueueMany(Array.from({ length: 300 }, (_, n) => ({ kind: "echo", input: n })));
  assert.equal(await client.result(refs[7]?.id ?? "", PATIENCE_SECONDS), 7);
  assert.equal((await client.getMany(refs.map((ref) => ref.id))).length, 300);
  let listed = 0;
  for await (const task of client.list({ kind: "echo" })) listed += task.kind === "echo" ? 1 : 0;
  assert.equal(listed, 300);
  assert.deepEqual(await client.enqueueMany([]), []);
});

test("tasks of a batch wait for each other and get the results", async (t) => {
  const client = (await serverFor(t)).client();
  const refs = await client.enqueueMany([{ kind: "echo", ref: "a", input: 1 }, { kind: "echo", ref: "b", input: 2 },
    { kind: "echo", input: "end", parents: ["ref:a", "ref:b"], inputFromParents: true }]);
  const result = await client.result<{ input: string; parents: { result: number }[] }>(refs[2]?.id ?? "", PATIENCE_SECONDS);
  assert.deepEqual([result.input, result.parents.map((parent) => parent.result)], ["end", [1, 2]]);
});

test("an open task waits for what names it, and until it is closed", async (t) => {
  const client = (await serverFor(t)).client();
  const end = await client.enqueue("echo", "end", { open: true });
  const part = await client.enqueue("echo", 1, { before: [end.id] });
  await client.result(part.id, PATIENCE_SECONDS);
  assert.equal((await client.get(end.id)).finished, false);
  await client.close(end.id);
  assert.equal(await client.result(end.id, PATIENCE_SECONDS), "end");
});

test("one key enqueues once, and a unique key joins", async (t) => {
  const client = (await serverFor(t)).client();
  await client.declare("k");
  const refs = [await client.enqueue("k", 1, { idempotencyKey: "the-key" }), await client.enqueue("k", 1, { idempotencyKey: "the-key" })];
  assert.equal(new Set(refs.map((ref) => ref.id)).size, 1);
  const first = await client.enqueue("k", 2, { uniqueKey: "voyage-7" });
  assert.deepEqual(await client.enqueue("k", 2, { uniqueKey: "voyage-7" }), { id: first.id, status: "pending", joined: true });
  await assert.rejects(client.enqueue("k", 2, { uniqueKey: "voyage-7", uniquePolicy: "reject" }), ApiError);
});

test("waiting ends with the task or the time", async (t) => {
  const client = (await serverFor(t)).client();
  await client.declare("k");
  const ref = await client.enqueue("k");
  await assert.rejects(client.result(ref.id, 0), TaskNotFinished);
  assert.equal((await client.cancel(ref.id)).status, "cancelled");
  await assert.rejects(client.result(ref.id, PATIENCE_SECONDS), (error) => error instanceof TaskFailed && error.status === "cancelled");
});

test("bulk changes reach what the filter finds", async (t) => {
  const client = (await serverFor(t)).client();
  await client.declare("k");
  const refs = await client.enqueueMany(Array.from({ length: 30 }, (_, n) => ({ kind: "k", input: n, tags: [n < 20 ? "old" : "new"] })));
  assert.deepEqual(await client.bulk("cancel", { tag: "old" }), { matched: 20, changed: 20 });
  assert.equal((await client.get(refs[19]?.id ?? "")).status, "cancelled");
  assert.equal((await client.get(refs[20]?.id ?? "")).status, "pending");
  assert.deepEqual(await client.bulk("delete", { kind: "k", status: "cancelled" }), { matched: 20, changed: 20 });
});

test("the log and the failed attempts are read", async (t) => {
  const server = await serverFor(t);
  const client = server.client();
  await client.declare({ name: "k", maxAttempts: 1 });
  const { id } = await client.enqueue("k");
  assert.deepEqual([await client.log(id), await client.attempts(id)], [[], []]);
  const lease = { worker: "w", kinds: ["k"] };
  await client.transport.request("POST", "/api/v1/worker/lease", { body: lease });
  await client.transport.request("POST", `/api/v1/worker/tasks/${id}/fail`, { body: { worker: "w", attempt: 1, error: "what a pity" } });
  const [attempt] = await client.attempts(id);
  assert.deepEqual([attempt?.attempt, attempt?.error], [1, "what a pity"]);
  assert.equal((await client.retry(id)).status, "pending");
});

test("events go from the present state to the end, and on behind the last one", async (t) => {
  const client = (await serverFor(t)).client();
  await client.declare("k");
  const { id } = await client.enqueue("k");
  const seen: TaskEvent[] = [];
  for await (const event of client.events(id)) {
    seen.push(event);
    if (seen.length === 1) await client.cancel(id);
  }
  assert.deepEqual(seen.map((event) => [event.name, event.status]), [["task.snapshot", "pending"], ["task.cancelled", "cancelled"]]);
  const rest: TaskEvent[] = [];
  for await (const event of client.events(id, { lastEventId: seen[0]?.id ?? "" })) rest.push(event);
  assert.deepEqual(rest.map((event) => event.id), [seen[1]?.id]);
  for await (const event of client.events(id, { lastEventId: seen[1]?.id ?? "" })) assert.fail(event.name);
});

test("a stream goes on when the server was killed and started again", async (t) => {
  const server = await serverFor(t);
  const client = server.client({ retries: 100 });
  await client.declare("k");
  const { id } = await client.enqueue("k");
  const names: string[] = [];
  for await (const event of client.events(id)) {
    names.push(event.name);
    if (names.length === 1) {
      await server.end("SIGKILL");
      await server.start();
    } else if (names.length === 2) {
      await client.cancel(id);
    }
  }
  assert.deepEqual(names, ["task.snapshot", "task.snapshot", "task.cancelled"]);
});

test("the stream of all begins with an overview and ends by its signal", async (t) => {
  const client = (await serverFor(t)).client();
  const stop = new AbortController();
  const names: string[] = [];
  for await (const event of client.allEvents({ signal: stop.signal })) {
    names.push(event.name);
    if (event.name === "tasks.snapshot") await client.enqueue("echo", 1);
    if (event.name === "task.completed") stop.abort();
  }
  assert.deepEqual([names[0], names.at(-1)], ["tasks.snapshot", "task.completed"]);
});

test("a kept connection that the server closed is opened again", async (t) => {
  const server = await serverFor(t);
  const client = server.client();
  await client.enqueue("echo");
  assert.equal(await server.end("SIGTERM"), 0);
  await server.start();
  assert.equal(await client.result((await client.enqueue("echo", 5)).id, PATIENCE_SECONDS), 5);
});

test("an enqueue that meets no server is made once when there is one", async (t) => {
  const server = await serverFor(t);
  const client = server.client({ retries: 100 });
  await server.end();
  const pending = client.enqueue("echo", 3);
  await server.start();
  const ref = await pending;
  assert.equal(await client.result(ref.id, PATIENCE_SECONDS), 3);
  let count = 0;
  for await (const task of client.list()) count += task.kind === "echo" ? 1 : 0;
  assert.equal(count, 1);
});

test("a token may be a function, and a bad one is refused", async (t) => {
  const server = await serverFor(t);
  let asked = 0;
  const client = server.client({ token: () => (asked += 1, tokenOf()) });
  await client.enqueue("echo");
  assert.equal(asked, 1);
  await assert.rejects(server.client({ token: "not.a.token" }).enqueue("echo"), (error) => error instanceof ApiError && error.status === 401);
});

test("a server that is not there is unreachable, and an address that is none is said at once", async () => {
  await assert.rejects(new Client({ url: "http://127.0.0.1:1", retries: 0 }).get("task"), Unreachable);
  assert.throws(() => new Client({ url: "ftp://nowhere" }), TypeError);
  assert.throws(() => new Client({ url: "nowhere" }), TypeError);
});

test("what cannot be said is refused before it is sent", async () => {
  const client = new Client({ url: "http://127.0.0.1:1", retries: 0 });
  await assert.rejects(client.enqueue("k", 1, { delaySeconds: 1, runAt: new Date() }), TypeError);
  await assert.rejects(client.enqueue("k", 1, { expiresInSeconds: 1, expiresAt: new Date() }), TypeError);
  await assert.rejects(client.enqueue("k", 1n), TypeError);
});
