"""Celery's ways to define, send and follow tasks, over Galley: in most applications only the import changes.

    from galley.compat.celery import Celery
    app = Celery("shop")            # the server's address and the token come from GALLEY_URL and GALLEY_TOKEN

    @app.task(bind=True, max_retries=5)
    def send(self, address): ...

    send.delay("ann@example.org").get(timeout=10)

Run it by `python3 -m galley.worker shop:app`. What differs from Celery is listed in docs/celery.md.
"""
from __future__ import annotations

import dataclasses
import datetime
import functools
import inspect
import json
import random
import sys
import threading
import time
import uuid
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, Type, Union

from .. import errors
from ..client import Client, NewTask
from ..worker.context import TaskContext
from ..worker.core import Worker
from .canvas import Signature, _as_list, chain, chord, group, send, signature
from .results import (ID_TAG, READY_STATES, AsyncResult, CeleryError, ChordError, EagerResult, GroupResult, Ignore, MaxRetriesExceededError, Reject, Retry,
                      TaskFailure, TaskRevokedError, TimeoutError, _apps, current_app)

__all__ = ["READY_STATES", "AsyncResult", "Celery", "CeleryError", "ChordError", "EagerResult", "GroupResult", "Ignore", "MaxRetriesExceededError", "Reject",
           "Retry", "Signature", "Task", "TaskFailure", "TaskRevokedError", "TimeoutError", "chain", "chord", "current_app", "group", "shared_task", "signature"]

_ATTEMPTS_MAX = 100
_PRIORITY_MAX = 9
_KEY_MAX = 50


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

    def new_task(self, name: str, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, *, body: Optional[Mapping[str, Any]] = None,
                 countdown: Optional[float] = None, eta: Optional[datetime.datetime] = None, expires: Union[None, float, datetime.datetime] = None,
                 queue: Optional[str] = None, priority: Optional[int] = None, task_id: Optional[str] = None, time_limit: Optional[float] = None,
                 **ignored: Any) -> NewTask:
        """`body`: what its input has beside arguments. One that `takes` something of those before it counts its countdown from their end."""
        self.declare(name)
        if isinstance(expires, (int, float)):
            expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=expires)
        said: Dict[str, Any] = {"args": list(args), "kwargs": dict(kwargs or {}), **(body or {})}
        if countdown and "takes" in said:
            said["countdown"], countdown = countdown, None
        if task_id is not None:
            if not 0 < len(task_id.encode()) <= _KEY_MAX:
                raise ValueError(f"a task_id has 1 to {_KEY_MAX} bytes")
            said["id"] = task_id
        task = self.tasks.get(name)
        most = task.max_retries if task else 3
        priority = priority if priority is not None else (task.priority if task else None)
        return NewTask(name, said, queue=queue or self._queue_of(name, task), priority=None if priority is None else min(_PRIORITY_MAX, priority),
                       run_at=_aware(eta), delay=countdown, expires_at=_aware(expires), timeout=time_limit or (task.time_limit if task else None),
                       max_attempts=_ATTEMPTS_MAX if most is None else min(_ATTEMPTS_MAX, most + 1),
                       unique_key=None if task_id is None else ID_TAG + task_id, tags=[] if task_id is None else [ID_TAG + task_id])

    def _queue_of(self, name: str, task: Optional[Task]) -> str:
        routes = self.conf.get("task_routes")
        route = routes.get(name) if isinstance(routes, Mapping) else None
        if isinstance(route, Mapping):
            route = route.get("queue")
        return route or (task.queue if task else None) or self.conf["task_default_queue"]

    def send_task(self, name: str, args: Optional[Sequence[Any]] = None, kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> AsyncResult:
        result: AsyncResult = send(Signature(name, args or (), kwargs, options, app=self), self)
        return result

    def declare(self, name: str) -> None:
        if name in self._declared:
            return
        self.client.declare(name)
        self._declared.add(name)

    def signature(self, name: str, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> Signature:
        return signature(name, args, kwargs, self, **options)

    def AsyncResult(self, task_id: str) -> AsyncResult:  # noqa: N802
        return AsyncResult(task_id, self)

    # ---- run

    def galley_worker(self, **options: Any) -> Worker:
        """A worker for all tasks of the application."""
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


def _aware(moment: Optional[datetime.datetime]) -> Optional[datetime.datetime]:
    """Times without a zone are UTC, as Celery's."""
    return moment.replace(tzinfo=datetime.timezone.utc) if moment is not None and moment.tzinfo is None else moment


def shared_task(*args: Any, **options: Any) -> Any:
    return current_app().task(*args, **options)


# ---- what the worker does with one task


def run_task(task: Task, context: TaskContext) -> Any:
    parents: List[Dict[str, Any]] = []
    body = context.input
    if "parents" in body:
        body, parents = body["input"], body["parents"]
    if "countdown" in body:
        _wait_behind(task.app, parents, body["countdown"])
    args, kwargs, takes = list(body["args"]), body["kwargs"], body.get("takes", "nothing")
    if takes == "failure":
        return _run_errback(task, parents[0], args, kwargs)
    if takes == "list":
        args.insert(0, [parent["result"] for parent in parents])
    elif takes == "one":
        args.insert(0, parents[0]["result"])
    task_id = body.get("id", context.id)
    parent_id = parents[0]["task_id"] if len(parents) == 1 else None
    task.push_request(Request(id=task_id, task=task.name, args=tuple(args), kwargs=kwargs, retries=context.attempt - 1 - context.kills, root_id=parent_id or task_id,
                              parent_id=parent_id, called_directly=False,
                              delivery_info={"routing_key": context.lease["queue"], "priority": context.lease["priority"]}, context=context))
    try:
        return _run_hooked(task, task_id, tuple(args), kwargs)
    finally:
        task.pop_request()


def _wait_behind(app: Celery, parents: Sequence[Mapping[str, Any]], seconds: float) -> None:
    """Goes back until so long after the last of those before it has ended."""
    before = app.client.get_many([parent["task_id"] for parent in parents])
    ends = [datetime.datetime.fromisoformat(one.raw["completed_at"].replace("Z", "+00:00")) for one in before if one.raw["completed_at"]]
    if not ends:
        return
    left = max(end.timestamp() for end in ends) + seconds - time.time()
    if left > 0:
        raise errors.Snooze(left)


def _run_errback(task: Task, parent: Mapping[str, Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """As Celery calls them: (request, exc, traceback) when it takes so many, else (task_id)."""
    if parent["status"] != "failed":
        return None
    result = AsyncResult(parent["task_id"], task.app)
    places = [one for one in inspect.signature(task.run).parameters.values() if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    if len(places) - len(args) < 3:
        return task(parent["task_id"], *args, **kwargs)
    return task(Request(id=parent["task_id"], task=task.app.client.get(parent["task_id"]).kind), result.result, result.traceback, *args, **kwargs)


def _run_hooked(task: Task, task_id: str, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Any:
    status, value = "SUCCESS", None
    try:
        task.before_start(task_id, args, kwargs)
        value = task._run(args, kwargs)
        task.on_success(value, task_id, args, kwargs)
        return value
    except Retry as retry:
        status, value = "RETRY", retry.exc or retry
        task.on_retry(value, task_id, args, kwargs, None)
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
        task.on_failure(error, task_id, args, kwargs, None)
        raise errors.Fail(_trace()) from error
    finally:
        task.after_return(status, value, task_id, args, kwargs, None)


def _trace() -> str:
    import traceback

    return traceback.format_exc()
