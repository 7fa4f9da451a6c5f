"""The producer's side: enqueue tasks, follow them, take their results."""
from __future__ import annotations

import dataclasses
import datetime
import time
import urllib.parse
import uuid
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Union

from .errors import ApiError, TaskFailed, TaskNotFinished
from .http import Token, Transport

FINISHED = ("completed", "failed", "cancelled")
BATCH_MAX = 10_000
_WAIT_MAX = 60
# What the server calls otherwise, and what is not said as it is.
_NAMES = {"unique_window": "unique_window_seconds", "keep": "keep_seconds"}
_MOMENTS = {"run_at": "scheduled_at", "expires_at": "expires_at"}
_LISTS = frozenset({"tags", "parents", "before"})


@dataclasses.dataclass
class NewTask:
    """What is to be done: the kind, its input (any JSON), and what differs from the kind's defaults. Times in seconds; docs/tasks.md says what each option does."""

    kind: str
    input: Any = None
    queue: Optional[str] = None
    priority: Optional[int] = None
    delay: Optional[float] = None
    run_at: Optional[datetime.datetime] = None
    max_attempts: Optional[int] = None
    timeout: Optional[float] = None
    unique_key: Optional[str] = None
    unique_policy: Optional[str] = None
    unique_window: Optional[int] = None
    expires_at: Optional[datetime.datetime] = None
    limit_key: Optional[str] = None
    tags: Sequence[str] = ()
    keep: Optional[int] = None
    backoff: Optional[Mapping[str, int]] = None
    parents: Sequence[str] = ()
    on_parent_failure: Optional[str] = None
    input_from_parents: bool = False
    open: bool = False
    before: Sequence[str] = ()
    ref: Optional[str] = None

    def to_json(self) -> Dict[str, Any]:
        body: Dict[str, Any] = {"task_type": self.kind, "input": self.input}
        for name, value in self.__dict__.items():
            if value is None or value is False or name in ("kind", "input"):
                continue
            if name in _LISTS:
                if value:
                    body[name] = list(value)
            elif name in _MOMENTS:
                body.setdefault(_MOMENTS[name], _time_text(value))
            elif name == "delay":  # before run_at, which it replaces
                if value > 0:
                    body["scheduled_at"] = _time_text(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=value))
            elif name == "timeout":
                body["timeout_seconds"] = max(1, int(value))
            else:
                body[_NAMES.get(name, name)] = value
        return body


class TaskRef(NamedTuple):
    id: str
    status: str
    joined: bool


@dataclasses.dataclass(frozen=True)
class Task:
    """A task as the server tells of it; `raw` is all that it told."""

    id: str
    kind: str
    status: str
    progress: int
    message: str
    attempt: int
    result: Any
    error: Optional[str]
    raw: Mapping[str, Any]

    @property
    def finished(self) -> bool:
        return self.status in FINISHED


def _task(raw: Mapping[str, Any]) -> Task:
    return Task(raw["task_id"], raw["task_type"], raw["status"], raw["progress"], raw["message"], raw["attempt"], raw["result"],
                raw["error"], raw)


