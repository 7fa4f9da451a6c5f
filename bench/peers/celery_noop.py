"""Enqueues COUNT echo tasks on Celery and waits for all of them; prints tasks per second, enqueue to all done."""
import sys
import time

from celery_app import echo

count = int(sys.argv[1])
echo.delay(1).get(timeout=30)
began = time.perf_counter()
results = [echo.delay(i) for i in range(count)]
enqueued = time.perf_counter()
for result in results:
    result.get(timeout=120)
ended = time.perf_counter()
print(count / (ended - began), count / (enqueued - began))
