"""Where handlers run: threads of this process, or processes of their own.

An executor takes leased tasks one by one (submit) and says of each, once, how it ended (`ended`), on a thread of its own. start_of() tells
which tasks have begun: the others' death is none of their doing.
"""
from __future__ import annotations

import multiprocessing
import queue
import threading
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, Callable, Dict, List, Mapping, Optional

from .context import TaskContext
from .outcome import Handler, Outcome, failed, run_handler

Ended = Callable[[Dict[str, Any], Outcome], None]
Progress = Callable[[str, int, str], None]
WriteLog = Callable[[Dict[str, Any], str], None]
_NO_HANDLER = "this worker has no handler for the kind"


def _run(handlers: Mapping[str, Handler], task: TaskContext) -> Outcome:
    handler = handlers.get(task.kind)
    return run_handler(handler, task) if handler else failed(_NO_HANDLER, "retry")


class Executor:
    """The base: keeps which tasks have begun."""

    def __init__(self, handlers: Mapping[str, Handler], ended: Ended, progress: Progress, log: WriteLog) -> None:
        self.handlers = handlers
        self.ended = ended
        self.progress = progress
        self.log = log
        self.waiting: "queue.SimpleQueue[Optional[Dict[str, Any]]]" = queue.SimpleQueue()
        self.begun: Dict[str, bool] = {}
        self.put_back = False

    def submit(self, lease: Dict[str, Any]) -> None:
        self.waiting.put(lease)

    def next(self) -> Optional[Dict[str, Any]]:
        lease = self.waiting.get()
        if lease is not None:
            self.begun[lease["task_id"]] = True
        return lease

    def has_begun(self, task_id: str) -> bool:
        return task_id in self.begun

    def finish(self, lease: Dict[str, Any], outcome: Outcome) -> None:
        self.begun.pop(lease["task_id"], None)
        self.ended(lease, outcome)

    def take_waiting(self) -> List[Dict[str, Any]]:
        """What has not begun, taken away from the handlers."""
        taken: List[Dict[str, Any]] = []
        while True:
            try:
                lease = self.waiting.get_nowait()
            except queue.Empty:
                return taken
            if lease is not None:
                taken.append(lease)

    def start(self) -> None:
        raise NotImplementedError

    def stop(self, task_id: str, reason: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


class ThreadExecutor(Executor):
    def __init__(self, handlers: Mapping[str, Handler], ended: Ended, progress: Progress, log: WriteLog, threads: int) -> None:
        super().__init__(handlers, ended, progress, log)
        self.contexts: Dict[str, TaskContext] = {}
        self.threads = [threading.Thread(target=self._work, name=f"galley-task-{i}", daemon=True) for i in range(threads)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def _work(self) -> None:
        while (lease := self.next()) is not None:
            task_id = lease["task_id"]
            task = TaskContext(lease, partial(self.progress, task_id), partial(self.log, lease))
            self.contexts[task_id] = task
            outcome = _run(self.handlers, task)
            if self.contexts.get(task_id) is task:
                del self.contexts[task_id]
            self.finish(lease, outcome)

    def stop(self, task_id: str, reason: str) -> None:
        task = self.contexts.get(task_id)
        if task is not None:
            task.stop(reason)

    def close(self) -> None:
        for _ in self.threads:
            self.waiting.put(None)


class ProcessExecutor(Executor):
    """Each process runs one task at a time. One that dies takes its task's attempt with it, known at once, and is replaced."""

    def __init__(self, handlers: Mapping[str, Handler], ended: Ended, progress: Progress, log: WriteLog, processes: int,
                 method: Optional[str] = None) -> None:
        super().__init__(handlers, ended, progress, log)
        methods = multiprocessing.get_all_start_methods()
        self.context: Any = multiprocessing.get_context(method or ("fork" if "fork" in methods else "spawn"))
        self.closed = False
        self.lock = threading.Lock()
        self.running: Dict[str, "_Child"] = {}
        self.keepers = [threading.Thread(target=self._keep, name=f"galley-process-{i}", daemon=True) for i in range(processes)]
        self.first = [_Child(self.context, handlers) for _ in range(processes)]  # before there are threads that a fork would cut off

    def start(self) -> None:
        for keeper in self.keepers:
            keeper.start()

    def _keep(self) -> None:
        with self.lock:
            child = self.first.pop()
        while (lease := self.next()) is not None:
            task_id = lease["task_id"]
            self.running[task_id] = child
            outcome = child.run(lease, partial(self.progress, task_id), partial(self.log, lease))
            if self.running.get(task_id) is child:
                del self.running[task_id]
            if outcome is None:
                outcome = failed(f"the process that ran it died: {child.cause()}", "crash")
                if not self.closed:
                    child = _Child(self.context, self.handlers)
            self.finish(lease, outcome)
        child.close()

    def stop(self, task_id: str, reason: str) -> None:
        child = self.running.get(task_id)
        if child is not None:
            child.stop(reason)

    def kill_running(self) -> None:
        """The last means against handlers that do not look."""
        for child in list(self.running.values()):
            child.process.kill()

    def close(self) -> None:
        self.closed = True
        for _ in self.keepers:
            self.waiting.put(None)


class _Child:
    def __init__(self, context: Any, handlers: Mapping[str, Handler]) -> None:
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_child_main, args=(theirs, self.pipe, dict(handlers)), daemon=True)
        self.process.start()
        theirs.close()
        self.sending = threading.Lock()

    def run(self, lease: Dict[str, Any], progress: Callable[[int, str], None], log: Callable[[str], None]) -> Optional[Outcome]:
        """None: it died."""
        try:
            self._send(("run", lease))
            while True:
                what, *rest = self.pipe.recv()
                if what == "progress":
                    progress(*rest)
                elif what == "log":
                    log(*rest)
                else:
                    return Outcome(*rest)
        except (EOFError, OSError):
            self.process.join()
            return None

    def stop(self, reason: str) -> None:
        try:
            self._send(("stop", reason))
        except OSError:
            pass

    def _send(self, message: Any) -> None:
        with self.sending:
            self.pipe.send(message)

    def cause(self) -> str:
        code = self.process.exitcode
        return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"

    def close(self) -> None:
        try:
            self._send(None)
        except OSError:
            pass
        self.process.join(5)
        if self.process.is_alive():
            self.process.kill()


def _child_main(pipe: Connection, other_end: Connection, handlers: Dict[str, Handler]) -> None:
    import signal

    other_end.close()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # the parent decides when we end
    current: List[Optional[TaskContext]] = [None]
    work: "queue.SimpleQueue[Optional[Dict[str, Any]]]" = queue.SimpleQueue()
    sending = threading.Lock()

    def send(message: Any) -> None:
        with sending:
            pipe.send(message)

    def listen() -> None:
        while True:
            try:
                message = pipe.recv()
            except (EOFError, OSError):
                message = None
            if message is None:
                return work.put(None)
            what, rest = message
            task = current[0]
            if what == "run":
                work.put(rest)
            elif task is not None:
                task.stop(rest)

    threading.Thread(target=listen, daemon=True).start()
    while (lease := work.get()) is not None:
        task = TaskContext(lease, lambda percent, message: send(("progress", percent, message)), lambda line: send(("log", line)))
        current[0] = task
        outcome = _run(handlers, task)
        current[0] = None
        send(("ended", outcome.call, outcome.body))