def _time_text(at: datetime.datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a time needs a time zone")
    return at.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclasses.dataclass(frozen=True)
class LogLine:
    """A line of a task's log: of which attempt, when (RFC 3339), what."""

    attempt: int
    at: str
    text: str


class Client:
    """Thread-safe. Address and token come from GALLEY_URL and GALLEY_TOKEN when they are not given; a token may be a function."""

    def __init__(self, url: Optional[str] = None, token: Optional[Token] = None, timeout: float = 30.0, retries: int = 6) -> None:
        self.transport = Transport(url, token, timeout, retries)

    # ---- enqueue

    def enqueue(self, kind: str, input: Any = None, *, idempotency_key: Optional[str] = None, **options: Any) -> TaskRef:
        """Durable when this returns. Repeated calls with one idempotency_key enqueue once; a lost answer is asked for again with one."""
        return self.enqueue_new(NewTask(kind, input, **options), idempotency_key=idempotency_key)

    def enqueue_new(self, task: NewTask, *, idempotency_key: Optional[str] = None) -> TaskRef:
        """As enqueue()."""
        answer = self.transport.request("POST", "/api/v1/tasks", task.to_json(), key=idempotency_key or uuid.uuid4().hex)
        return TaskRef(answer["task_id"], answer["status"], answer["joined"])

    def enqueue_many(self, tasks: Iterable[NewTask], *, idempotency_key: Optional[str] = None) -> List[TaskRef]:
        """All or none of up to 10,000 tasks, in one transaction."""
        body = {"tasks": [task.to_json() for task in tasks]}
        if not body["tasks"]:
            return []
        answer = self.transport.request("POST", "/api/v1/tasks/batch", body, key=idempotency_key or uuid.uuid4().hex)
        return [TaskRef(ref["task_id"], ref["status"], ref["joined"]) for ref in answer["tasks"]]

    def declare(self, *kinds: Union[str, Mapping[str, Any]]) -> None:
        """Makes kinds known that workers run: names, or mappings with name, queue, max_attempts, timeout_seconds."""
        body = [{"name": kind} if isinstance(kind, str) else dict(kind) for kind in kinds]
        self.transport.request("POST", "/api/v1/kinds", {"kinds": body}, repeat=True)

    # ---- follow

    def get(self, task_id: str) -> Task:
        return _task(self.transport.request("GET", _path(task_id)))

    def get_many(self, task_ids: Sequence[str]) -> List[Task]:
        """Those that exist and may be seen."""
        found: List[Task] = []
        for start in range(0, len(task_ids), 100):
            answer = self.transport.request("POST", "/api/v1/tasks/bulk-status", {"task_ids": list(task_ids[start:start + 100])}, repeat=True)
            found += [_task(raw) for raw in answer["items"]]
        return found

    def wait(self, task_id: str, timeout: Optional[float] = None) -> Task:
        """The task once it is finished. TaskNotFinished after `timeout` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = _WAIT_MAX if end is None else max(0.0, end - time.monotonic())
            seconds = min(_WAIT_MAX, int(left) + 1) if left > 0 else 0
            task = _task(self.transport.request("GET", f"{_path(task_id)}?wait={seconds}", timeout=seconds + self.transport.timeout))
            if task.finished:
                return task
            if end is not None and time.monotonic() >= end:
                raise TaskNotFinished(f"{task_id} is {task.status} after {timeout} s")

    def result(self, task_id: str, timeout: Optional[float] = None) -> Any:
        """What the task gave. TaskFailed when it failed or was cancelled."""
        task = self.wait(task_id, timeout)
        if task.status != "completed":
            raise TaskFailed(task.id, task.status, task.error)
        return task.result

    def list(self, **filters: Any) -> Iterator[Task]:
        """Newest first: status, task_type, queue, tag, created_by, created_after, created_before. Pages are fetched as they are needed."""
        query = urllib.parse.urlencode({name: value for name, value in filters.items() if value is not None})
        path: Optional[str] = "/api/v1/tasks" + (f"?{query}" if query else "")
        while path:
            page = self.transport.request("GET", path)
            yield from (_task(raw) for raw in page["items"])
            path = page["next"]

    def log(self, task_id: str) -> List[LogLine]:
        """The last 200 lines that its handlers wrote, oldest first."""
        items = self.transport.request("GET", _path(task_id) + "/log")["items"]
        return [LogLine(raw["attempt"], raw["at"], raw["text"]) for raw in items]

    # ---- change

    def cancel(self, task_id: str) -> Task:
        return _task(self.transport.request("POST", _path(task_id) + "/cancel"))

    def retry(self, task_id: str) -> Task:
        return _task(self.transport.request("POST", _path(task_id) + "/retry"))

    def exists(self, task_id: str) -> bool:
        try:
            self.get(task_id)
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True


def _path(task_id: str) -> str:
    return "/api/v1/tasks/" + urllib.parse.quote(task_id, safe="")
