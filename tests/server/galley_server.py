"""A real Galley process to talk to: started on a port of its own in a folder of its own, asked over HTTP, stopped or killed.

The binary is the one that GALLEY_BINARY names, else build/release/galley of this checkout. A test class derives from ServerCase and
shares one server; a test that restarts, damages or kills makes its own Server.
"""
import base64
import collections
import hashlib
import hmac
import http.client
import itertools
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

from contract import contract_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("GALLEY_BINARY") or str(ROOT / "build" / "release" / "galley")
SECRET = "the secret of the server tests, longer than 32 bytes"
READY = "galley is ready at "
# How long anything may take before a test says that it hangs. Never a time that a test waits on purpose.
PATIENCE_SECONDS = 120

Caller = collections.namedtuple("Caller", "email role name", defaults=("user", ""))
ADMIN = Caller("admin@galley.example", "admin", "Administrator")
STAFF = Caller("staff@galley.example", "staff", "Staff")
OWNER = Caller("owner@aegean.example", "user", "Olga Owner")
BROKER = Caller("broker@fjordline.example", "user", "Bram Broker")
CHARTERER = Caller("charterer@palmyra.example", "user", "Chen Charterer")
VIEWER = Caller("viewer@khor.example", "user", "Vera Viewer")
STRANGER = Caller("stranger@elsewhere.example", "user", "Sam Stranger")
ROOM_ROLES = {"owner": OWNER, "broker": BROKER, "charterer": CHARTERER, "viewer": VIEWER}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed_token(header, claims, secret=SECRET):
    """A JWT with any header and claims, signed by HMAC-SHA256."""
    text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return text + "." + base64url(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


def token_of(caller, **changed):
    now = int(time.time())
    claims = {"sub": caller.email, "role": caller.role, "name": caller.name, "iat": now, "exp": now + 3600, **changed}
    return signed_token({"alg": "HS256", "typ": "JWT"}, claims)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        # A stream may have no end: test_live.py reads those.
        self.body = b"" if self.headers.get("Content-Type") == "text/event-stream" else response.read()

    def json(self):
        return json.loads(self.body)

    def pointers(self):
        """The JSON pointers of a problem document's errors."""
        return [error["pointer"] for error in self.json().get("errors", [])]

    def __repr__(self):
        return f"<{self.status} {dict(self.headers)} {self.body[:500]!r}>"


class StartFailed(Exception):
    def __init__(self, exit_code, errors):
        super().__init__(f"exit code {exit_code}: {errors}")
        self.exit_code = exit_code
        self.errors = errors


def environment(**changed):
    """This process's environment without any GALLEY_ setting of the user; None takes one out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GALLEY_")}
    kept["GALLEY_JWT_SECRET"] = SECRET
    # Else they would fire in the middle of tests that count tasks. test_maintenance.py turns them on.
    kept["GALLEY_SCHEDULES_BUILT_IN"] = "false"
    kept.update(changed)
    return {name: value for name, value in kept.items() if value is not None}


def run_galley(*arguments, stdin=b"", folder=None, **changed):
    """Runs a command of the program to its end."""
    return subprocess.run([BINARY, *arguments], input=stdin, capture_output=True, env=environment(**changed), cwd=folder,
                          timeout=PATIENCE_SECONDS, check=False)


class Server:
    """One data folder and, between start() and stop() or kill(), the process that serves it."""

    def __init__(self, *flags, folder=None, env=None):
        self.flags = flags
        self.env = env or {}
        self.listen = "127.0.0.1:0"
        self.binary = BINARY  # or a program that has Galley as a library
        self.process_options = {}  # of subprocess.Popen: user, preexec_fn
        self.owns_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="galley-test-"))
        self.data = self.folder / "data"
        self.process = None
        self.port = None
        self.output = ""

    def spawn(self):
        """Starts the process without waiting until it serves."""
        with open(self.folder / "log.txt", "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--listen", self.listen, "--data", str(self.data), *self.flags],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=environment(**self.env),
                **self.process_options)
        return self

    def start(self):
        self.spawn()
        self.wait_until_ready()
        return self

    def wait_until_ready(self):
        watchdog = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        watchdog.start()
        try:
            self.output = ""
            for line in iter(self.process.stdout.readline, b""):
                text = line.decode()
                self.output += text
                if text.startswith(READY):
                    self.port = int(text.rsplit(":", 1)[1])
                    return
        finally:
            watchdog.cancel()
        self.process.stdout.close()
        raise StartFailed(self.process.wait(), self.log())

    def stop(self):
        """SIGTERM, and the exit code (negative: the signal that ended it)."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        return self.wait()

    def wait(self):
        try:
            code = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self.process.stdout.close()
        self.process = None
        return code

    def restart(self, *flags):
        code = self.stop()
        if code != 0:
            raise AssertionError(f"the server ended with {code}: {self.log()}")
        if flags:
            self.flags = flags
        return self.start()

    def close(self):
        if self.process is not None:
            self.kill()
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        return (self.folder / "log.txt").read_text(encoding="utf-8", errors="replace")

    def database(self):
        """The database file, for tests that look or change while no server runs."""
        return sqlite3.connect(self.data / "galley.db")

    def change_database(self, sql, values=()):
        with self.database() as connection:
            changed = connection.execute(sql, values).rowcount
        connection.close()
        return changed

    # ---- talking to it

    def request(self, method, path, caller=ADMIN, body=None, headers=None, token=None):
        """One request on a connection of its own. A dict or list goes as JSON; caller None sends no token."""
        fields = {}
        if token is not None or caller is not None:
            fields["Authorization"] = "Bearer " + (token if token is not None else token_of(caller))
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        if body is not None:
            fields["Content-Type"] = "application/json"
        fields.update(headers or {})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, fields)
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        faults = contract_of(self.binary).faults(method, path, answer)
        if faults:
            raise AssertionError(f"{method} {path} answers what OpenAPI does not say: {faults}: {answer}")
        return answer

    def get(self, path, caller=ADMIN, **options):
        return self.request("GET", path, caller, **options)

    def post(self, path, body=None, caller=ADMIN, **options):
        return self.request("POST", path, caller, body, **options)

    def put(self, path, body=None, caller=ADMIN, **options):
        return self.request("PUT", path, caller, body, **options)

    def delete(self, path, caller=ADMIN, **options):
        return self.request("DELETE", path, caller, **options)

    def raw(self, data, half_close=False):
        """Sends bytes as they are, reads until the server closes or answers one whole response; gives all that came."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS) as connection:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            received = b""
            while not is_whole_response(received):
                part = connection.recv(65536)
                if not part:
                    break
                received += part
            return received

    # ---- things that many tests need

    def make_room(self, room_id, **changed):
        """A room of OWNER's with one member of each role."""
        answer = self.put(f"/api/v1/rooms/{room_id}", room_body(room_id, **changed))
        assert answer.status == 201, answer
        for role, caller in ROOM_ROLES.items():
            answer = self.put(f"/api/v1/rooms/{room_id}/members/{caller.email}", {"role": role})
            assert answer.status == 200, answer
        return room_id

    def make_snapshot(self, room_id, caller=BROKER, title="As agreed", **options):
        answer = self.post(f"/api/v1/rooms/{room_id}/snapshots", {"title": title, **options}, caller)
        assert answer.status == 201, answer
        return answer.json()

    def finished_snapshot(self, room_id, caller=BROKER, **options):
        """A snapshot that is completed."""
        made = self.make_snapshot(room_id, caller, **options)
        answer = self.get(f"/api/v1/rooms/{room_id}/snapshots/{made['id']}?wait=60", caller)
        assert answer.status == 200 and answer.json()["status"] == "completed", answer
        return answer.json()

    def make_task(self, caller=BROKER, **fields):
        answer = self.post("/api/v1/tasks", {"task_type": "echo", **fields}, caller)
        assert answer.status == 202, answer
        return answer.json()["task_id"]


