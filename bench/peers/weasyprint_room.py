"""The same HTML as ours with WeasyPrint, warm, in one process; prints the median of RUNS renders in ms."""
import statistics
import sys
import time

import weasyprint

html = open(sys.argv[1], encoding="utf-8").read()
weasyprint.HTML(string=html).write_pdf()
times = []
for _ in range(int(sys.argv[2])):
    began = time.perf_counter()
    weasyprint.HTML(string=html).write_pdf()
    times.append((time.perf_counter() - began) * 1e3)
print(statistics.median(times))
