// No-op jobs on BullMQ, at the Redis whose port PEER_REDIS_PORT names. Prints one JSON object.
//
//   noop.mjs run COUNT CONCURRENCY   from the first addBulk (of 1,000) to the last completion; one worker, in a process of its own
//   noop.mjs bulk COUNT              one addBulk, nobody works
import { fork } from "node:child_process";
import { once } from "node:events";

import { Queue, Worker } from "bullmq";

const connection = { host: "127.0.0.1", port: Number(process.env.PEER_REDIS_PORT), maxRetriesPerRequest: null };
const [what, count, concurrency] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const name = `noop-${process.argv[5] ?? process.pid}`;
const jobs = (from, to) => Array.from({ length: to - from }, (_, n) => ({ name: "noop", data: from + n }));

async function work() {
  let done = 0;
  const worker = new Worker(name, async (job) => job.data, { connection, concurrency });
  worker.on("completed", () => {
    done += 1;
    if (done === 1) process.send("first");
    if (done === count + 1) process.send("all");
  });
  await worker.waitUntilReady();
  process.send("ready");
}

async function run(queue) {
  const worker = fork(process.argv[1], ["work", String(count), String(concurrency), String(process.pid)]);
  const said = async (word) => {
    for (;;) if ((await once(worker, "message"))[0] === word) return;
  };
  await said("ready");
  const first = said("first");
  await queue.add("noop", 0);
  await first;
  const all = said("all");
  const began = performance.now();
  for (let from = 0; from < count; from += 1000) await queue.addBulk(jobs(from, Math.min(count, from + 1000)));
  const enqueued = performance.now();
  await all;
  const ended = performance.now();
  worker.kill();
  return { per_s: (count * 1000) / (ended - began), enqueue_per_s: (count * 1000) / (enqueued - began) };
}

async function bulk(queue) {
  await queue.addBulk(jobs(0, 100));
  const began = performance.now();
  await queue.addBulk(jobs(0, count));
  return { per_s: (count * 1000) / (performance.now() - began) };
}

if (what === "work") {
  await work();
} else {
  const queue = new Queue(name, { connection });
  await queue.waitUntilReady();
  console.log(JSON.stringify(what === "run" ? await run(queue) : await bulk(queue)));
  await queue.obliterate({ force: true });
  await queue.close();
}
