"""One server, spoken to over connections that are kept: each thread has its own."""
from __future__ import annotations

import http.client
import json
import os
import random
import socket
import ssl
import struct
import threading
import time
import urllib.parse
import weakref
from typing import Any, Callable, Dict, Optional, Union

from .errors import ApiError, Unreachable

Token = Union[str, Callable[[], str]]
_RETRIED = (429, 503)
_PAUSE_MAX = 5.0
_RETRY_AFTER_MAX = 30.0
_LAST_ANSWER_SECONDS = 1.1


class Transport:
    """Requests with JSON in and out.

    What is safe to repeat (GET, and calls with an Idempotency-Key or a fencing number) is repeated after a lost connection, a 503 and a 429, up to
    `retries` times with growing pauses, or as long as the server asks for by Retry-After.
    """

    def __init__(self, url: Optional[str] = None, token: Optional[Token] = None, timeout: float = 30.0, retries: int = 6) -> None:
        self.url = (url or os.environ.get("GALLEY_URL") or "http://127.0.0.1:8000").rstrip("/")
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not a server's address: {self.url}")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port or (443 if self._secure else 80)
        self._prefix = parts.path
        self._token: Token = token if token is not None else os.environ.get("GALLEY_TOKEN", "")
        self.timeout = timeout
        self.retries = retries
        self._local = threading.local()
        self._open: "weakref.WeakSet[http.client.HTTPConnection]" = weakref.WeakSet()

    def request(self, method: str, path: str, body: Any = None, *, repeat: bool = False, key: Optional[str] = None,
                timeout: Optional[float] = None, retries: Optional[int] = None) -> Any:
        """The answer's JSON (None for 204). Raises ApiError, Unreachable."""
        data = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        headers = self._headers(data, key)
        left = self.retries if retries is None else retries
        may_repeat = repeat or key is not None or method in ("GET", "DELETE")
        pause = 0.05
        while True:
            wait = pause * random.uniform(0.5, 1.0)
            try:
                status, fields, content = self._once(method, path, data, headers, timeout or self.timeout)
            except (OSError, http.client.HTTPException) as error:
                if not may_repeat or left <= 0:
                    raise Unreachable(f"{self.url}: {error or type(error).__name__}") from error
            else:
                if status < 400:
                    return json.loads(content) if content else None
                if status not in _RETRIED or left <= 0:
                    raise ApiError(status, _problem(content))
                wait = max(wait, _seconds(fields.get("Retry-After")))
            left -= 1
            time.sleep(min(wait, _RETRY_AFTER_MAX))
            pause = min(pause * 2, _PAUSE_MAX)

    def _headers(self, data: Optional[bytes], key: Optional[str]) -> Dict[str, str]:
        token = self._token() if callable(self._token) else self._token
        headers = {"Authorization": f"Bearer {token}"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        return headers

    def _once(self, method: str, path: str, data: Optional[bytes], headers: Dict[str, str], timeout: float) -> Any:
        connection = self._connection(timeout)
        try:
            connection.request(method, self._prefix + path, data, headers)
            response = connection.getresponse()
            content = response.read()
        except Exception:
            self.close()
            raise
        if response.will_close:
            self.close()
        return response.status, response.headers, content

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        connection: Optional[http.client.HTTPConnection] = getattr(self._local, "connection", None)
        if connection is None:
            if self._secure:
                connection = http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=ssl.create_default_context())
            else:
                connection = http.client.HTTPConnection(self._host, self._port, timeout=timeout)
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._local.connection = connection
            self._open.add(connection)
        elif connection.sock is not None:
            connection.sock.settimeout(timeout)
        return connection

    def copy(self) -> "Transport":
        """Another one for the same server, with connections of its own."""
        return Transport(self.url, self._token, self.timeout, self.retries)

    def abort(self) -> None:
        """From any thread: gives up what is under way, but for an answer that comes within a moment; else Unreachable.

        The server looks whether a client is still there from the first second of its request on: until then what it answers is taken.
        """
        self.retries = 0
        last = threading.Timer(_LAST_ANSWER_SECONDS, self._reset)
        last.daemon = True
        last.start()

    def _reset(self) -> None:
        """A reset is what the server sees at once: it would go on handing tasks to a connection that was closed politely."""
        for connection in list(self._open):
            if connection.sock is not None:
                try:
                    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self) -> None:
        """Closes this thread's connection."""
        connection = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            connection.close()


def _problem(content: bytes) -> Dict[str, Any]:
    try:
        problem = json.loads(content)
    except ValueError:
        return {"detail": content[:200].decode(errors="replace")}
    return problem if isinstance(problem, dict) else {"detail": str(problem)}


def _seconds(text: Optional[str]) -> float:
    try:
        return float(text) if text else 0.0
    except ValueError:
        return 0.0
