"""The worker: leases tasks ahead, gives them to handlers, reports how they ended, says every second that it lives."""
from __future__ import annotations

import logging
import os
import queue
import signal
import socket
import threading
import time
from collections import deque
from typing import Any, Callable, Deque, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from ..client import Client
from ..errors import ApiError, Unreachable
from .executors import Executor, ProcessExecutor, ThreadExecutor
from .outcome import Handler, Outcome, released

log = logging.getLogger("galley.worker")
_LEASE_MAX = 100
_REPORT_MAX = 1_000
_REPORT_BYTES_MAX = 4 << 20
_PAUSE_MAX = 2.0
_LOG_LINES_MAX = 200  # of a task; the server keeps no more
_LOG_LINE_MAX = 1_000
# How long the server may take to see that the connection of a waiting lease was reset: what is put back before it sees that is handed to nobody.
_HUNG_UP = 0.3


class Worker:
    """Runs tasks of the kinds that it has handlers for.

    `threads` handlers run at once in this process, or, with `processes`, as many processes run one each. `prefetch` tasks are leased beyond those
    that run: more is faster for short tasks, less is fairer between workers for long ones (by default as many as run at once).
    """

    def __init__(self, client: Optional[Client] = None, *, name: Optional[str] = None, queues: Optional[Sequence[str]] = None, threads: int = 4,
                 processes: int = 0, prefetch: Optional[int] = None, lease_seconds: Optional[int] = None, grace: float = 20.0,
                 start_method: Optional[str] = None) -> None:
        self.client = client or Client()
        self.name = name or f"{socket.gethostname()[:60]}-{os.getpid()}-{os.urandom(2).hex()}"
        self.queues = list(queues) if queues else None
        self.processes = processes
        self.at_once = processes or threads
        self.prefetch = self.at_once if prefetch is None else prefetch
        self.lease_seconds = lease_seconds
        self.grace = grace
        self.start_method = start_method
        self.handlers: Dict[str, Handler] = {}
        self.kinds: Dict[str, Dict[str, Any]] = {}
        self.completed = 0
        self.failed = 0
        self.lost = 0
        # By task id: what was leased and is not reported. A task may come back to us before its end was heard of: the lease tells them apart.
        self._held: Dict[str, Dict[str, Any]] = {}
        self._lock = threading.Condition()
        self._stopping = threading.Event()
        self._ended: "queue.SimpleQueue[Optional[Tuple[Dict[str, Any], Outcome]]]" = queue.SimpleQueue()
        self._progress: Dict[str, Tuple[int, str]] = {}
        self._lines: Dict[str, Deque[str]] = {}  # of a task's log, not told yet
        self._telling = threading.Lock()  # held while a heartbeat has lines on their way: the end, which comes after them, waits
        self._beat_seconds = 1.0
        self._leaser = self.client.transport.copy()

    # ---- what to run

    def task(self, kind: Union[str, Handler, None] = None, **options: Any) -> Any:
        """Decorator: the function runs tasks of this kind (by default of its name). Options: queue, max_attempts, timeout_seconds."""
        if callable(kind):
            return self.task(None)(kind)

        def register(function: Handler) -> Handler:
            self.add(kind or getattr(function, "__name__"), function, **options)
            return function

        return register

    def add(self, kind: str, handler: Handler, **options: Any) -> None:
        self.handlers[kind] = handler
        self.kinds[kind] = {"name": kind, **{name: value for name, value in options.items() if value is not None}}

    # ---- run

    def run(self) -> None:
        """Until stop() or SIGTERM or SIGINT: then what runs has `grace` seconds to end, and all else is put back."""
        if not self.handlers:
            raise ValueError("the worker has no handler")
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self.stop())
        executor = self._make_executor()
        executor.start()
        self._until_reachable(lambda: self.client.declare(*self.kinds.values()))
        reporter = threading.Thread(target=self._report_ends, name="galley-report", daemon=True)
        heart = threading.Thread(target=self._beat, args=(executor,), name="galley-heartbeat", daemon=True)
        reporter.start()
        heart.start()
        log.info("worker %s runs %s", self.name, ", ".join(sorted(self.handlers)))
        try:
            self._lease_until_stopped(executor)
        finally:
            self._wind_up(executor, reporter)

    def stop(self) -> None:
        """From any thread or a signal handler."""
        self._stopping.set()
        self._leaser.abort()

    def _make_executor(self) -> Executor:
        if self.processes:
            return ProcessExecutor(self.handlers, self._note_end, self._note_progress, self._note_line, self.processes, self.start_method)
        return ThreadExecutor(self.handlers, self._note_end, self._note_progress, self._note_line, self.at_once)

    def _until_reachable(self, call: Callable[[], Any]) -> Any:
        pause = 0.1
        while not self._stopping.is_set():
            try:
                return call()
            except Unreachable as error:
                log.warning("%s; trying again", error)
                self._stopping.wait(pause)
                pause = min(pause * 2, _PAUSE_MAX)
        return None

    # ---- lease

    def _lease_until_stopped(self, executor: Executor) -> None:
        pause = 0.1
        while not self._stopping.is_set():
            room = self._wait_for_room()
            if room == 0:
                continue
            try:
                answer = self._leaser.request("POST", "/api/v1/worker/lease", self._lease_body(room), timeout=60, retries=0)
            except (Unreachable, ApiError) as error:
                if self._stopping.is_set():
                    time.sleep(_HUNG_UP)
                    return
                if isinstance(error, ApiError) and error.status not in (429, 500, 503):
                    raise
                log.warning("no lease: %s", error)
                self._stopping.wait(pause)
                pause = min(pause * 2, _PAUSE_MAX)
                continue
            pause = 0.1
            self._take(answer, executor)

    def _lease_body(self, room: int) -> Dict[str, Any]:
        body: Dict[str, Any] = {"worker": self.name, "kinds": list(self.handlers), "tasks_max": min(room, _LEASE_MAX), "wait_seconds": 20,
                                "client": "galley-python/0.1.0"}
        if self.queues is not None:
            body["queues"] = self.queues
        if self.lease_seconds is not None:
            body["lease_seconds"] = self.lease_seconds
        return body

    def _take(self, answer: Mapping[str, Any], executor: Executor) -> None:
        self._beat_seconds = answer["heartbeat_seconds"]
        for lease in answer["tasks"]:
            if lease["task_id"] in self._held:
                executor.stop(lease["task_id"], "lost")  # that it is leased anew may be heard before that it was lost
        with self._lock:
            for lease in answer["tasks"]:
                self._held[lease["task_id"]] = lease
                self._progress.pop(lease["task_id"], None)
                self._lines.pop(lease["task_id"], None)
        for lease in answer["tasks"]:
            executor.submit(lease)

    def _wait_for_room(self) -> int:
        """How many tasks may be leased: no less than a quarter of what fits, so that a busy worker asks seldom."""
        most = self.at_once + self.prefetch
        with self._lock:
            while not self._stopping.is_set():
                room = most - len(self._held)
                if room >= max(1, min(most, _LEASE_MAX) // 4):
                    return room
                self._lock.wait(0.5)
        return 0

    # ---- report

    def _note_end(self, lease: Dict[str, Any], outcome: Outcome) -> None:
        self._ended.put((lease, outcome))

    def _note_progress(self, task_id: str, percent: int, message: str) -> None:
        before = self._progress.get(task_id)
        self._progress[task_id] = (percent, message or (before[1] if before else ""))

    def _note_line(self, lease: Dict[str, Any], line: str) -> None:
        with self._lock:
            if self._held.get(lease["task_id"]) is lease:
                line = line[:_LOG_LINE_MAX].encode("utf-8", "replace").decode()  # a lone surrogate is no JSON
                self._lines.setdefault(lease["task_id"], deque(maxlen=_LOG_LINES_MAX)).append(line)

    def _with_lines(self, lease: Mapping[str, Any], body: Dict[str, Any]) -> Dict[str, Any]:
        """The body with what its task has written to its log since the last one."""
        with self._lock:
            lines = self._lines.pop(lease["task_id"], None) if self._held.get(lease["task_id"]) is lease else None
        return {**body, "log": list(lines)} if lines else body

    def _put_lines_back(self, tasks: List[Dict[str, Any]]) -> None:
        with self._lock:
            for task in tasks:
                if "log" in task:
                    newer = self._lines.get(task["task_id"], ())
                    self._lines[task["task_id"]] = deque([*task["log"], *newer], maxlen=_LOG_LINES_MAX)

    def _report_ends(self) -> None:
        while True:
            ends = self._next_ends()
            if ends is None:
                return
            with self._telling:
                ends = [(lease, Outcome(outcome.call, self._with_lines(lease, outcome.body))) for lease, outcome in ends]
            done = [(lease, outcome) for lease, outcome in ends if outcome.call == "complete"]
            self._report_done(done)
            for lease, outcome in ends:
                if outcome.call != "complete":
                    self._report_one(lease, outcome)
            with self._lock:
                for lease, _ in ends:
                    if self._held.get(lease["task_id"]) is lease:
                        del self._held[lease["task_id"]]
                self._lock.notify_all()

    def _next_ends(self) -> Optional[List[Tuple[Dict[str, Any], Outcome]]]:
        """All that wait, within what one call takes; None when there will be no more."""
        first = self._ended.get()
        if first is None:
            return None
        ends, size = [first], _size(first[1])
        while len(ends) < _REPORT_MAX and size < _REPORT_BYTES_MAX:
            try:
                end = self._ended.get_nowait()
            except queue.Empty:
                break
            if end is None:
                self._ended.put(None)
                break
            ends.append(end)
            size += _size(end[1])
        return ends

    def _report_done(self, ends: List[Tuple[Dict[str, Any], Outcome]]) -> None:
        left = {lease["task_id"]: (lease, outcome) for lease, outcome in ends}
        for _ in range(5):
            if not left:
                return
            tasks = [{"task_id": task_id, "attempt": lease["attempt"], **outcome.body} for task_id, (lease, outcome) in left.items()]
            answer = self._post("/api/v1/worker/complete", {"tasks": tasks})
            if answer is None:
                return
            again = {}
            for refused in answer["refused"]:
                if refused["reason"] == "unavailable":
                    again[refused["task_id"]] = left[refused["task_id"]]
                else:
                    self._note_lost(refused["task_id"], refused["detail"])
                    self.completed -= 1
            self.completed += len(left) - len(again)
            left = again
            if left:
                time.sleep(1)

    def _report_one(self, lease: Dict[str, Any], outcome: Outcome) -> None:
        if outcome.call == "fail":
            self.failed += 1
        task_id = lease["task_id"]
        body = {"attempt": lease["attempt"], **outcome.body}
        self._post(f"/api/v1/worker/tasks/{task_id}/{outcome.call}", body, task_id)

    def _post(self, path: str, body: Dict[str, Any], task_id: Optional[str] = None) -> Any:
        """A report is said again until it is heard; what is over meanwhile is dropped."""
        while True:
            try:
                return self.client.transport.request("POST", path, {"worker": self.name, **body}, repeat=True)
            except Unreachable as error:
                if self._stopping.is_set():
                    log.error("not reported: %s", error)
                    return None
                log.warning("%s; saying it again", error)
            except ApiError as error:
                if task_id is not None and error.status in (404, 409):
                    self._note_lost(task_id, error.detail)
                else:
                    log.error("%s: %s", path, error)
                return None

    def _note_lost(self, task_id: str, why: str) -> None:
        self.lost += 1
        log.warning("%s was lost: %s", task_id, why)

    # ---- heartbeat

    def _beat(self, executor: Executor) -> None:
        transport = self.client.transport.copy()
        transport.retries = 0
        told: Dict[str, Tuple[int, str]] = {}
        while True:
            time.sleep(self._beat_seconds)
            with self._lock:
                held = dict(self._held)
            ids = list(held)
            for start in range(0, len(ids), _REPORT_MAX):
                self._beat_once(transport, executor, [held[task_id] for task_id in ids[start:start + _REPORT_MAX]])
            told = {task_id: what for task_id, what in told.items() if task_id in held}
            for task_id, what in list(self._progress.items()):
                if task_id in held and told.get(task_id) != what:
                    told[task_id] = what
                    self._tell_progress(transport, held[task_id], what)

    def _beat_once(self, transport: Any, executor: Executor, leases: List[Dict[str, Any]]) -> None:
        with self._telling:
            tasks = [self._with_lines(lease, {"task_id": lease["task_id"], "attempt": lease["attempt"], "waiting": not executor.has_begun(lease["task_id"])})
                     for lease in leases]
            try:
                heard = transport.request("POST", "/api/v1/worker/heartbeat", {"worker": self.name, "tasks": tasks}, timeout=10)
            except (Unreachable, ApiError) as error:
                log.warning("no heartbeat: %s", error)
                self._put_lines_back(tasks)
                return
        for task_id in heard["cancelled"]:
            executor.stop(task_id, "cancelled")
        for task_id in heard["lost"]:
            executor.stop(task_id, "lost")

    def _tell_progress(self, transport: Any, lease: Dict[str, Any], what: Tuple[int, str]) -> None:
        body = {"worker": self.name, "attempt": lease["attempt"], "percent": what[0], "message": what[1][:160]}
        try:
            transport.request("POST", f"/api/v1/worker/tasks/{lease['task_id']}/progress", body, timeout=10)
        except (Unreachable, ApiError):
            pass  # the next heartbeat says what is wrong

    # ---- the end

    def _wind_up(self, executor: Executor, reporter: threading.Thread) -> None:
        self._stopping.set()
        for lease in executor.take_waiting():
            self._note_end(lease, released())
        if not self._wait_until_empty(self.grace):
            for task_id in list(self._held):
                executor.stop(task_id, "stopping")
            self._wait_until_empty(1.0)
        self._release_rest()
        executor.close()
        if isinstance(executor, ProcessExecutor):
            executor.kill_running()
        self._ended.put(None)
        reporter.join(5)

    def _wait_until_empty(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        with self._lock:
            while self._held and (left := end - time.monotonic()) > 0:
                self._lock.wait(left)
            return not self._held

    def _release_rest(self) -> None:
        """Handlers that do not stop: others shall run their tasks; what these handlers give later is refused."""
        with self._lock:
            rest = list(self._held.values())
            self._held.clear()
        if rest:
            tasks = [{"task_id": lease["task_id"], "attempt": lease["attempt"]} for lease in rest]
            for start in range(0, len(tasks), _REPORT_MAX):
                self._post("/api/v1/worker/release", {"tasks": tasks[start:start + _REPORT_MAX]})


def _size(outcome: Outcome) -> int:
    result = outcome.body.get("result")
    return len(result) if isinstance(result, (str, list, dict)) else 8
