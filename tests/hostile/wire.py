"""Bytes to and from a real server: what hostile clients are made of. It finds galley_server.py of tests/server."""
import contextlib
import os
import pathlib
import socket
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "server"))

import galley_server  # noqa: E402

PATIENCE_SECONDS = galley_server.PATIENCE_SECONDS
# A server under a sanitizer takes about so many times the memory.
MEMORY_FACTOR = int(os.environ.get("GALLEY_MEMORY_FACTOR", "1"))
# Timeouts so long that an answer within PATIENCE_SECONDS cannot come from one of them.
NO_TIMEOUTS = ("--http-header-timeout", "10min", "--http-request-timeout", "1h", "--http-idle-timeout", "1h")


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS)


def read_to_end(connection):
    """All that came until the server closed, or reset."""
    received = b""
    try:
        while part := connection.recv(65536):
            received += part
    except ConnectionResetError:
        pass
    return received


def send_all(connection, data):
    """Sends what the server still takes: it may have refused and closed."""
    try:
        connection.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass


def exchange(server, data, pieces=1, half_close=False):
    """Sends the bytes, in so many pieces, and reads until the server closes."""
    with connect(server) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        size = max(1, -(-len(data) // pieces))
        for at in range(0, len(data), size):
            send_all(connection, data[at:at + size])
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        return read_to_end(connection)


def reset(connection):
    """Leaves without a word: the server gets a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def statuses(received):
    """The status of each response in the bytes."""
    return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]


def gauge(server, name):
    for line in server.get("/metrics").body.decode().splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    raise AssertionError(f"no gauge {name}")


def descriptors(server):
    """Without those of the database's files: its readers are opened when first needed, so a crowd may be the first to need one."""
    return sum("galley.db" not in path for path in open_files(server))


def database_files(server):
    return [path for path in open_files(server) if "galley.db" in path]


def open_files(server):
    """What each descriptor names; one that is closed meanwhile is left out."""
    found = []
    for link in pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.append(os.readlink(link))
    return found


def resident_bytes(server):
    """Without what a sanitizer keeps beside it."""
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) // MEMORY_FACTOR


def until(condition, server):
    """Looks again and again, while the server lives, until it is so."""
    while not condition():
        assert server.process.poll() is None, server.log()