def is_whole_response(data):
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return len(body) >= int(value)
    return False


def status_of(raw_response):
    """The status of the first response in raw bytes, or None."""
    parts = raw_response.split(b" ", 2)
    return int(parts[1]) if raw_response.startswith(b"HTTP/1.1 ") and len(parts) > 1 else None


def room_body(room_id, title="Crude transfer off Fujairah", documents=2, activity=2, reference="STS-1"):
    return {
        "room": {"id": room_id, "reference": reference, "title": title, "location": "Fujairah OPL"},
        "parties": [{"id": "p1", "role": "owner", "name": "Olga Owner", "company": "Aegean Tankers"}],
        "vessels": [{"id": "v1", "name": "Aegean Promise", "imo": "9321483", "deadweight": 299999}],
        "documents": [{"id": f"d{i}", "type_code": "Q88", "type_name": f"Questionnaire {i}", "status": "approved"}
                      for i in range(documents)],
        "approvals": [{"id": "a1", "party": "Aegean Tankers", "document": "Questionnaire 0", "status": "approved"}],
        "activity": [{"id": f"act{i}", "timestamp": f"2026-01-0{i + 1}T08:00:00Z", "actor": "Olga Owner",
                      "text": f"Entry {i}"} for i in range(activity)],
        "summary": {"documents_total": documents, "progress_percent": 50, "blockers": []},
        "generated_at": "2026-01-09T12:00:00Z",
    }


def in_parallel(count, work):
    """work(0) … work(count - 1), each on a thread of its own, begun together; their results in order."""
    together = threading.Barrier(count)
    results = queue.Queue()

    def run(index):
        try:
            together.wait(PATIENCE_SECONDS)
            results.put((index, work(index), None))
        except Exception as error:  # handed to the caller's thread
            results.put((index, None, error))

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted((results.get() for _ in range(count)), key=lambda result: result[0])
    for _, _, error in ordered:
        if error is not None:
            raise error
    return [value for _, value, _ in ordered]


class ServerCase(unittest.TestCase):
    """Test classes that share one server: it must stand at the end, and stop with exit code 0."""

    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.flags)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.numbers = itertools.count(1)

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        if code != 0:
            raise AssertionError(f"the server ended with {code}: {cls.server.log()}")

    def room(self, **changed):
        return self.server.make_room(f"room.{next(self.numbers)}", **changed)

    def own_server(self, *flags):
        server = Server(*flags)
        self.addCleanup(server.close)
        return server.start()

    def assert_problem(self, answer, status, detail=None):
        """An RFC 9457 problem document with R2's fields."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json", answer)
        problem = answer.json()
        self.assertEqual(problem["status"], status)
        self.assertTrue({"type", "title", "instance"} <= problem.keys(), problem)
        self.assertLessEqual(problem.keys(), {"type", "title", "status", "detail", "instance", "errors"})
        self.assertIn(answer.headers["X-Request-Id"], problem["instance"])
        if detail is not None:
            self.assertIn(detail, problem["detail"])
        return problem
