"""Celery's exceptions and results, over Galley. Part of galley.compat.celery, which offers all of it."""
from __future__ import annotations

import builtins
import json
import re
import time
import uuid
from typing import Any, List, Optional, Sequence, Tuple

from .. import errors
from ..client import Task as Record

ID_TAG = "celery:"
_LOOK_PAUSE = 0.1
_LOST_PARENT = re.compile(r"its parent (\S+) (?:failed|was cancelled)")
_LAST_WORDS = re.compile(r"^([A-Za-z_][\w.]*)(?:: (.*))?\Z", re.DOTALL)


# ---- exceptions, by Celery's names


class CeleryError(Exception):
    pass


class Retry(CeleryError):
    def __init__(self, message: str = "", exc: Optional[BaseException] = None, when: Optional[float] = None) -> None:
        super().__init__(message or (f"retry: {exc!r}" if exc else "retry"))
        self.exc = exc
        self.when = when


class Ignore(CeleryError):
    """The task ends without a result."""


class Reject(CeleryError):
    def __init__(self, reason: Any = None, requeue: bool = False) -> None:
        super().__init__(str(reason))
        self.requeue = requeue


class MaxRetriesExceededError(CeleryError):
    pass


class TimeoutError(CeleryError):  # noqa: A001 - Celery's own name
    pass


class TaskRevokedError(CeleryError):
    pass


class ChordError(CeleryError):
    pass


class TaskFailure(CeleryError):
    """What .get() raises for a task that failed with an exception that is not Python's own: the worker's traceback."""


_apps: List[Any] = []


def current_app() -> Any:
    """The application that was made last."""
    if not _apps:
        from .celery import Celery

        Celery()
    return _apps[-1]


# ---- results

_STATES = {"scheduled": "PENDING", "pending": "PENDING", "running": "STARTED", "completed": "SUCCESS", "failed": "FAILURE", "cancelled": "REVOKED"}
READY_STATES = frozenset({"SUCCESS", "FAILURE", "REVOKED"})


class AsyncResult:
    """Follows a task by the server's id, or by the task_id that it was sent with; `parent` is what came before it in a chain."""

    def __init__(self, id: str, app: Any = None, parent: Any = None, server_id: Optional[str] = None) -> None:
        self.id = id
        self.app = app or current_app()
        self.parent = parent
        self._server_id = server_id or (id if id.startswith("task-") else None)

    task_id = property(lambda self: self.id)

    def _find(self) -> Optional[str]:
        """The server's id; None when nobody sent a task with ours (yet)."""
        if self._server_id is None:
            for task in self.app.client.list(tag=ID_TAG + self.id):
                self._server_id = task.id
                break
        return self._server_id

    def _now(self) -> Optional[Record]:
        found = self._find()
        return None if found is None else self.app.client.get(found)

    def _finished(self, timeout: Optional[float]) -> Record:
        end = time.monotonic() + (timeout if timeout is not None else 365 * 86400.0)
        while self._find() is None:
            if time.monotonic() >= end:
                raise TimeoutError("The operation timed out.")
            time.sleep(_LOOK_PAUSE)
        try:
            task: Record = self.app.client.wait(self._server_id, max(0.0, end - time.monotonic()))
        except errors.TaskNotFinished as error:
            raise TimeoutError("The operation timed out.") from error
        return task

    def get(self, timeout: Optional[float] = None, propagate: bool = True, interval: float = 0.5, **_: Any) -> Any:
        task = self._finished(timeout)
        if task.status == "completed":
            return task.result
        error = self._exception(task)
        if propagate:
            raise error
        return error

    wait = get

    def _exception(self, task: Record) -> BaseException:
        """The exception of the task, or of the one before it that it could not do without."""
        first = task
        while (lost := _LOST_PARENT.match(first.error or "")) is not None:
            first = self.app.client.get(lost.group(1))
        return _exception_of(first)

    @property
    def state(self) -> str:
        task = self._now()
        if task is None:
            return "PENDING"
        if task.status == "scheduled" and task.attempt > 0:
            return "RETRY"
        if task.status == "running" and task.message:
            return _progress_of(task)[0]
        return _STATES[task.status]

    status = state

    @property
    def result(self) -> Any:
        task = self._now()
        if task is None:
            return None
        if task.status == "completed":
            return task.result
        if task.finished:
            return self._exception(task)
        return _progress_of(task)[1] if task.status == "running" else None

    info = result

    @property
    def traceback(self) -> Optional[str]:
        task = self._now()
        return task.error if task is not None and task.status == "failed" else None

    def ready(self) -> bool:
        return self.state in READY_STATES

    def successful(self) -> bool:
        return self.state == "SUCCESS"

    def failed(self) -> bool:
        return self.state == "FAILURE"

    def revoke(self, terminate: bool = False, signal: Any = None, wait: bool = False, timeout: Optional[float] = None) -> None:
        """Durable: a revoked task does not run again, whatever restarts. What has ended stays as it is."""
        found = self._find()
        if found is None:
            raise NotImplementedError(f"no task was sent as {self.id}: ids cannot be revoked ahead")
        try:
            self.app.client.cancel(found)
        except errors.ApiError as error:
            if error.status != 409:
                raise

    def forget(self) -> None:
        """Results leave by age."""

    def __str__(self) -> str:
        return self.id

    def __repr__(self) -> str:
        return f"<AsyncResult: {self.id}>"

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, AsyncResult) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)


