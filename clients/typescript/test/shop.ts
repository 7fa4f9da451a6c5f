/** A worker as a program of its own: tests stop it by signals. Its one task says that it has begun, and goes on until a file is there. */
import { existsSync, writeFileSync } from "node:fs";

import { Worker } from "../src/index.js";

interface Hold {
  readonly file: string;
  readonly deaf?: boolean;
}

const worker = new Worker(undefined, { name: process.argv[2] ?? "shop", concurrency: 1, prefetch: Number(process.argv[3] ?? 1), graceSeconds: Number(process.argv[4] ?? 20) });
worker.task<Hold, number>("hold", async (task) => {
  writeFileSync(`${task.input.file}-${task.id}`, "");
  while (!existsSync(task.input.file)) {
    if (task.input.deaf !== true) task.check();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return task.attempt;
});
await worker.run();
process.exit(0);
