"""Celery's ways to define, send and follow tasks, over Galley: in most applications only the import changes.

    from galley.compat.celery import Celery
    app = Celery("shop")            # the server's address and the token come from GALLEY_URL and GALLEY_TOKEN

    @app.task(bind=True, max_retries=5)
    def send(self, address): ...

    send.delay("ann@example.org").get(timeout=10)

Run it by `python3 -m galley.worker shop:app`. What differs from Celery is listed in docs/celery.md.
"""
from __future__ import annotations

import copy
import dataclasses
import datetime
import functools
import json
import random
import sys
import threading
import time
import uuid
import warnings
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, Type, Union

from .. import errors
from ..client import Client, NewTask
from ..client import Task as Record
from ..worker.context import TaskContext
from ..worker.core import Worker

JOIN_KIND = "galley.chord"
_ENVELOPE = "galley.celery"
_ATTEMPTS_MAX = 100
_PRIORITY_MAX = 9
_JOIN_PAUSE = 0.5


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
    """What .get() raises for a task that failed: the text of the worker's exception."""


# ---- results

_STATES = {"scheduled": "PENDING", "pending": "PENDING", "running": "STARTED", "completed": "SUCCESS", "failed": "FAILURE", "cancelled": "REVOKED"}
READY_STATES = frozenset({"SUCCESS", "FAILURE", "REVOKED"})


