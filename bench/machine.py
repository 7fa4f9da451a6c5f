"""What the figures were measured on."""
import os
import re
import statistics
import subprocess
import time


def describe():
    cpu = re.search(r"model name\s*:\s*(.*)", open("/proc/cpuinfo", encoding="utf-8").read())
    memory = int(re.search(r"MemTotal:\s*(\d+)", open("/proc/meminfo", encoding="utf-8").read()).group(1)) // 1024 // 1024
    kernel = os.uname().release
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    return f"{os.cpu_count()} cores {cpu.group(1) if cpu else 'unknown'}, {memory} GiB, Linux {kernel}, commit {commit}"


def fdatasync_ms(folder, times=300):
    """Median time of a 4 KiB append followed by fdatasync: what one durable write costs on this disk."""
    path = os.path.join(folder, "fdatasync-probe")
    samples = []
    with open(path, "wb", buffering=0) as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            samples.append((time.perf_counter() - began) * 1e3)
    os.unlink(path)
    return statistics.median(samples)
