"""A small Celery application, as it stands: the tests run it on Galley with the next line changed, and bench/celery_shop.sh on Celery itself."""
from celery import Celery, chain, chord, group

app = Celery("shop", broker="redis://localhost:6379/0", backend="redis://localhost:6379/1")
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
def break_down():
    raise RuntimeError("broken down")


def order(numbers):
    """Doubles each number, adds them up, and adds one."""
    return chain(group(add.s(number, number) for number in numbers), total.s(), add.s(1))


def check():
    """What the application expects of its task queue."""
    assert add.delay(2, 3).get(timeout=60) == 5
    assert add.apply_async((2, 3), countdown=0.1, priority=3).get(timeout=60) == 5
    assert add.apply_async(args=(1,), kwargs={"b": 1}, queue="shop").get(timeout=60) == 2
    assert mail.delay("ann@example.org", failures=2).get(timeout=60) == "sent to ann@example.org at try 3"
    assert fetch.delay(2).get(timeout=60) == 2
    assert chain(add.s(1, 2), add.s(3), add.s(4)).apply_async().get(timeout=60) == 10
    assert (add.s(1, 2) | add.si(5, 5)).apply_async().get(timeout=60) == 10
    assert group(add.s(n, n) for n in range(10)).apply_async().get(timeout=60) == [2 * n for n in range(10)]
    assert chord((add.s(n, n) for n in range(10)), total.s()).apply_async().get(timeout=60) == 90
    assert order([1, 2, 3]).apply_async().get(timeout=60) == 13
    assert add.apply_async((20, 1), link=add.s(5)).get(timeout=60) == 21
    broken = break_down.delay()
    try:
        broken.get(timeout=60)
    except Exception as error:
        assert "broken down" in str(error), error
    else:
        raise AssertionError("a failure was not raised")
    assert (broken.ready(), broken.failed(), broken.state) == (True, True, "FAILURE")
    result = add.delay(1, 1)
    result.get(timeout=60)
    assert (result.ready(), result.successful(), result.state) == (True, True, "SUCCESS")
    print("all as expected")


if __name__ == "__main__":
    check()
