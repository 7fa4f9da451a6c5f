"""The peer's tasks: Celery on Redis (append-only file, fsync always: as durable as what it is compared with)."""
import os
import time

from celery import Celery

app = Celery("peer", broker=os.environ["PEER_REDIS"], backend=os.environ["PEER_REDIS"])
app.conf.update(task_ignore_result=False, worker_prefetch_multiplier=4, broker_connection_retry_on_startup=True)


@app.task
def echo(value):
    return value


@app.task(ignore_result=True)
def snapshot(snapshot_id):
    return snapshot_id


@app.task
def begun():
    return time.time()
