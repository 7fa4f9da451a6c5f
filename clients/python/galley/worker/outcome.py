"""How an attempt ended, and how to run a handler so that it ends one way or another."""
from __future__ import annotations

import dataclasses
import json
import traceback
from typing import Any, Callable, Dict, Optional

from ..errors import Cancelled, Fail, Retry, Snooze
from .context import TaskContext

Handler = Callable[[TaskContext], Any]
_ERROR_BYTES_MAX = 4_000


@dataclasses.dataclass
class Outcome:
    """`call` is the end of the call's path: complete, fail, snooze or release; `body` what goes with it."""

    call: str
    body: Dict[str, Any]


def completed(result: Any) -> Outcome:
    return Outcome("complete", {"result": result})


def failed(error: str, outcome: str, delay: Optional[float] = None) -> Outcome:
    body: Dict[str, Any] = {"error": cut(error) or "failed", "outcome": outcome}
    if delay is not None and outcome == "retry":
        body["retry_in_seconds"] = delay
    return Outcome("fail", body)


def released() -> Outcome:
    return Outcome("release", {})


def cut(text: str) -> str:
    """The end of a long text: there a traceback says what happened."""
    data = text.encode("utf-8", "replace")
    return data[-_ERROR_BYTES_MAX:].decode("utf-8", "ignore")


def run_handler(handler: Handler, task: TaskContext) -> Outcome:
    try:
        result = handler(task)
        json.dumps(result)  # what cannot be said in JSON is the handler's failure
        return completed(result)
    except Retry as error:
        return failed(str(error), "retry", error.delay)
    except Snooze as error:
        return Outcome("snooze", {"delay_seconds": error.delay})
    except Fail as error:
        return failed(str(error), "fail")
    except Cancelled as error:
        return released() if task.stop_reason == "stopping" else failed(str(error), "cancel")
    except Exception:  # noqa: BLE001 - whatever a handler raises is its attempt's error
        return failed(traceback.format_exc(), "retry")
