// The main job through a client that was generated from the OpenAPI document: nothing here knows a path that the types do not.
import createClient, { type Client } from "openapi-fetch";
import type { paths } from "./generated/api";

declare const process: { env: Record<string, string | undefined>; exit(code: number): never };

const base = process.env.GALLEY_URL ?? "";
const clientOf = (token: string): Client<paths> => createClient<paths>({ baseUrl: base, headers: { Authorization: `Bearer ${token}` } });
const admin = clientOf(process.env.ADMIN_TOKEN ?? "");
const owner = clientOf(process.env.OWNER_TOKEN ?? "");
const stranger = clientOf(process.env.STRANGER_TOKEN ?? "");
const room = { room_id: "generated" };

function equal(actual: unknown, wanted: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a} is not ${b}`);
}

function given<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`${what} is missing`);
  return value;
}

async function makeRoom(): Promise<void> {
  const put = await admin.PUT("/api/v1/rooms/{room_id}", {
    params: { path: room },
    body: { room: { reference: "STS-1", title: "Crude transfer" }, documents: [{ id: "d1", type_code: "Q88", type_name: "Questionnaire", status: "approved" }] },
  });
  equal(put.response.status, 201, "room created");
  equal(given(put.data, "answer").created, true, "created");
  const email = given(process.env.OWNER_EMAIL, "OWNER_EMAIL");
  const member = await admin.PUT("/api/v1/rooms/{room_id}/members/{email}", { params: { path: { ...room, email } }, body: { role: "owner" } });
  equal(given(member.data, "member").role, "owner", "role");
  const rooms = await owner.GET("/api/v1/rooms", { params: { query: { role: "owner" } } });
  equal(given(rooms.data, "rooms").items.map((head) => head.room_id), ["generated"], "rooms of the owner");
}

async function snapshotTwiceWithOneKey(): Promise<string> {
  const order = { params: { path: room, header: { "Idempotency-Key": "generated-1" } }, body: { title: "Before mooring", include_activity: false } };
  const first = await owner.POST("/api/v1/rooms/{room_id}/snapshots", order);
  equal(first.response.status, 201, "snapshot created");
  const again = await owner.POST("/api/v1/rooms/{room_id}/snapshots", order);
  equal(again.data, first.data, "the first answer again");
  equal(again.response.headers.get("idempotency-replayed"), "true", "marked as replayed");
  const other = await owner.POST("/api/v1/rooms/{room_id}/snapshots", { ...order, body: { title: "Another" } });
  equal(other.response.status, 422, "the key with another body");
  equal(given(other.error, "problem").status, 422, "problem");
  return given(first.data, "snapshot").id;
}

async function waitAndDownload(snapshot_id: string): Promise<void> {
  const path = { ...room, snapshot_id };
  const done = await owner.GET("/api/v1/rooms/{room_id}/snapshots/{snapshot_id}", { params: { path, query: { wait: 60 } } });
  const snapshot = given(done.data, "snapshot");
  equal([snapshot.status, snapshot.error], ["completed", null], "finished");
  const download = "/api/v1/rooms/{room_id}/snapshots/{snapshot_id}/download" as const;
  const pdf = await owner.GET(download, { params: { path }, parseAs: "arrayBuffer" });
  const bytes = new Uint8Array(given(pdf.data, "pdf") as ArrayBuffer);
  equal([bytes.length, String.fromCharCode(...bytes.slice(0, 5))], [snapshot.file_size, "%PDF-"], "the file");
  const etag = given(pdf.response.headers.get("etag"), "etag");
  const same = await owner.GET(download, { params: { path }, headers: { "If-None-Match": etag }, parseAs: "stream" });
  equal(same.response.status, 304, "not sent again");
  const listed = await owner.GET("/api/v1/rooms/{room_id}/snapshots", { params: { path: room, query: { status: "completed", limit: 10 } } });
  equal(given(listed.data, "list").items.map((item) => item.id), [snapshot_id], "listed");
  equal(given(listed.data, "list").next, null, "one page");
}

async function tasks(snapshot_id: string): Promise<void> {
  const of_snapshot = await owner.GET("/api/v1/snapshots/tasks/{task_id}", { params: { path: { task_id: `snapshot-${snapshot_id}` } } });
  equal(given(of_snapshot.data, "task").status, "completed", "its task");
  const one = await owner.POST("/api/v1/tasks", { body: { task_type: "echo", input: { n: 1 }, priority: 9 } });
  const task_id = given(one.data, "task").task_id;
  const finished = await owner.GET("/api/v1/tasks/{task_id}", { params: { path: { task_id }, query: { wait: 60 } } });
  equal(given(finished.data, "task").result, { n: 1 }, "result");
  const batch = await owner.POST("/api/v1/tasks/batch", { body: { tasks: [{ task_type: "echo" }, { task_type: "echo", delay_seconds: 3600 }] } });
  const ids = given(batch.data, "batch").tasks.map((ref) => ref.task_id);
  const found = await owner.POST("/api/v1/tasks/bulk-status", { body: { task_ids: ids } });
  equal(given(found.data, "found").items.map((task) => task.task_id), ids, "bulk status");
  const cancelled = await owner.POST("/api/v1/tasks/{task_id}/cancel", { params: { path: { task_id: given(ids[1], "id") } } });
  equal(given(cancelled.data, "task").status, "cancelled", "cancelled");
  const seen: string[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const page = given((await owner.GET("/api/v1/tasks", { params: { query: { task_type: "echo", limit: 1, cursor } } })).data, "page");
    seen.push(...page.items.map((task) => task.task_id));
    cursor = page.next ? (new URL(page.next, base).searchParams.get("cursor") ?? undefined) : undefined;
    more = cursor !== undefined;
  }
  equal(seen, [...ids].reverse().concat(task_id), "all pages");
}

async function errors(snapshot_id: string): Promise<void> {
  const hidden = await stranger.GET("/api/v1/rooms/{room_id}", { params: { path: room } });
  equal([hidden.response.status, given(hidden.error, "problem").status], [404, 404], "what one may not know of");
  const forbidden = await owner.DELETE("/api/v1/rooms/{room_id}/snapshots/{snapshot_id}", { params: { path: { ...room, snapshot_id } } });
  equal(forbidden.response.status, 403, "what one may not do");
  const bad = await owner.POST("/api/v1/rooms/{room_id}/snapshots", { params: { path: room }, body: { title: "" } });
  equal(bad.response.status, 400, "bad body");
  equal(given(bad.error, "problem").errors?.map((fault) => fault.pointer), ["/title"], "where it is bad");
  const unknown = await clientOf("x").GET("/api/v1/rooms");
  equal(unknown.response.status, 401, "no token");
}

async function administration(snapshot_id: string): Promise<void> {
  const cache = await admin.GET("/api/cache/stats");
  equal(given(cache.data, "cache").memory_entries >= 1, true, "cached");
  const ready = await admin.GET("/health/ready");
  equal(given(ready.data, "health").status, "ready", "ready");
  const gone = await admin.DELETE("/api/v1/rooms/{room_id}/snapshots/{snapshot_id}", { params: { path: { ...room, snapshot_id } } });
  equal(gone.response.status, 204, "deleted");
}

await makeRoom();
const snapshot_id = await snapshotTwiceWithOneKey();
await waitAndDownload(snapshot_id);
await tasks(snapshot_id);
await errors(snapshot_id);
await administration(snapshot_id);
console.log("the generated client did the whole job");
