"""Load for tests that break things: clients that write down what the server acknowledged, and a check that all of it is there."""
import collections
import hashlib
import http.client
import json
import pathlib
import random
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "server"))
from galley_server import ADMIN, BROKER, OWNER, PATIENCE_SECONDS, Caller, room_body, run_galley, token_of  # noqa: E402

ROOMS = 3
# R52: a task that runs whenever its process dies is quarantined after some times, whoever is to blame. It is kept, and retried by hand
# it must complete; that it happens is counted and printed.
QUARANTINED = "the worker died ("
# What a client meets when the server dies under it: nothing was acknowledged, anything may have happened.
LOST = (OSError, http.client.HTTPException)


class Ledger:
    """What the server acknowledged. `doubtful` holds what was asked for without an answer: it may have happened or not."""

    def __init__(self):
        self.lock = threading.Lock()
        self.believes = True  # False while the disk itself lies about what it holds: what is acknowledged then may be lost
        self.snapshots = {}  # id -> room
        self.deleting = set()  # asked to be deleted; in `deleted` when acknowledged
        self.deleted = set()
        self.tasks = {}  # id -> input
        self.entries = {}  # text -> room
        self.keyed = {}  # Idempotency-Key -> (room, body, the answer's text or None while there is none)
        self.accounts_off = set()
        self.bytes_of = {}  # content hash -> SHA-256 of the PDF
        self.hash_of = {}  # snapshot -> content hash
        self.wrong = []
        self.counts = {"rounds": 0, "kills while starting": 0, "requests lost": 0, "requests refused": 0, "downloads": 0, "quarantined, then retried": 0}

    def count(self, name, by=1):
        with self.lock:
            self.counts[name] += by

    def note(self, kept, facts):
        """Acknowledged facts, into one of the collections above."""
        with self.lock:
            if self.believes:
                kept.update(facts)

    def complain(self, text):
        with self.lock:
            self.wrong.append(text)

    def note_keyed(self, key, text):
        """An answer to this key; one key has one answer."""
        with self.lock:
            room, body, first = self.keyed[key]
            if self.believes:
                self.keyed[key] = (room, body, first or text)
                self.snapshots[json.loads(text)["id"]] = room
        if first not in (None, text):
            self.complain(f"two answers to the key {key}: {first!r} and {text!r}")

    def note_pdf(self, snapshot, content_hash, body):
        digest = hashlib.sha256(body).hexdigest()
        with self.lock:
            first = self.bytes_of.setdefault(content_hash, digest)
            known = self.hash_of.setdefault(snapshot, content_hash)
            self.counts["downloads"] += 1
        if first != digest:
            self.complain(f"two different PDFs of {content_hash}")
        if known != content_hash:
            self.complain(f"{snapshot} had the hash {known}, now {content_hash}")


