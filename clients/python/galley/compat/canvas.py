"""Celery's signatures, chains, groups and chords, over tasks with parents. Part of galley.compat.celery, which offers all of it.

A workflow is planned as a whole and enqueued in one transaction: each task of it names those that it waits for, so that nothing of it depends on the
producer, or on a worker that would have to enqueue what comes next.
"""
from __future__ import annotations

import dataclasses
import itertools
import uuid
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Union

from ..client import NewTask
from .results import AsyncResult, GroupResult, current_app

PARTS_MAX = 10_000


@dataclasses.dataclass(frozen=True)
class Before:
    """What the next tasks wait for. `many`: its results are one argument, a list (a chord's header); else its one result is."""

    refs: Sequence[str] = ()
    many: bool = False

    @property
    def takes(self) -> str:
        return "list" if self.many else "one"


class Plan:
    """Tasks of one batch, by their refs."""

    def __init__(self) -> None:
        self.tasks: List[NewTask] = []
        self.previous: Dict[str, Before] = {}
        self.ids: Dict[str, Optional[str]] = {}
        self._numbers = itertools.count()

    def add(self, one: "Signature", before: Before, follows: str = "success") -> str:
        """One task; `follows` says of which end of the one before it: success, or (link_error) failure."""
        ref = f"t{next(self._numbers)}"
        options = dict(one.options)
        links, errbacks = _as_list(options.pop("link", None)), _as_list(options.pop("link_error", None))
        self.ids[ref] = options.get("task_id")
        waits = {"takes": "failure" if follows == "failure" else "nothing" if one.immutable else before.takes} if before.refs or before.many else {}
        new: NewTask = one.app.new_task(one.task, one.args, one.kwargs, body=waits, **options)
        if before.refs:
            new = dataclasses.replace(new, parents=[f"ref:{parent}" for parent in before.refs], input_from_parents=True,
                                      on_parent_failure="continue" if follows == "failure" else "fail")
        self.tasks.append(dataclasses.replace(new, ref=ref))
        self.previous[ref] = before
        for link in links:
            self.plan(link, Before([ref]))
        for errback in errbacks:
            if not isinstance(errback, Signature):
                raise NotImplementedError("link_error takes tasks, not workflows")
            self.add(errback, Before([ref]), "failure")
        return ref

    def plan(self, part: Any, before: Before) -> Before:
        """Adds a task or a workflow behind `before`; gives what comes next has to wait for."""
        if isinstance(part, Signature):
            return Before([self.add(part, before)])
        if isinstance(part, chain):
            for task in part.tasks:
                before = self.plan(task, before)
            return before
        if isinstance(part, group):
            return Before([ref for task in part.tasks for ref in self.plan(task, before).refs], many=True)
        if isinstance(part, chord):
            if part.body is None:
                raise TypeError("a chord needs a body")
            return self.plan(part.body, self.plan(part.header, before))
        raise TypeError(f"not a part of a workflow: {part!r}")

    def send(self, app: Any, end: Before) -> Any:
        if len(self.tasks) > PARTS_MAX:
            raise ValueError(f"a workflow has at most {PARTS_MAX} tasks, not {len(self.tasks)}")
        if len(self.tasks) == 1:
            new = dataclasses.replace(self.tasks[0], ref=None)
            refs = [app.client.enqueue_new(new)]
        else:
            refs = app.client.enqueue_many(self.tasks)
        results: Dict[str, AsyncResult] = {}
        for new, sent in zip(self.tasks, refs):  # what comes before a task stands before it
            ref = new.ref or ""
            results[ref] = AsyncResult(self.ids[ref] or sent.id, app, self._result(self.previous[ref], results), sent.id)
        return self._result(end, results)

    @staticmethod
    def _result(end: Before, results: Mapping[str, AsyncResult]) -> Any:
        some = [results[ref] for ref in end.refs]
        return GroupResult(str(uuid.uuid4()), some) if end.many else some[0] if some else None


def send(part: Any, app: Any) -> Any:
    plan = Plan()
    end = plan.plan(part, Before())
    return plan.send(app, end) if plan.tasks else GroupResult(str(uuid.uuid4()), [])


