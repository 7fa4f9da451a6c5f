"""Galley from Python: `Client` enqueues and follows tasks, `Worker` runs them. Nothing but the standard library."""
from .client import Client, LogLine, NewTask, Task, TaskRef
from .errors import ApiError, Cancelled, Fail, GalleyError, Retry, Snooze, TaskFailed, TaskNotFinished, Unreachable
from .worker import TaskContext, Worker

__version__ = "0.1.0"
__all__ = ["ApiError", "Cancelled", "Client", "Fail", "GalleyError", "LogLine", "NewTask", "Retry", "Snooze", "Task", "TaskContext", "TaskFailed",
           "TaskNotFinished", "TaskRef", "Unreachable", "Worker", "__version__"]