class Client:
    """One caller on one connection, doing this and that until the server dies."""

    def __init__(self, server, ledger, seed, number):
        self.ledger = ledger
        self.stopping = threading.Event()
        self.random = random.Random(seed)
        self.name = f"{seed:x}-{number}"
        self.count = 0
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
        self.tokens = {caller: token_of(caller) for caller in (ADMIN, OWNER, BROKER)}

    def run(self):
        actions = [(self.create_snapshot, 6), (self.create_task, 4), (self.create_batch, 2), (self.append_activity, 3),
                   (self.change_room, 1), (self.download, 4), (self.delete_snapshot, 1), (self.wait_for_snapshot, 2),
                   (self.create_snapshot_with_key, 3), (self.switch_account_off, 1)]
        works, weights = zip(*actions)
        try:
            while not self.stopping.is_set():
                self.random.choices(works, weights)[0]()
        except LOST:
            self.ledger.count("requests lost")
        except Exception as error:  # a defect of the server's answer, or of this test
            self.ledger.complain(f"{type(error).__name__}: {error}")
        finally:
            self.connection.close()

    def ask(self, method, path, body=None, caller=BROKER, wanted=(200, 201, 202, 204), key=None):
        """The answer's status and body; 503 (the server is stopping or too busy) acknowledges nothing."""
        headers = {"Authorization": "Bearer " + self.tokens[caller], "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        self.connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status not in (*wanted, 503):
            self.ledger.complain(f"{method} {path}: {response.status} {text[:300]!r}")
        if response.status == 503:
            self.ledger.count("requests refused")
            if not response.getheader("Retry-After"):
                self.ledger.complain(f"{method} {path}: 503 without Retry-After")
        return response, text

    def room(self):
        return f"room-{self.random.randrange(ROOMS)}"

    def unique(self):
        self.count += 1
        return f"{self.name}-{self.count}"

    def some_snapshot(self):
        with self.ledger.lock:
            known = [snapshot for snapshot in self.ledger.snapshots if snapshot not in self.ledger.deleting]
            return self.random.choice(known) if known else None

    def create_snapshot(self):
        room = self.room()
        response, text = self.ask("POST", f"/api/v1/rooms/{room}/snapshots",
                                  {"title": self.unique(), "include_activity": self.random.random() < 0.5})
        if response.status == 201:
            self.ledger.note(self.ledger.snapshots, {json.loads(text)["id"]: room})

    def create_snapshot_with_key(self):
        """Now and then a key that was used before, perhaps in the life of an earlier process."""
        with self.ledger.lock:
            known = list(self.ledger.keyed)
        key = self.random.choice(known) if known and self.random.random() < 0.5 else self.unique()
        with self.ledger.lock:
            room, body, _ = self.ledger.keyed.setdefault(key, (self.room(), {"title": key}, None))
        response, text = self.ask("POST", f"/api/v1/rooms/{room}/snapshots", body, key=key, wanted=(201, 409))
        if response.status == 201:
            self.ledger.note_keyed(key, text)

    def switch_account_off(self):
        email = f"{self.unique()}@gone.example"
        response, _ = self.ask("PUT", f"/api/v1/accounts/{email}", {"active": False}, ADMIN)
        if response.status == 201:
            self.ledger.note(self.ledger.accounts_off, {email})

    def create_task(self):
        given = self.unique()
        response, text = self.ask("POST", "/api/v1/tasks", {"task_type": "echo", "input": given,
                                                           "priority": self.random.randrange(10)})
        if response.status == 202:
            self.ledger.note(self.ledger.tasks, {json.loads(text)["task_id"]: given})

    def create_batch(self):
        given = [self.unique() for _ in range(self.random.randrange(1, 60))]
        tasks = [{"task_type": "echo", "input": one} for one in given]
        response, text = self.ask("POST", "/api/v1/tasks/batch", {"tasks": tasks})
        if response.status == 202:
            ids = [task["task_id"] for task in json.loads(text)["tasks"]]
            self.ledger.note(self.ledger.tasks, dict(zip(ids, given, strict=True)))

    def append_activity(self):
        room, text = self.room(), self.unique()
        response, _ = self.ask("POST", f"/api/v1/rooms/{room}/activity", {"text": text})
        if response.status == 201:
            self.ledger.note(self.ledger.entries, {text: room})

    def change_room(self):
        """In a room of its own: a PUT replaces the activity, and entries are counted on elsewhere."""
        room = "changing"
        self.ask("PUT", f"/api/v1/rooms/{room}", room_body(room, title=self.unique()), OWNER)
        response, text = self.ask("POST", f"/api/v1/rooms/{room}/snapshots", {"title": self.unique()})
        if response.status == 201:
            self.ledger.note(self.ledger.snapshots, {json.loads(text)["id"]: room})

    def path_of(self, snapshot):
        return f"/api/v1/rooms/{self.ledger.snapshots[snapshot]}/snapshots/{snapshot}"

    def download(self):
        snapshot = self.some_snapshot()
        if snapshot is None:
            return
        response, body = self.ask("GET", self.path_of(snapshot) + "/download", wanted=(200, 404, 409))
        if response.status == 200:
            self.check_pdf(snapshot, response, body)
        elif response.status == 404 and snapshot not in self.ledger.deleting:
            self.ledger.complain(f"{snapshot} is gone")

    def check_pdf(self, snapshot, response, body):
        tag = response.getheader("ETag", "").strip('"')
        if not body.startswith(b"%PDF-") or len(tag) != 64:
            self.ledger.complain(f"{snapshot}: not a PDF: {body[:50]!r} {tag}")
        self.ledger.note_pdf(snapshot, tag, body)

    def wait_for_snapshot(self):
        snapshot = self.some_snapshot()
        if snapshot is None:
            return
        response, text = self.ask("GET", self.path_of(snapshot) + "?wait=5", wanted=(200, 404))
        told = json.loads(text)
        if response.status == 200 and told["status"] == "failed" and not told["error"].startswith(QUARANTINED):
            self.ledger.complain(f"{snapshot} failed: {text!r}")

    def delete_snapshot(self):
        snapshot = self.some_snapshot()
        if snapshot is None:
            return
        with self.ledger.lock:
            self.ledger.deleting.add(snapshot)
        response, _ = self.ask("DELETE", self.path_of(snapshot), caller=ADMIN, wanted=(204, 404))
        if response.status == 204:
            self.ledger.note(self.ledger.deleted, {snapshot})


class Check:
    """Looks at a live server and complains to the ledger about what it has lost."""

    def __init__(self, server, ledger):
        self.server = server
        self.ledger = ledger

    def snapshot(self, snapshot):
        """Present, completed (given time), a PDF with the hash that is told, and the same bytes as ever."""
        path = f"/api/v1/rooms/{self.ledger.snapshots[snapshot]}/snapshots/{snapshot}"
        answer = self.server.get(path + "?wait=60", BROKER)
        if answer.status != 200:
            if snapshot not in self.ledger.deleting or answer.status != 404:
                self.ledger.complain(f"acknowledged {snapshot}: {answer}")
            return
        if snapshot in self.ledger.deleted:
            return self.ledger.complain(f"{snapshot} was deleted and is back")
        told = answer.json()
        if told["status"] == "failed" and told["error"].startswith(QUARANTINED):
            self.retry(told["task_id"])
            told = self.server.get(path + "?wait=60", BROKER).json()
        if told["status"] != "completed":
            return self.ledger.complain(f"acknowledged {snapshot} is {told['status']}: {told['error']}")
        pdf = self.server.get(path + "/download", BROKER)
        if pdf.status != 200 or not pdf.body.startswith(b"%PDF-") or len(pdf.body) != told["file_size"]:
            return self.ledger.complain(f"PDF of {snapshot}: {pdf}")
        if pdf.headers["ETag"] != f'"{told["content_hash"]}"':
            self.ledger.complain(f"{snapshot}: hash {told['content_hash']}, ETag {pdf.headers['ETag']}")
        self.ledger.note_pdf(snapshot, told["content_hash"], pdf.body)

    def tasks(self, ids):
        """All exist and complete with their input as result; a hundred at a time."""
        for at in range(0, len(ids), 100):
            wanted = {task: self.ledger.tasks[task] for task in ids[at:at + 100]}
            items = self.server.post("/api/v1/tasks/bulk-status", {"task_ids": list(wanted)}).json()["items"]
            found = {item["task_id"]: item for item in items}
            for task, given in wanted.items():
                item = found.get(task)
                if item is None:
                    self.ledger.complain(f"acknowledged task {task} is gone")
                    continue
                if item["status"] == "failed" and item["error"].startswith(QUARANTINED):
                    self.retry(task)
                if item["status"] != "completed":
                    item = self.server.get(f"/api/v1/tasks/{task}?wait=60").json()
                if (item["status"], item["result"]) != ("completed", given):
                    self.ledger.complain(f"acknowledged task {task}: {item}")

    def retry(self, task):
        self.ledger.count("quarantined, then retried")
        answer = self.server.post(f"/api/v1/tasks/{task}/retry")
        if answer.status != 200:
            self.ledger.complain(f"quarantined {task} cannot be retried: {answer}")

    def entries(self):
        present = set()
        for room in {*self.ledger.entries.values()}:
            for entry in self.server.get(f"/api/v1/rooms/{room}").json().get("activity", []):
                if entry["text"] in present:
                    self.ledger.complain(f"{entry['text']} stands twice")
                present.add(entry["text"])
        for text in self.ledger.entries.keys() - present:
            self.ledger.complain(f"acknowledged entry {text} is gone")

    def keys(self):
        """Every key again: the first answer where there was one, and one snapshot for each."""
        for key, (room, body, _) in sorted(self.ledger.keyed.items()):
            answer = self.server.post(f"/api/v1/rooms/{room}/snapshots", body, BROKER, headers={"Idempotency-Key": key})
            if answer.status != 201:
                self.ledger.complain(f"the key {key} again: {answer}")
            else:
                self.ledger.note_keyed(key, answer.body)

    def accounts(self):
        for email in sorted(self.ledger.accounts_off):
            answer = self.server.get("/api/v1/rooms", Caller(email, "user", ""))
            if answer.status != 403:
                self.ledger.complain(f"{email} was switched off: {answer}")

    def audit(self):
        """The chain holds, and tells of every account that was switched off."""
        done = run_galley("audit", "verify", "--data", str(self.server.data))
        if done.returncode != 0:
            self.ledger.complain(f"audit verify: {done.stdout!r} {done.stderr!r}")
        told = run_galley("audit", "export", "--data", str(self.server.data)).stdout.decode()
        for email in self.ledger.accounts_off:
            if email not in told:
                self.ledger.complain(f"the audit log does not know that {email} was switched off")

    def deletions(self):
        listed, titles = set(), []
        for room in {*self.ledger.snapshots.values()}:
            path = f"/api/v1/rooms/{room}/snapshots?limit=200"
            while path:
                page = self.server.get(path).json()
                listed |= {item["id"] for item in page["items"]}
                titles += [item["title"] for item in page["items"]]
                path = page["next"]
        for snapshot in listed & self.ledger.deleted:
            self.ledger.complain(f"{snapshot} was deleted and is listed")
        for snapshot in self.ledger.snapshots.keys() - self.ledger.deleting - listed:
            self.ledger.complain(f"acknowledged {snapshot} is not listed")
        for title, times in collections.Counter(titles).items():
            if times > 1:  # every title is used once, and with a key again and again
                self.ledger.complain(f"{times} snapshots '{title}'")


class Load:
    """Clients at work on threads of their own."""

    def __init__(self, server, ledger, clients, chance):
        self.clients = [Client(server, ledger, chance.randrange(1 << 48), number) for number in range(clients)]
        self.threads = [threading.Thread(target=client.run, daemon=True) for client in self.clients]
        for thread in self.threads:
            thread.start()

    def stop(self):
        for client in self.clients:
            client.stopping.set()
        self.join()

    def join(self):
        for thread in self.threads:
            thread.join()


def make_rooms(server):
    for room in [f"room-{i}" for i in range(ROOMS)] + ["changing"]:
        server.make_room(room, activity=0)


def complaints_about_database(server):
    """What is unsound in the database of a server that does not run."""
    database = server.database()
    wrong = [row[0] for row in database.execute("PRAGMA integrity_check").fetchall() if row[0] != "ok"]
    held = dict(database.execute("SELECT hex(content_hash), count(*) FROM snapshot WHERE content_hash IS NOT NULL GROUP BY 1"))
    counted = dict(database.execute("SELECT hex(content_hash), reference_count FROM document"))
    database.close()
    if counted != held:
        wrong.append(f"documents count {counted}, snapshots refer {held}")
    return wrong


def check_everything(server, ledger):
    """All that was acknowledged, on a running server."""
    check = Check(server, ledger)
    check.keys()
    for snapshot in sorted(ledger.snapshots):
        check.snapshot(snapshot)
    check.tasks(sorted(ledger.tasks))
    check.entries()
    check.deletions()
    check.accounts()
    check.audit()
