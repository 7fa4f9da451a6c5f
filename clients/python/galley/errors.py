"""What can go wrong, as exceptions. Handlers raise the last four to end an attempt their way."""
from __future__ import annotations

from typing import Any, Dict, List, Optional


class GalleyError(Exception):
    """The base of all exceptions of this package."""


class Unreachable(GalleyError):
    """The server could not be reached, or went on saying that it cannot answer now."""


class ApiError(GalleyError):
    """The server refused a call. `status`, `detail` and `errors` (pointer, message) are what it said."""

    def __init__(self, status: int, problem: Dict[str, Any]) -> None:
        self.status = status
        self.detail: str = problem.get("detail", "") or problem.get("title", "")
        self.errors: List[Dict[str, str]] = problem.get("errors", [])
        faults = "; ".join(f"{error['pointer'] or '/'}: {error['message']}" for error in self.errors)
        super().__init__(f"{status} {self.detail}" + (f" ({faults})" if faults else ""))


class TaskNotFinished(GalleyError):
    """The task had not finished when the time to wait was over."""


class TaskFailed(GalleyError):
    """The task failed for good, or was cancelled (`status`)."""

    def __init__(self, task_id: str, status: str, error: Optional[str]) -> None:
        self.task_id = task_id
        self.status = status
        self.error = error
        super().__init__(f"{task_id} {status}: {error or ''}")


class Retry(GalleyError):
    """Raised by a handler: try again, after `delay` seconds or the task's own backoff; the attempt counts."""

    def __init__(self, reason: str = "the handler asks to try again", delay: Optional[float] = None) -> None:
        super().__init__(reason)
        self.delay = delay


class Fail(GalleyError):
    """Raised by a handler: failed for good, whatever attempts are left."""


class Snooze(GalleyError):
    """Raised by a handler: run it again after `delay` seconds; the attempt does not count."""

    def __init__(self, delay: float) -> None:
        super().__init__(f"snoozed for {delay} s")
        self.delay = delay


class Cancelled(GalleyError):
    """Raised by a handler, also by TaskContext.check(): the task is cancelled."""
