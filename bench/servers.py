"""Starts and stops what is compared: Galley, nginx, Redis, FastAPI, Celery; each in a folder of its own, on loopback."""
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
SECRET = "benchmark-secret-benchmark-secret-0"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, process, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"nothing answers at {url}")


class Process:
    """A child in its own process group, stopped as a whole."""

    def __init__(self, arguments, folder, environment=None, name="process"):
        self.log = open(os.path.join(folder, name + ".log"), "wb")
        self.process = subprocess.Popen(arguments, stdout=self.log, stderr=self.log, cwd=HERE + "/peers", start_new_session=True,
                                        env={**os.environ, **(environment or {})})

    def memory_mib(self):
        """Resident memory of the whole process group."""
        total = 0
        for entry in os.listdir("/proc"):
            try:
                if entry.isdigit() and os.getpgid(int(entry)) == self.process.pid:
                    status = open(f"/proc/{entry}/status", encoding="utf-8").read()
                    total += int(re.search(r"VmRSS:\s*(\d+)", status).group(1))
            except (OSError, AttributeError):
                continue
        return total / 1024

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.log.close()


class Galley:
    def __init__(self, binary, folder, *flags):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        began = time.perf_counter()
        self.child = Process([os.path.abspath(binary), "serve", "--listen", f"127.0.0.1:{self.port}", "--data", folder + "/data", "--demo",
                              "--log-level", "warning", *flags], folder, {"GALLEY_JWT_SECRET": SECRET}, "galley")
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                break
            except OSError:
                if self.child.process.poll() is not None:
                    raise RuntimeError("galley did not start: see " + folder + "/galley.log") from None
                time.sleep(0.0005)
        wait_for(self.base + "/health/ready", self.child.process)
        self.ready_ms = (time.perf_counter() - began) * 1e3

    def stop(self):
        self.child.stop()


class Nginx:
    def __init__(self, folder):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.www = folder + "/www"
        os.makedirs(self.www, exist_ok=True)
        text = open(HERE + "/peers/nginx.conf", encoding="utf-8").read()
        if os.geteuid() == 0:
            os.chmod(folder, 0o755)
        config = folder + "/nginx.conf"
        with open(config, "w", encoding="utf-8") as file:
            file.write(text.replace("@FOLDER@", folder).replace("@PORT@", str(self.port)))
        self.child = Process([shutil.which("nginx") or "/usr/sbin/nginx", "-c", config, "-p", folder], folder, name="nginx")
        wait_for(self.base + "/live", self.child.process)

    def stop(self):
        self.child.stop()


class PythonStack:
    """FastAPI (uvicorn) + Celery worker + Redis with an append-only file that is synced at every write."""

    def __init__(self, folder):
        redis_port, self.port = free_port(), free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment = {"PEER_REDIS": f"redis://127.0.0.1:{redis_port}/0", "PEER_DATABASE": folder + "/peer.db", "GALLEY_JWT_SECRET": SECRET,
                            "PYTHONPATH": HERE + "/peers", "PYTHONDONTWRITEBYTECODE": "1"}
        self.redis = Process(["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes",
                              "--appendfsync", "always", "--save", ""], folder, name="redis")
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", redis_port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.01)
        self.worker = Process(["/usr/bin/python3", "-m", "celery", "-A", "celery_app", "worker", "-c", "2", "--without-gossip", "--without-mingle",
                               "-l", "warning"], folder, self.environment, "celery")
        began = time.perf_counter()
        self.web = Process(["/usr/bin/python3", "serve.py", str(self.port), "2"], folder, self.environment, "uvicorn")
        wait_for(self.base + "/health/live", self.web.process)
        self.ready_ms = (time.perf_counter() - began) * 1e3

    def memory_mib(self):
        return sum(part.memory_mib() for part in (self.redis, self.worker, self.web))

    def stop(self):
        for part in (self.web, self.worker, self.redis):
            part.stop()