def _as_list(value: Any) -> List[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


class _Part:
    """What workflows are made of."""

    def clone(self, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> Any:
        raise NotImplementedError

    def _app(self) -> Any:
        raise NotImplementedError

    def apply_async(self, args: Optional[Sequence[Any]] = None, kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> Any:
        return send(self.clone(args or (), kwargs, **options), self._app())

    def delay(self, *args: Any, **kwargs: Any) -> Any:
        return self.apply_async(args, kwargs)

    def __or__(self, other: Any) -> "chain":
        return chain(self, other)


class Signature(_Part):
    def __init__(self, task: str, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, options: Optional[Mapping[str, Any]] = None,
                 immutable: bool = False, app: Any = None) -> None:
        self.task = task
        self.args = tuple(args)
        self.kwargs = dict(kwargs or {})
        self.options = dict(options or {})
        self.immutable = immutable
        self.app = app or current_app()

    def _app(self) -> Any:
        return self.app

    def clone(self, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> "Signature":
        if self.immutable:
            args, kwargs = (), {}
        return Signature(self.task, tuple(args) + self.args, {**self.kwargs, **(kwargs or {})}, {**self.options, **options}, self.immutable, self.app)

    def set(self, immutable: Optional[bool] = None, **options: Any) -> "Signature":
        self.options.update(options)
        if immutable is not None:
            self.immutable = immutable
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        merged = self.clone(args, kwargs)
        return self.app.tasks[merged.task](*merged.args, **merged.kwargs)

    def link(self, callback: Any) -> "Signature":
        self.options["link"] = [*_as_list(self.options.get("link")), callback]
        return self

    def link_error(self, errback: "Signature") -> "Signature":
        self.options["link_error"] = [*_as_list(self.options.get("link_error")), errback]
        return self

    def on_error(self, errback: "Signature") -> "Signature":
        return self.link_error(errback)

    def __repr__(self) -> str:
        return f"{self.task}({', '.join([repr(value) for value in self.args] + [f'{name}={value!r}' for name, value in self.kwargs.items()])})"


def signature(task: Union[str, Signature], args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, app: Any = None, **options: Any) -> Signature:
    if isinstance(task, Signature):
        return task
    immutable = options.pop("immutable", False)
    return Signature(task, args, kwargs, options, immutable, app)


class chain(_Part):  # noqa: N801 - Celery's own name
    """Each task gets the result of the one before as its first argument."""

    def __init__(self, *tasks: Any) -> None:
        flat = tasks[0] if len(tasks) == 1 and not isinstance(tasks[0], _Part) else tasks
        self.tasks: List[Any] = []
        for task in flat:
            self.tasks.extend(task.tasks if isinstance(task, chain) else [task])

    def _app(self) -> Any:
        return self.tasks[0]._app()

    def clone(self, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> "chain":
        """Arguments and options are the first task's, a task_id and callbacks the last one's."""
        if not self.tasks:
            raise ValueError("an empty chain")
        last = {name: options.pop(name) for name in ("task_id", "link", "link_error") if options.get(name) is not None}
        tasks = [self.tasks[0].clone(args, kwargs, **options), *self.tasks[1:]]
        return chain(*tasks[:-1], tasks[-1].clone((), None, **last) if last else tasks[-1])

    def link(self, callback: Any) -> "chain":
        self.tasks[-1].link(callback)
        return self

    def link_error(self, errback: Signature) -> "chain":
        """Of each task of the chain, as in Celery."""
        for task in self.tasks:
            task.link_error(errback)
        return self

    on_error = link_error
    __call__ = _Part.delay


class group(_Part):  # noqa: N801
    """All at once."""

    def __init__(self, *tasks: Any) -> None:
        flat: Iterable[Any] = tasks[0] if len(tasks) == 1 and not isinstance(tasks[0], _Part) else tasks
        self.tasks: List[Any] = list(flat)

    def _app(self) -> Any:
        return self.tasks[0]._app() if self.tasks else current_app()

    def clone(self, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> "group":
        if options.get("task_id") is not None:
            raise NotImplementedError("a group has no task_id; its tasks have")
        return group([task.clone(args, kwargs, **options) for task in self.tasks])

    def link_error(self, errback: Signature) -> "group":
        for task in self.tasks:
            task.link_error(errback)
        return self

    on_error = link_error
    __call__ = _Part.delay

    def __len__(self) -> int:
        return len(self.tasks)


class chord(_Part):  # noqa: N801
    """A group, and a task (or workflow) that gets the list of its results, once all of them are completed."""

    def __init__(self, header: Any, body: Any = None) -> None:
        self.header = header if isinstance(header, (group, chord, chain)) else group(list(header))
        self.body = body

    def _app(self) -> Any:
        return self.body._app() if self.body is not None else self.header._app()

    def __call__(self, body: Any = None, **options: Any) -> Any:
        return chord(self.header, body or self.body).apply_async(**options)

    def clone(self, args: Sequence[Any] = (), kwargs: Optional[Mapping[str, Any]] = None, **options: Any) -> "chord":
        """Arguments are the header's, options the body's."""
        if self.body is None:
            raise TypeError("a chord needs a body")
        return chord(self.header.clone(args, kwargs), self.body.clone((), None, **options) if options else self.body)

    def link(self, callback: Any) -> "chord":
        self.body.link(callback)
        return self

    def link_error(self, errback: Signature) -> "chord":
        self.body.link_error(errback)
        return self

    on_error = link_error
