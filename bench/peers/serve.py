"""Runs the FastAPI app with uvicorn in WORKERS processes on one socket. `uvicorn --workers 2` of Debian 12 makes a socket without
TCP_NODELAY, which costs 40 ms a request on loopback and would flatter whoever is compared with it."""
import os
import socket
import sys

import uvicorn

port, workers = int(sys.argv[1]), int(sys.argv[2])
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
listener.bind(("127.0.0.1", port))
listener.listen(1024)
for _ in range(workers - 1):
    if os.fork() == 0:
        break
uvicorn.Server(uvicorn.Config("fastapi_app:app", log_level="warning")).run(sockets=[listener])