def _exception_of(task: Record) -> BaseException:
    """What the task raised, of its own class where that is one of Python's; else a TaskFailure with the worker's traceback."""
    text = task.error or task.status
    if task.status == "cancelled":
        return TaskRevokedError(text)
    lines = text.rstrip().split("\n")
    begin = max((number + 1 for number, line in enumerate(lines) if line.startswith(" ")), default=0)
    words = _LAST_WORDS.match("\n".join(lines[begin:])) if begin else None
    known = getattr(builtins, words.group(1), None) if words else None
    if words and isinstance(known, type) and issubclass(known, Exception):
        try:
            error: BaseException = known(words.group(2) or "")
            error.__cause__ = TaskFailure(text)
            return error
        except TypeError:
            pass  # its constructor wants more
    return TaskFailure(text)


def _progress_of(task: Record) -> Tuple[str, Any]:
    """What update_state() said; else STARTED."""
    try:
        said = json.loads(task.message)
        return said["state"], said["meta"]
    except (ValueError, KeyError, TypeError):
        return "STARTED", None


class EagerResult(AsyncResult):
    """Of a task that ran here and now."""

    def __init__(self, value: Any, error: Optional[BaseException] = None) -> None:
        self.id = str(uuid.uuid4())
        self.value = value
        self.error = error

    def get(self, timeout: Optional[float] = None, propagate: bool = True, interval: float = 0.5, **_: Any) -> Any:
        if self.error is not None and propagate:
            raise self.error
        return self.value if self.error is None else self.error

    @property
    def state(self) -> str:
        return "SUCCESS" if self.error is None else "FAILURE"

    status = state

    @property
    def result(self) -> Any:
        return self.value if self.error is None else self.error


class GroupResult:
    def __init__(self, id: str, results: Sequence[AsyncResult]) -> None:
        self.id = id
        self.results = list(results)

    children = property(lambda self: self.results)

    def get(self, timeout: Optional[float] = None, propagate: bool = True, **_: Any) -> List[Any]:
        end = None if timeout is None else time.monotonic() + timeout
        return [result.get(None if end is None else max(0.0, end - time.monotonic()), propagate) for result in self.results]

    join = get

    def ready(self) -> bool:
        return all(result.ready() for result in self.results)

    def successful(self) -> bool:
        return all(result.successful() for result in self.results)

    def failed(self) -> bool:
        return any(result.failed() for result in self.results)

    def completed_count(self) -> int:
        return sum(result.successful() for result in self.results)

    def revoke(self, **options: Any) -> None:
        for result in self.results:
            result.revoke(**options)

    def __iter__(self) -> Any:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __getitem__(self, index: int) -> AsyncResult:
        return self.results[index]
