import assert from "node:assert/strict";
import { createServer, type Server as NetServer, type Socket } from "node:net";
import { test, type TestContext } from "node:test";

import { ApiError, BadAnswer, Client, GalleyError, Unreachable, Worker } from "../src/index.js";
import { Parser } from "../src/events.js";
import { Gate } from "./server.js";

/** A listener that answers each request on it with the next of these bytes, and closes; the last one again and again. */
async function saying(t: TestContext, ...answers: string[]): Promise<string> {
  const open = new Set<Socket>();
  let count = 0;
  const server: NetServer = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(answers[Math.min(count++, answers.length - 1)] ?? ""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
}

function json(body: string, status = "200 OK", more = ""): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}

const TASK = { task_id: "t", task_type: "k", status: "completed", progress: 100, message: "", queue: "q", priority: 5, attempt: 1, max_attempts: 3,
  created_at: "2026-01-01T00:00:00.000Z", created_by: "me", result: 7, error: null, tags: [], parents: [] };

test("answers that are none are BadAnswer, and lost ones Unreachable", async (t) => {
  const cases: [string, typeof GalleyError][] = [
    [json("not JSON"), BadAnswer], [json("[]"), BadAnswer], [json("null"), BadAnswer], [json("{}"), BadAnswer], [json(""), BadAnswer],
    [json(JSON.stringify({ ...TASK, status: "asleep" })), BadAnswer], [json(JSON.stringify({ ...TASK, progress: "much" })), BadAnswer],
    [json(JSON.stringify({ ...TASK, created_at: "yesterday" })), BadAnswer], [json("", "302 Found", "Location: http://elsewhere.example/\r\n"), BadAnswer],
    ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", Unreachable], ["no HTTP at all\r\n\r\n", Unreachable], ["", Unreachable],
  ];
  for (const [answer, expected] of cases) {
    const client = new Client({ url: await saying(t, answer), token: "x", retries: 0 });
    await assert.rejects(client.get("t"), expected, answer);
  }
  const good = new Client({ url: await saying(t, json(JSON.stringify(TASK))), token: "x" });
  assert.equal((await good.get("t")).result, 7);
});

test("an error that is no problem document is an ApiError all the same", async (t) => {
  const client = new Client({ url: await saying(t, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>"), token: "x" });
  await assert.rejects(client.get("t"), (error) => error instanceof ApiError && error.status === 502 && error.detail === "<html>");
});

test("lost answers and 503s are asked for again with the same key, so long as Retry-After says", async (t) => {
  const keys: string[] = [];
  const answers = ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", json("{}", "503 Service Unavailable", "Retry-After: 0\r\n"),
    json('{"task_id":"t","status":"pending","joined":false}', "202 Accepted")];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (data) => {
      keys.push(/idempotency-key: (\S+)/i.exec(String(data))?.[1] ?? "none");
      socket.end(answers[keys.length - 1] ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  const client = new Client({ url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`, token: "x" });
  assert.equal((await client.enqueue("k")).id, "t");
  assert.deepEqual([keys.length, new Set(keys).size], [4, 1]);
});

test("a batch with too few answers is not taken for done", async (t) => {
  const client = new Client({ url: await saying(t, json('{"tasks":[]}', "202 Accepted")), token: "x" });
  await assert.rejects(client.enqueueMany([{ kind: "k" }]), BadAnswer);
});

test("a stream that is none, or says nonsense, ends with BadAnswer", async (t) => {
  const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
  for (const answer of [json("{}"), `${head}data: nonsense\n\n`, `${head}data: {"task_id":1}\n\n`, `${head}data: ${"x".repeat(2 << 20)}`]) {
    const client = new Client({ url: await saying(t, answer), token: "x", retries: 0 });
    await assert.rejects(client.events("t").next(), BadAnswer, answer.slice(0, 80));
  }
});

test("the parser of streams takes lines however they are cut", () => {
  const stream = ": note\nretry: 50\nid: 1\nevent: a\ndata: one\ndata:two\n\nid: 2\r\ndata: é\r\n\r\ndata\r\rid: 3\n\n:\ndata: end\n\n";
  const want = [{ name: "a", id: "1", data: "one\ntwo" }, { name: "message", id: "2", data: "é" }, { name: "message", id: "2", data: "" },
    { name: "message", id: "3", data: "end" }];
  for (let size = 1; size <= stream.length; size += 1) {
    const parser = new Parser();
    const got = [];
    for (let at = 0; at < stream.length; at += size) got.push(...parser.feed(stream.slice(at, at + size)));
    assert.deepEqual(got, want, `in parts of ${size}`);
    assert.equal(parser.retrySeconds, 0.05);
  }
});

test("a worker asks again when leases are nonsense, and ends when it is not wanted", async (t) => {
  const third = new Gate();
  const lines: string[] = [];
  const url = await saying(t, json('{"items":[]}'), json("nonsense"), json('{"tasks":[{}],"lease_seconds":5,"heartbeat_seconds":1}'), json('{"detail":"no"}', "403 Forbidden"));
  const worker = new Worker(new Client({ url, token: "x", retries: 0 }), { signals: false, log: (level, text) => level === "warn" && lines.push(text) });
  worker.task("k", () => third.open());
  await assert.rejects(worker.run(), (error) => error instanceof ApiError && error.status === 403);
  assert.equal(lines.filter((line) => line.startsWith("no lease: ")).length, 2, lines.join("\n"));
});
