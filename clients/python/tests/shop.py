"""An application as one would write it: handlers that the tests' workers run."""
import os
import time

from galley import Fail, Retry, Snooze, Worker

worker = Worker(threads=2)


@worker.task("shop.add")
def add(task):
    return task.input["a"] + task.input["b"]


@worker.task("shop.flaky")
def flaky(task):
    if task.attempt < task.input:
        raise Retry("not yet", delay=0)
    return task.attempt


@worker.task("shop.broken")
def broken(task):
    raise Fail("bad input")


@worker.task("shop.raises", max_attempts=1)
def raises(task):
    raise ValueError("what a pity")


@worker.task("shop.later")
def later(task):
    if not os.path.exists(task.input):
        open(task.input, "w").close()
        raise Snooze(0.05)
    return task.attempt


@worker.task("shop.unspeakable", max_attempts=1)
def unspeakable(task):
    return object()


@worker.task("shop.steps")
def steps(task):
    """Reports progress, then waits until it is stopped, and says why."""
    task.progress(30, "a third")
    while not task.wait_stopped(60):
        pass
    task.check()


@worker.task("shop.speaks")
def speaks(task):
    """Writes lines until one of them is told, which the file says, then one more."""
    for n in range(300):
        task.log(f"line {n}")
    while not os.path.exists(task.input):
        time.sleep(0.01)
    task.log("told \ud800" + "x" * 2000)


@worker.task("shop.hold")
def hold(task):
    """Says that it has begun, and ends when the file that it is given is there."""
    open(f"{task.input}-{task.id}", "w").close()
    while not os.path.exists(task.input):
        time.sleep(0.01)
    return task.attempt


@worker.task("shop.pid")
def pid(task):
    return os.getpid()


@worker.task("shop.crash")
def crash(task):
    if task.kills < task.input:
        os.kill(os.getpid(), 9)
    return task.kills
