"""An HTML file to PDF with WeasyPrint, warm, in one process; prints the median of RUNS renders in ms. With RUNS 1 nothing warms up but the import."""
import statistics
import sys
import time

import weasyprint

path, runs = sys.argv[1], int(sys.argv[2])


def render():
    began = time.perf_counter()
    weasyprint.HTML(filename=path).write_pdf()
    return (time.perf_counter() - began) * 1e3


if runs > 1:
    render()
print(statistics.median(render() for _ in range(runs)))
