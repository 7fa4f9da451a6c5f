"""A small Celery application, as it stands. The tests run it on Celery with Redis, and on Galley with the next line changed, and compare what it says."""
import json
import os
import uuid

from celery import Celery, chain, chord, group

app = Celery("shop", broker=os.environ.get("SHOP_BROKER", "redis://localhost:6379/0"), backend=os.environ.get("SHOP_BACKEND", "redis://localhost:6379/1"))
app.conf.update(task_serializer="json", accept_content=["json"], task_default_queue="shop", task_routes={"shop.mail": {"queue": "mail"}})


@app.task(name="shop.add")
def add(a, b):
    return a + b


@app.task(name="shop.total")
def total(numbers):
    return sum(numbers)


@app.task(name="shop.mail", bind=True, max_retries=3, default_retry_delay=0)
def mail(self, address, failures=0):
    """Fails as often as it is told to, and is tried again."""
    if self.request.retries < failures:
        raise self.retry(exc=ConnectionError(f"{address} did not answer"))
    return f"sent to {address} at try {self.request.retries + 1}"


@app.task(name="shop.fetch", autoretry_for=(OSError,), retry_backoff=False, default_retry_delay=0, max_retries=2, bind=True)
def fetch(self, failures):
    if self.request.retries < failures:
        raise OSError("no route")
    return self.request.retries


@app.task(name="shop.break_down")
def break_down(*_):
    raise RuntimeError("broken down")


@app.task(name="shop.who", bind=True)
def who(self):
    return self.request.id


@app.task(name="shop.note")
def note(*what):
    """Writes down that it ran, where link and link_error are looked for."""
    path, words = what[-2], [str(word) for word in (*what[:-2], what[-1])]
    with open(path, "a", encoding="utf-8") as file:
        file.write(" ".join(words) + "\n")


@app.task(name="shop.apologise")
def apologise(request, exc, traceback, path):
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"{type(exc).__name__}: {exc}\n")


def order(numbers):
    """Doubles each number, adds them up, and adds one."""
    return chain(group(add.s(number, number) for number in numbers), total.s(), add.s(1))


def outcome(result):
    """What comes of it: a value, or the name and the words of an exception."""
    try:
        return result.get(timeout=60)
    except Exception as error:
        return [type(error).__name__, str(error)]


def line_of(path):
    """The first line of a file that some task writes."""
    while not os.path.exists(path) or not open(path, encoding="utf-8").read().endswith("\n"):
        pass
    return open(path, encoding="utf-8").readline().strip()


def story(folder):
    """What the application sees of its task queue, step by step."""
    yield "plain", outcome(add.delay(2, 3))
    yield "countdown", outcome(add.apply_async((2, 3), countdown=0.1))
    yield "options", outcome(add.apply_async(args=(1,), kwargs={"b": 1}, queue="shop"))
    yield "by name", outcome(app.send_task("shop.add", (4, 4)))
    yield "retry", outcome(mail.delay("ann@example.org", failures=2))
    yield "retries used up", outcome(mail.delay("ann@example.org", failures=9))
    yield "autoretry", outcome(fetch.delay(2))
    yield "autoretry used up", outcome(fetch.delay(9))
    yield "chain", outcome(chain(add.s(1, 2), add.s(3), add.s(4)).apply_async())
    yield "pipe", outcome((add.s(1, 2) | add.si(5, 5)).apply_async())
    steps = chain(add.s(1, 1), add.s(10), add.s(100)).apply_async()
    yield "chain's parents", [outcome(steps), outcome(steps.parent), outcome(steps.parent.parent)]
    yield "broken chain", outcome(chain(add.s(1, 2), break_down.s(), add.s(4)).apply_async())
    yield "retry in a chain", outcome(chain(mail.s("bob@example.org", failures=1), add.s("!")).apply_async())
    yield "group", outcome(group(add.s(n, n) for n in range(10)).apply_async())
    yield "chord", outcome(chord((add.s(n, n) for n in range(10)), total.s()).apply_async())
    yield "chord, called", outcome(chord([add.s(n, n) for n in range(3)])(total.s()))
    yield "broken chord", outcome(chord([add.s(1, 1), break_down.s()], total.s()).apply_async())[0]
    yield "group, then tasks", outcome(order([1, 2, 3]).apply_async())
    yield "task, group, task", outcome(chain(add.s(1, 1), group(add.s(10), add.s(20)), total.s()).apply_async())
    yield "chain that ends in a group", outcome(chain(add.s(1, 1), group(add.s(10), add.s(20))).apply_async())
    yield "chains in a chord", outcome(chord([chain(add.s(1, 1), add.s(2)), add.s(5, 5)], total.s()).apply_async())
    mine = str(uuid.uuid4())
    add.apply_async((7, 7), task_id=mine)
    found = app.AsyncResult(mine)
    yield "own id", [outcome(found), found.state, outcome(who.apply_async(task_id="w" + mine[1:])) == "w" + mine[1:]]
    yield "unknown id", app.AsyncResult(str(uuid.uuid4())).state
    yield "link", outcome(add.apply_async((20, 1), link=note.s(f"{folder}/link", "linked"))), line_of(f"{folder}/link")
    yield "link_error", outcome(break_down.apply_async(link_error=apologise.s(f"{folder}/sorry"))), line_of(f"{folder}/sorry")
    broken = break_down.delay()
    yield "failure", outcome(broken), broken.ready(), broken.failed(), broken.state, "broken down" in broken.traceback
    done = add.delay(1, 1)
    yield "success", outcome(done), done.ready(), done.successful(), done.state


if __name__ == "__main__":
    import sys

    for step in story(sys.argv[1]):
        print(json.dumps(step))