def _is_envelope(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == _ENVELOPE


class AsyncResult:
    """Follows a task; with `hops`, the task that came of it (a chain's last, a chord's body)."""

    def __init__(self, id: str, app: Optional["Celery"] = None, hops: int = 0, parent: Optional["AsyncResult"] = None) -> None:
        self.id = id
        self.app = app or current_app()
        self.hops = hops
        self.parent = parent

    task_id = property(lambda self: self.id)

    def _last(self, wait: Optional[float] = None) -> Tuple[Record, int]:
        """The furthest task that there is by now, and how many are to come after it."""
        end = None if wait is None else time.monotonic() + wait
        task_id, left = self.id, self.hops
        while True:
            if wait is None:
                task = self.app.client.get(task_id)
            else:
                assert end is not None
                task = self.app.client.wait(task_id, max(0.0, end - time.monotonic()))
            if left == 0 or task.status != "completed" or not _is_envelope(task.result) or not task.result["next"]:
                return task, left
            task_id, left = task.result["next"][0], left - 1

    def get(self, timeout: Optional[float] = None, propagate: bool = True, interval: float = 0.5, **_: Any) -> Any:
        try:
            task, _left = self._last(timeout if timeout is not None else 365 * 86400.0)
        except errors.TaskNotFinished as error:
            raise TimeoutError("The operation timed out.") from error
        if task.status == "completed":
            return task.result["value"] if _is_envelope(task.result) else task.result
        error = self._exception(task)
        if propagate:
            raise error
        return error

    wait = get

    @staticmethod
    def _exception(task: Record) -> CeleryError:
        text = task.error or task.status
        return TaskRevokedError(text) if task.status == "cancelled" else TaskFailure(text)

    @property
    def state(self) -> str:
        task, left = self._last()
        if task.status == "completed" and left:
            return "PENDING"
        if task.status == "scheduled" and task.attempt > 0:
            return "RETRY"
        if task.status == "running" and task.message:
            return _progress_of(task)[0]
        return _STATES[task.status]

    status = state

    @property
    def result(self) -> Any:
        task, left = self._last()
        if task.status == "completed" and not left:
            return task.result["value"] if _is_envelope(task.result) else task.result
        if task.finished and task.status != "completed":
            return self._exception(task)
        return _progress_of(task)[1] if task.status == "running" else None

    info = result

    @property
    def traceback(self) -> Optional[str]:
        task, _ = self._last()
        return task.error if task.status == "failed" else None

    def ready(self) -> bool:
        return self.state in READY_STATES

    def successful(self) -> bool:
        return self.state == "SUCCESS"

    def failed(self) -> bool:
        return self.state == "FAILURE"

    def revoke(self, terminate: bool = False, signal: Any = None, wait: bool = False, timeout: Optional[float] = None) -> None:
        """Durable: a revoked task does not run again, whatever restarts."""
        task, _ = self._last()
        try:
            self.app.client.cancel(task.id)
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
        return isinstance(other, AsyncResult) and (other.id, other.hops) == (self.id, self.hops)

    def __hash__(self) -> int:
        return hash(self.id)


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


# ---- signatures and workflows


class Signature:
    def __init__(self, task: str, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, options: Optional[Mapping[str, Any]] = None,
                 immutable: bool = False, app: Optional["Celery"] = None) -> None:
        self.task = task
        self.args = tuple(args)
        self.kwargs = dict(kwargs or {})
        self.options = dict(options or {})
        self.immutable = immutable
        self.app = app or current_app()

    def clone(self, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> "Signature":
        if self.immutable:
            args, kwargs = (), {}
        return Signature(self.task, tuple(args) + self.args, {**self.kwargs, **(kwargs or {})}, {**self.options, **options}, self.immutable, self.app)

    def set(self, immutable: Optional[bool] = None, **options: Any) -> "Signature":
        self.options.update(options)
        if immutable is not None:
            self.immutable = immutable
        return self

    def apply_async(self, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> AsyncResult:
        merged = self.clone(args, kwargs, **options)
        return self.app.send_task(merged.task, merged.args, merged.kwargs, **merged.options)

    def delay(self, *args: Any, **kwargs: Any) -> AsyncResult:
        return self.apply_async(args, kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        merged = self.clone(args, kwargs)
        return self.app.tasks[merged.task](*merged.args, **merged.kwargs)

    def link(self, callback: "Signature") -> "Signature":
        self.options.setdefault("link", []).append(callback)
        return self

    def __or__(self, other: Any) -> "chain":
        return chain(self, other)

    def to_json(self) -> Dict[str, Any]:
        body: Dict[str, Any] = {"task": self.task, "args": list(self.args), "kwargs": self.kwargs, "immutable": self.immutable}
        options = {name: value for name, value in self.options.items() if value is not None}
        if "link" in options:
            options["link"] = [_signature_json(callback) for callback in _as_list(options["link"])]
        if options:
            body["options"] = options
        return body

    @staticmethod
    def from_json(body: Mapping[str, Any], app: "Celery") -> "Signature":
        return Signature(body["task"], body["args"], body["kwargs"], body.get("options"), body["immutable"], app)

    def __repr__(self) -> str:
        return f"{self.task}({', '.join([repr(value) for value in self.args] + [f'{name}={value!r}' for name, value in self.kwargs.items()])})"


def signature(task: Union[str, Mapping[str, Any], Signature], args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None,
              app: Optional["Celery"] = None, **options: Any) -> Signature:
    if isinstance(task, Signature):
        return task
    if isinstance(task, Mapping):
        return Signature.from_json(task, app or current_app())
    return Signature(task, args, kwargs, options, options.pop("immutable", False), app)


def _as_list(value: Any) -> List[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _signature_json(callback: Any) -> Dict[str, Any]:
    if not isinstance(callback, Signature):
        raise NotImplementedError("only a task's signature can follow another inside a workflow, not a group, chain or chord")
    return callback.to_json()


class chain:  # noqa: N801 - Celery's own name
    """Each task gets the result of the one before as its first argument. Each enqueues the next exactly once, however often it is tried."""

    def __init__(self, *tasks: Any) -> None:
        flat = tasks[0] if len(tasks) == 1 and isinstance(tasks[0], (list, tuple)) else tasks
        self.tasks: List[Any] = []
        for task in flat:
            self.tasks.extend(task.tasks if isinstance(task, chain) else [task])

    def apply_async(self, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> AsyncResult:
        first, rest = self.tasks[0], self.tasks[1:]
        if isinstance(first, group):
            if not rest:
                return first.apply_async(args, kwargs, **options)  # type: ignore[return-value]
            return chord(first, rest[0], rest[1:]).apply_async(args, kwargs, **options)
        result = first.clone(args, kwargs).apply_async(chain=[_signature_json(task) for task in rest], **options)
        result.hops = len(rest)
        return result

    def delay(self, *args: Any, **kwargs: Any) -> AsyncResult:
        return self.apply_async(args, kwargs)

    __call__ = delay

    def __or__(self, other: Any) -> "chain":
        return chain(*self.tasks, other)


class group:  # noqa: N801
    """All at once, enqueued in one transaction."""

    def __init__(self, *tasks: Any) -> None:
        flat = tasks[0] if len(tasks) == 1 and not isinstance(tasks[0], Signature) else tasks
        self.tasks: List[Signature] = list(flat)

    def apply_async(self, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> GroupResult:
        if not self.tasks:
            return GroupResult(str(uuid.uuid4()), [])
        for task in self.tasks:
            _signature_json(task)
        app = self.tasks[0].app
        merged = [task.clone(args, kwargs, **options) for task in self.tasks]
        new = [app.new_task(one.task, one.args, one.kwargs, **one.options) for one in merged]
        return GroupResult(str(uuid.uuid4()), [AsyncResult(ref.id, app) for ref in app.client.enqueue_many(new)])

    def delay(self, *args: Any, **kwargs: Any) -> GroupResult:
        return self.apply_async(args, kwargs)

    __call__ = delay

    def __or__(self, other: Any) -> Any:
        return chain(self, other)

    def __len__(self) -> int:
        return len(self.tasks)


class chord:  # noqa: N801
    """A group, and a task that gets the list of its results: enqueued exactly once, when all of them are completed.

    A task of its own (of kind "galley.chord", run by any worker of the application) watches the group, so that workers must use the same
    caller (`sub` of the token) as who sends chords.
    """

    def __init__(self, header: Any, body: Optional[Signature] = None, rest: Sequence[Any] = ()) -> None:
        self.header = header if isinstance(header, group) else group(list(header))
        self.body = body
        self.rest = list(rest)

    def __call__(self, body: Optional[Signature] = None, **options: Any) -> AsyncResult:
        return chord(self.header, body or self.body, self.rest).apply_async(**options)

    def apply_async(self, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> AsyncResult:
        if self.body is None:
            raise TypeError("a chord needs a body")
        body, rest = _signature_json(self.body), [_signature_json(task) for task in self.rest]
        members = self.header.apply_async(args, kwargs, **options)
        app = self.body.app
        app.declare(JOIN_KIND)
        ref = app.client.enqueue(JOIN_KIND, {"members": [result.id for result in members], "body": body, "chain": rest}, max_attempts=_ATTEMPTS_MAX)
        return AsyncResult(ref.id, app, hops=1 + len(rest), parent=None)

    delay = __call__


# ---- tasks


@dataclasses.dataclass
class Request:
    """What Celery calls the request: the task as it runs."""

    id: Optional[str] = None
    task: Optional[str] = None
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    retries: int = 0
    root_id: Optional[str] = None
    parent_id: Optional[str] = None
    called_directly: bool = True
    delivery_info: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    hostname: str = ""
    context: Optional[TaskContext] = None
    is_eager: bool = False


class Task:
    """The base of tasks; @app.task makes them of functions."""

    name: str = ""
    abstract = False
    max_retries: Optional[int] = 3
    default_retry_delay: float = 180
    autoretry_for: Tuple[Type[BaseException], ...] = ()
    dont_autoretry_for: Tuple[Type[BaseException], ...] = ()
    retry_kwargs: Mapping[str, Any] = {}
    retry_backoff: Union[bool, int] = False
    retry_backoff_max: int = 600
    retry_jitter: bool = True
    time_limit: Optional[float] = None
    soft_time_limit: Optional[float] = None
    queue: Optional[str] = None
    priority: Optional[int] = None
    ignore_result = False
    throws: Tuple[Type[BaseException], ...] = ()
    app: "Celery"
    _local = threading.local()

    def run(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.run(*args, **kwargs)

    @property
    def request(self) -> Request:
        stack = getattr(self._local, "stack", None)
        return stack[-1] if stack else Request()

    def push_request(self, request: Request) -> None:
        if not hasattr(self._local, "stack"):
            self._local.stack = []
        self._local.stack.append(request)

    def pop_request(self) -> None:
        self._local.stack.pop()

    # ---- send

    def delay(self, *args: Any, **kwargs: Any) -> AsyncResult:
        return self.apply_async(args, kwargs)

    def apply_async(self, args: Optional[Sequence[Any]] = None, kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> AsyncResult:
        if self.app.conf.get("task_always_eager"):
            return self.apply(args, kwargs)
        return self.app.send_task(self.name, args or (), kwargs or {}, **options)

    def apply(self, args: Optional[Sequence[Any]] = None, kwargs: Optional[Mapping[str, Any]] = None, **_: Any) -> EagerResult:
        """Here and now."""
        for retries in range((self.max_retries if self.max_retries is not None else _ATTEMPTS_MAX) + 1):
            self.push_request(Request(id=str(uuid.uuid4()), task=self.name, retries=retries, is_eager=True, called_directly=False))
            try:
                return EagerResult(self._run(args or (), kwargs or {}))
            except Retry:
                continue
            except Exception as error:  # noqa: BLE001
                return EagerResult(None, error)
            finally:
                self.pop_request()
        return EagerResult(None, MaxRetriesExceededError(self.name))

    def s(self, *args: Any, **kwargs: Any) -> Signature:
        return Signature(self.name, args, kwargs, {}, False, self.app)

    def si(self, *args: Any, **kwargs: Any) -> Signature:
        return Signature(self.name, args, kwargs, {}, True, self.app)

    def signature(self, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, immutable: bool = False, **options: Any) -> Signature:
        return Signature(self.name, args, kwargs, options, immutable, self.app)

    subtask = signature

    def map(self, items: Iterable[Any]) -> group:
        return group([self.s(item) for item in items])

    def starmap(self, items: Iterable[Sequence[Any]]) -> group:
        return group([self.s(*item) for item in items])

    def AsyncResult(self, task_id: str) -> AsyncResult:  # noqa: N802 - Celery's own name
        return AsyncResult(task_id, self.app)

    # ---- while it runs

    def retry(self, args: Any = None, kwargs: Any = None, exc: Optional[BaseException] = None, throw: bool = True, eta: Optional[datetime.datetime] = None,
              countdown: Optional[float] = None, max_retries: Optional[int] = None, **_: Any) -> Retry:
        if args is not None or kwargs is not None:
            raise NotImplementedError("retry() keeps the arguments; enqueue another task for others")
        if self.request.called_directly:
            raise exc or CeleryError("retry() of a task that was called directly")
        most = self.max_retries if max_retries is None else max_retries
        if most is not None and self.request.retries >= most:
            raise exc or MaxRetriesExceededError(f"Can't retry {self.name}[{self.request.id}] args:{self.request.args} kwargs:{self.request.kwargs}")
        if eta is not None:
            countdown = max(0.0, (eta - datetime.datetime.now(eta.tzinfo)).total_seconds())
        retry = Retry(exc=exc, when=self.default_retry_delay if countdown is None else countdown)
        if throw:
            raise retry
        return retry

    def update_state(self, task_id: Optional[str] = None, state: str = "PROGRESS", meta: Any = None, **_: Any) -> None:
        """Shown as the task's message; `current` and `total` of meta also as its percentage."""
        context = self.request.context
        if context is None:
            return
        percent = 0
        if isinstance(meta, dict) and meta.get("total"):
            percent = int(100 * float(meta.get("current", 0)) / float(meta["total"]))
        context.progress(percent, json.dumps({"state": state, "meta": meta}, default=str))

    def is_aborted(self) -> bool:
        context = self.request.context
        return context is not None and context.stopped

    # ---- hooks

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None: ...
    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None: ...
    def on_failure(self, exc: BaseException, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None: ...
    def on_retry(self, exc: BaseException, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None: ...
    def after_return(self, status: str, retval: Any, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None: ...

    def _run(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The function, with autoretry."""
        try:
            return self(*args, **kwargs)
        except (Retry, Ignore, Reject):
            raise
        except self.dont_autoretry_for:
            raise
        except self.autoretry_for as error:
            options = {"countdown": self._backoff(), **self.retry_kwargs}
            self.retry(exc=error, **options)

    def _backoff(self) -> float:
        if not self.retry_backoff:
            return self.default_retry_delay
        pause = min(self.retry_backoff_max, int(self.retry_backoff) * 2 ** self.request.retries)
        return random.uniform(0, pause) if self.retry_jitter else pause


class Settings(dict):  # type: ignore[type-arg]
    """app.conf: names as attributes or items. What Galley has no use for is kept and has no effect."""

    def __getattr__(self, name: str) -> Any:
        return self.get(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


class Celery:
    def __init__(self, main: Optional[str] = None, broker: Optional[str] = None, backend: Optional[str] = None, client: Optional[Client] = None,
                 include: Sequence[str] = (), **settings: Any) -> None:
        self.main = main or "__main__"
        url = broker if broker and broker.startswith(("http://", "https://")) else None
        self._client = client
        self._url = url
        self.conf = Settings({"broker_url": broker, "result_backend": backend, "task_default_queue": "default", **settings})
        self.tasks: Dict[str, Task] = {}
        self.include = list(include)
        self.Task = Task
        self._declared: set = set()  # type: ignore[type-arg]
        _apps.append(self)

    @property
    def client(self) -> Client:
        if self._client is None:
            self._client = Client(self._url)
        return self._client

    def config_from_object(self, source: Any, namespace: Optional[str] = None, **_: Any) -> None:
        if isinstance(source, str):
            source = __import__(source, fromlist=["_"])
        prefix = f"{namespace}_" if namespace else ""
        for name in dir(source):
            if not name.startswith("_") and name.startswith(prefix):
                self.conf[name[len(prefix):].lower()] = getattr(source, name)

    def autodiscover_tasks(self, packages: Sequence[str] = (), related_name: str = "tasks", **_: Any) -> None:
        self.include += [f"{package}.{related_name}" for package in packages]

    def task(self, *args: Any, **options: Any) -> Any:
        if len(args) == 1 and callable(args[0]) and not options:
            return self._make_task(args[0], {})
        return lambda function: self._make_task(function, options)

    def _make_task(self, function: Callable[..., Any], options: Dict[str, Any]) -> Task:
        base: Type[Task] = options.pop("base", None) or self.Task
        bind = options.pop("bind", False)
        name = options.pop("name", None) or self._name_of(function)
        run = function if bind else staticmethod(function)
        attributes = {"run": run, "name": name, "app": self, "__doc__": function.__doc__, "__module__": function.__module__, "__wrapped__": function}
        for option, value in options.items():
            attributes[option] = tuple(_as_list(value)) if option in ("autoretry_for", "dont_autoretry_for", "throws") else value
        task: Task = type(function.__name__, (base,), attributes)()
        functools.update_wrapper(task, function, assigned=("__qualname__", "__name__"), updated=())  # type: ignore[arg-type]
        self.tasks[name] = task
        return task

    def _name_of(self, function: Callable[..., Any]) -> str:
        module = self.main if function.__module__ == "__main__" else function.__module__
        return f"{module}.{function.__name__}"

    def register_task(self, task: Task) -> Task:
        task = task() if isinstance(task, type) else task
        task.name = task.name or f"{type(task).__module__}.{type(task).__name__}"
        task.app = self
        self.tasks[task.name] = task
        return task

    # ---- send

    def new_task(self, name: str, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, *, countdown: Optional[float] = None,
                 eta: Optional[datetime.datetime] = None, expires: Union[None, float, datetime.datetime] = None, queue: Optional[str] = None,
                 priority: Optional[int] = None, task_id: Optional[str] = None, link: Any = None, link_error: Any = None, chain: Any = None,
                 time_limit: Optional[float] = None, root_id: Optional[str] = None, parent_id: Optional[str] = None, **ignored: Any) -> NewTask:
        if task_id is not None:
            raise NotImplementedError("task ids are the server's: use the id of what apply_async() gives")
        if link_error is not None:
            raise NotImplementedError("link_error is not offered; on_failure() of the task's class is")
        self.declare(name)
        now = datetime.datetime.now(datetime.timezone.utc)
        if eta is not None and eta.tzinfo is None:
            eta = eta.replace(tzinfo=datetime.timezone.utc)
        if isinstance(expires, datetime.datetime):
            expires = (expires if expires.tzinfo else expires.replace(tzinfo=datetime.timezone.utc)).timestamp()
        elif expires is not None:
            expires = now.timestamp() + expires
        body: Dict[str, Any] = {"args": list(args), "kwargs": dict(kwargs or {})}
        for field, value in (("expires", expires), ("chain", chain), ("root_id", root_id), ("parent_id", parent_id)):
            if value:
                body[field] = value
        if link:
            body["link"] = [_signature_json(callback) for callback in _as_list(link)]
        task = self.tasks.get(name)
        most = task.max_retries if task else 3
        limit = time_limit or (task.time_limit if task else None)
        priority = priority if priority is not None else (task.priority if task else None)
        return NewTask(name, body, queue=queue or self._queue_of(name, task), priority=None if priority is None else min(_PRIORITY_MAX, priority),
                       run_at=eta, delay=countdown, max_attempts=_ATTEMPTS_MAX if most is None else min(_ATTEMPTS_MAX, most + 1), timeout=limit)

    def _queue_of(self, name: str, task: Optional[Task]) -> str:
        routes = self.conf.get("task_routes")
        route = routes.get(name) if isinstance(routes, Mapping) else None
        if isinstance(route, Mapping):
            route = route.get("queue")
        return route or (task.queue if task else None) or self.conf["task_default_queue"]

    def send_task(self, name: str, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, *, idempotency_key: Optional[str] = None,
                  **options: Any) -> AsyncResult:
        new = self.new_task(name, args, kwargs, **options)
        ref = self.client.enqueue(new.kind, new.input, idempotency_key=idempotency_key, queue=new.queue, priority=new.priority, run_at=new.run_at,
                                  delay=new.delay, max_attempts=new.max_attempts, timeout=new.timeout)
        return AsyncResult(ref.id, self)

    def declare(self, name: str) -> None:
        if name in self._declared:
            return
        self.client.declare(name)
        self._declared.add(name)

    def signature(self, name: str, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> Signature:
        return Signature(name, args, kwargs, options, options.pop("immutable", False), self)

    def AsyncResult(self, task_id: str) -> AsyncResult:  # noqa: N802
        return AsyncResult(task_id, self)

    # ---- run

    def galley_worker(self, **options: Any) -> Worker:
        """A worker for all tasks of the application, and for its chords."""
        for module in self.include:
            __import__(module)
        if "queues" not in options:
            routes = self.conf.get("task_routes")
            routed = {self._queue_of(name, task) for name, task in self.tasks.items()}
            routed |= {self._queue_of(name, None) for name in routes} if isinstance(routes, Mapping) else set()
            options["queues"] = sorted(routed | {"default", self.conf["task_default_queue"]})
        worker = Worker(self.client, **options)
        for name, task in self.tasks.items():
            worker.add(name, functools.partial(run_task, task))
        worker.add(JOIN_KIND, functools.partial(run_join, self))
        return worker

    def worker_main(self, argv: Optional[Sequence[str]] = None) -> None:
        concurrency = 4
        words = list(argv or [])
        for word, value in zip(words, words[1:] + [""]):
            if word in ("-c", "--concurrency"):
                concurrency = int(value)
            elif word.startswith("--concurrency="):
                concurrency = int(word.split("=", 1)[1])
        self.galley_worker(processes=concurrency).run()

    def start(self, argv: Optional[Sequence[str]] = None) -> None:
        self.worker_main(argv if argv is not None else sys.argv[1:])


_apps: List[Celery] = []


def current_app() -> Celery:
    return _apps[-1] if _apps else Celery()


def shared_task(*args: Any, **options: Any) -> Any:
    return current_app().task(*args, **options)


# ---- what the worker does with one task


def run_task(task: Task, context: TaskContext) -> Any:
    body = context.input
    args, kwargs = tuple(body["args"]), body["kwargs"]
    if "expires" in body and time.time() > body["expires"]:
        raise errors.Cancelled("expired")
    task.push_request(Request(id=context.id, task=task.name, args=args, kwargs=kwargs, retries=context.attempt - 1 - context.kills,
                              root_id=body.get("root_id", context.id), parent_id=body.get("parent_id"), called_directly=False,
                              delivery_info={"routing_key": context.lease["queue"], "priority": context.lease["priority"]}, context=context))
    try:
        return _run_hooked(task, context, args, kwargs)
    finally:
        task.pop_request()


def _run_hooked(task: Task, context: TaskContext, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Any:
    status, value = "SUCCESS", None
    try:
        task.before_start(context.id, args, kwargs)
        value = task._run(args, kwargs)
        task.on_success(value, context.id, args, kwargs)
        return _with_followers(task.app, context, value)
    except Retry as retry:
        status, value = "RETRY", retry.exc or retry
        task.on_retry(value, context.id, args, kwargs, None)
        raise errors.Retry(str(retry), retry.when) from retry
    except Ignore:
        status = "IGNORED"
        return None
    except Reject as reject:
        status, value = "REJECTED", reject
        if reject.requeue:
            raise errors.Snooze(1) from reject
        raise errors.Cancelled(f"rejected: {reject}") from reject
    except errors.Cancelled:
        status = "REVOKED"
        raise
    except Exception as error:
        status, value = "FAILURE", error
        task.on_failure(error, context.id, args, kwargs, None)
        raise errors.Fail(_trace()) from error
    finally:
        task.after_return(status, value, context.id, args, kwargs, None)


def _trace() -> str:
    import traceback

    return traceback.format_exc()


def _with_followers(app: Celery, context: TaskContext, value: Any) -> Any:
    """Enqueues what comes next. An attempt that repeats this asks with the same keys, and so enqueues nothing a second time."""
    body = context.input
    links, rest = body.get("link", []), body.get("chain", [])
    if not links and not rest:
        return value
    following: List[Dict[str, Any]] = list(links)
    if rest:
        first = copy.deepcopy(rest[0])
        first.setdefault("options", {})["chain"] = rest[1:]
        following.insert(0, first)
    ids = [_enqueue_once(app, context, f"{context.id}-{number}", one, value) for number, one in enumerate(following)]
    return {"type": _ENVELOPE, "value": value, "next": ids if rest else []}


def _enqueue_once(app: Celery, context: TaskContext, key: str, following: Mapping[str, Any], value: Any) -> str:
    callback = Signature.from_json(following, app).clone([value])
    options = {**callback.options, "parent_id": context.id, "root_id": context.input.get("root_id", context.id)}
    links = options.pop("link", None)
    new = app.new_task(callback.task, callback.args, callback.kwargs, **options)
    if links:
        new.input["link"] = links
    try:
        ref = app.client.enqueue(new.kind, new.input, idempotency_key=key, queue=new.queue, priority=new.priority, max_attempts=new.max_attempts,
                                 timeout=new.timeout, run_at=new.run_at, delay=new.delay)
    except errors.ApiError as error:
        if error.status != 422:
            raise
        warnings.warn(f"{key}: an earlier attempt enqueued what follows, with another result")
        return ""
    return ref.id


def run_join(app: Celery, context: TaskContext) -> Any:
    """A chord's watcher: looks at its members now and then; each look is an attempt that does not count."""
    members: List[str] = context.input["members"]
    tasks = {task.id: task for task in app.client.get_many(members)}
    if len(tasks) < len(members):
        raise errors.Fail("the members of the chord are not to be seen: workers need a token of the caller who sends chords")
    bad = [task for task in tasks.values() if task.status in ("failed", "cancelled")]
    if bad:
        raise errors.Fail(f"ChordError: {bad[0].id} {bad[0].status}: {bad[0].error}")
    if any(not task.finished for task in tasks.values()):
        raise errors.Snooze(_JOIN_PAUSE)
    values = [tasks[member].result["value"] if _is_envelope(tasks[member].result) else tasks[member].result for member in members]
    body = copy.deepcopy(context.input["body"])
    if context.input["chain"]:
        body.setdefault("options", {})["chain"] = context.input["chain"]
    return {"type": _ENVELOPE, "value": None, "next": [_enqueue_once(app, context, f"{context.id}-body", body, values)]}
