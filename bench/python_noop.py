"""No-op tasks through the Python client, one worker process: enqueues COUNT tasks in batches of 1,000, waits for all; prints tasks per second,
enqueue to all done, and enqueued per second. GALLEY_URL and GALLEY_TOKEN say where.

    bench/python_noop.py 20000
"""
import os
import subprocess
import sys
import time

CLIENT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "clients", "python")
sys.path.insert(0, CLIENT)

from galley import Client, NewTask, Worker  # noqa: E402

worker = Worker(Client(timeout=120), threads=1, prefetch=400)


@worker.task("noop")
def noop(task):
    return task.input


def main(count):
    client = Client(timeout=120)
    client.declare("noop")
    here = os.path.dirname(os.path.abspath(__file__))
    process = subprocess.Popen([sys.executable, "-m", "galley.worker", "python_noop:worker", "--threads", "1", "--prefetch", "400", "--log-level", "warning"],
                               cwd=here, env={**os.environ, "PYTHONPATH": CLIENT, "PYTHONDONTWRITEBYTECODE": "1"})
    try:
        client.result(client.enqueue("noop", 0).id, 60)
        began = time.perf_counter()
        refs = []
        for start in range(0, count, 1000):
            refs += client.enqueue_many(NewTask("noop", n) for n in range(start, min(count, start + 1000)))
        enqueued = time.perf_counter()
        for ref in reversed(refs[-1000:]):
            client.wait(ref.id, 300)
        done = sum(task.status == "completed" for task in client.get_many([ref.id for ref in refs]))
        ended = time.perf_counter()
        if done != count:
            raise SystemExit(f"only {done} of {count} completed")
        print(count / (ended - began), count / (enqueued - began))
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
