"""One echo task after the other on an idle Celery: prints the median ms from delay() to the task's first line, and to .get()."""
import statistics
import sys
import time

from celery_app import begun

began_after, ended_after = [], []
for number in range(int(sys.argv[1]) + 20):
    sent = time.time()
    started = begun.delay().get(timeout=30)
    if number >= 20:
        began_after.append((started - sent) * 1e3)
        ended_after.append((time.time() - sent) * 1e3)
print(statistics.median(began_after), statistics.median(ended_after))
