"""What a handler sees of the task that it runs."""
from __future__ import annotations

import threading
from typing import Any, Callable, Dict, List, Optional

from ..errors import Cancelled


class TaskContext:
    """Given to handlers. progress(), log() and `stopped` may be used from any thread of the handler."""

    def __init__(self, lease: Dict[str, Any], report: Callable[[int, str], None], write_log: Callable[[str], None]) -> None:
        self.lease = lease
        self.id: str = lease["task_id"]
        self.kind: str = lease["task_type"]
        self.input: Any = lease["input"]
        self.attempt: int = lease["attempt"]
        self.max_attempts: int = lease["max_attempts"]
        self.kills: int = lease["kills"]
        self.created_by: str = lease["created_by"]
        self.correlation_id: str = lease["correlation_id"]
        self.timeout: float = lease["timeout_seconds"]
        self._report = report
        self._write_log = write_log
        self._stop = threading.Event()
        self.stop_reason: Optional[str] = None

    def progress(self, percent: int, message: str = "") -> None:
        """0 to 100; never goes back. Cheap: what changes within a second is told once."""
        self._report(max(0, min(100, int(percent))), message)

    def log(self, text: str) -> None:
        """A line of the task's log, told with the next heartbeat or the end. The last 200 lines are kept, each cut at 1,000 bytes."""
        self._write_log(str(text))

    @property
    def stopped(self) -> bool:
        """True when the task was cancelled, is out of time, or the worker must end: look at it now and then."""
        return self._stop.is_set()

    def wait_stopped(self, timeout: float) -> bool:
        """Sleeps, but no longer than until the task is to stop."""
        return self._stop.wait(timeout)

    def check(self) -> None:
        """Raises Cancelled when the task is to stop."""
        if self.stopped:
            raise Cancelled(self.stop_reason or "stopped")

    def stop(self, reason: str) -> None:
        if self.stop_reason is None:
            self.stop_reason = reason
        self._stop.set()
