#!/usr/bin/python3
"""Live streams (R58, R95): events in their order, resume, heartbeat, the end, and clients that do not read."""
import collections
import http.client
import json
import pathlib
import socket
import ssl
import subprocess
import unittest

from galley_server import ADMIN, BROKER, PATIENCE_SECONDS, STRANGER, Server, ServerCase, token_of

Event = collections.namedtuple("Event", "id name data")
HOUR = 3600


class Stream:
    """A live stream as a client reads it: events, and comments as ":text"."""

    def __init__(self, server, path, caller=BROKER, last=None, context=None):
        options = {"timeout": PATIENCE_SECONDS}
        self.connection = (http.client.HTTPSConnection("localhost", server.port, context=context, **options) if context
                           else http.client.HTTPConnection("127.0.0.1", server.port, **options))
        fields = {"Authorization": "Bearer " + token_of(caller), "Accept": "text/event-stream", "Accept-Encoding": "gzip, br, zstd"}
        if last is not None:
            fields["Last-Event-ID"] = last
        self.connection.request("GET", path, headers=fields)
        self.response = self.connection.getresponse()
        self.status = self.response.status

    def close(self):
        self.response.close()
        self.connection.close()

    def next(self):
        """The next event or comment; None at the end of the stream."""
        fields = {}
        while True:
            line = self.response.readline()
            if not line:
                return None
            text = line.decode().rstrip("\n")
            if text.startswith(":"):
                fields["comment"] = text
            elif text:
                name, _, value = text.partition(": ")
                fields[name] = value
            elif "comment" in fields:
                return fields["comment"]
            elif "data" in fields:
                return Event(fields["id"], fields["event"], json.loads(fields["data"]))
            else:
                fields = {}

    def events(self, until=None):
        """Events without comments, to the end of the stream or to the first that `until` wants."""
        while True:
            event = self.next()
            if event is None:
                return
            if isinstance(event, Event):
                yield event
                if until is not None and until(event):
                    return


class LiveCase(ServerCase):
    def stream(self, path, caller=BROKER, server=None, **options):
        stream = Stream(server or self.server, path, caller, **options)
        self.addCleanup(stream.close)
        return stream

    def waiting_task(self, server=None, caller=BROKER):
        return (server or self.server).make_task(caller, delay_seconds=HOUR)

    def cancel(self, task_id, server=None, caller=BROKER):
        answer = (server or self.server).post(f"/api/v1/tasks/{task_id}/cancel", caller=caller)
        self.assertEqual(answer.status, 200, answer)


class Live(LiveCase):
    flags = ("--live-heartbeat", "50ms")

    def test_a_task_is_followed_from_its_present_state_to_its_end(self):
        task_id = self.waiting_task()
        for path in (f"/api/v1/tasks/{task_id}/events", f"/async-monitoring/tasks/{task_id}/stream/",
                     f"/async-monitoring/tasks/{task_id}/stream"):
            with self.subTest(path):
                stream = self.stream(path)
                first = next(stream.events())
                self.assertEqual(first.name, "task.snapshot")
                self.assertEqual(first.data["status"], "scheduled")
                stream.close()
        stream = self.stream(f"/api/v1/tasks/{task_id}/events")
        self.assertEqual(stream.response.headers["Content-Type"], "text/event-stream")
        self.assertEqual(stream.response.headers["Cache-Control"], "no-store")
        self.assertEqual(stream.response.headers["X-Accel-Buffering"], "no")
        self.assertIsNone(stream.response.headers["Content-Encoding"])
        next(stream.events())
        self.cancel(task_id)
        (end,) = stream.events()
        self.assertEqual(end.name, "task.cancelled")
        self.assertEqual(end.data, {"task_id": task_id, "task_type": "echo", "status": "cancelled", "progress": 0, "message": "",
                                    "attempt": 0, "at": end.data["at"], "error": "cancelled"})

    def test_the_stream_of_a_finished_task_has_its_state_and_its_end(self):
        task_id = self.server.make_task(input={"n": 1})
        self.assertEqual(self.server.get(f"/api/v1/tasks/{task_id}?wait=60", BROKER).json()["status"], "completed")
        stream = self.stream(f"/api/v1/tasks/{task_id}/events")
        self.assertEqual([event.name for event in stream.events()], ["task.snapshot", "task.completed"])

    def test_who_has_seen_the_end_is_told_not_to_come_again(self):
        task_id = self.waiting_task()
        self.cancel(task_id)
        *_, end = self.stream(f"/api/v1/tasks/{task_id}/events").events()
        again = self.stream(f"/api/v1/tasks/{task_id}/events", last=end.id)
        self.assertEqual(again.status, 204)
        other = self.stream(f"/api/v1/tasks/{self.server.make_task()}/events", last="not-an-id")
        self.assertEqual(other.status, 200)

    def test_a_resumed_stream_begins_with_what_was_missed(self):
        task_id = self.waiting_task()
        stream = self.stream(f"/api/v1/tasks/{task_id}/events")
        seen = next(stream.events())
        stream.close()
        again = self.stream(f"/api/v1/tasks/{task_id}/events", last=seen.id)
        self.assertEqual(again.next(), ": resumed")
        again.close()
        self.cancel(task_id)
        last = self.stream(f"/api/v1/tasks/{task_id}/events", last=seen.id)
        self.assertEqual([event.name for event in last.events()], ["task.cancelled"])

    def test_progress_goes_forwards_and_the_end_comes_last(self):
        room = self.room()
        stream = self.stream("/api/v1/tasks/events")
        first = next(stream.events())
        self.assertEqual((first.name, first.data["missed"], first.data["counts"]), ("tasks.snapshot", False, None))
        task_id = self.server.make_snapshot(room)["task_id"]
        own = [event for event in stream.events(lambda event: event.data.get("task_id") == task_id and event.name == "task.completed")
               if event.data["task_id"] == task_id]
        self.assertEqual([event.name for event in own if event.name != "task.progress"], ["task.created", "task.started", "task.completed"])
        shown = [event.data["progress"] for event in own]
        self.assertEqual(shown, sorted(shown))
        self.assertEqual(shown[-1], 100)
        self.assertEqual(len({event.id for event in own}), len(own))

    def test_all_resume_behind_the_last_event_that_was_seen(self):
        stream = self.stream("/api/v1/tasks/events")
        seen = next(stream.events())
        ids = [self.waiting_task() for _ in range(5)]
        got = [event for event in stream.events(lambda event: event.data.get("task_id") == ids[2])]
        stream.close()
        again = self.stream("/api/v1/tasks/events", last=got[-1].id)
        rest = [event.data["task_id"] for event in again.events(lambda event: event.data.get("task_id") == ids[4])]
        self.assertEqual(rest, ids[3:])
        self.assertNotEqual(seen.id, got[-1].id)

    def test_what_is_not_known_any_more_is_said_to_be_missed(self):
        stream = self.stream("/api/v1/tasks/events", ADMIN, last="123-456")
        first = next(stream.events())
        self.assertEqual(first.name, "tasks.snapshot")
        self.assertTrue(first.data["missed"])
        self.assertEqual(set(first.data["counts"]), {"scheduled", "pending", "running", "completed", "failed", "cancelled"})

    def test_a_heartbeat_has_no_id(self):
        task_id = self.waiting_task()
        stream = self.stream(f"/api/v1/tasks/{task_id}/events")
        next(stream.events())
        self.assertEqual([stream.next() for _ in range(3)], [": heartbeat"] * 3)

    def test_others_tasks_are_not_there(self):
        task_id = self.waiting_task()
        for path in (f"/api/v1/tasks/{task_id}/events", f"/async-monitoring/tasks/{task_id}/stream/"):
            self.assert_problem(self.server.get(path, STRANGER), 404)
            self.assert_problem(self.server.get(path, None), 401)
        self.assert_problem(self.server.get("/api/v1/tasks/events", None), 401)
        stream = self.stream("/api/v1/tasks/events", STRANGER)
        next(stream.events())
        self.waiting_task()
        own = self.waiting_task(caller=STRANGER)
        self.assertEqual(next(stream.events()).data["task_id"], own)

    def test_a_switched_off_account_is_cut_off_with_the_next_heartbeat(self):
        self.addCleanup(self.server.put, f"/api/v1/accounts/{STRANGER.email}", {"active": True})
        stream = self.stream("/api/v1/tasks/events", STRANGER)
        next(stream.events())
        self.assertEqual(self.server.put(f"/api/v1/accounts/{STRANGER.email}", {"active": False}).status // 100, 2)
        self.assertEqual(list(stream.events()), [])

    def test_head_has_the_fields_and_no_stream(self):
        answer = self.server.request("HEAD", f"/api/v1/tasks/{self.waiting_task()}/events", BROKER)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/event-stream"))

    def test_http_1_0_is_served_until_the_connection_ends(self):
        task_id = self.server.make_task()
        self.server.get(f"/api/v1/tasks/{task_id}?wait=60", BROKER)
        with socket.create_connection(("127.0.0.1", self.server.port), PATIENCE_SECONDS) as connection:
            connection.sendall(f"GET /api/v1/tasks/{task_id}/events HTTP/1.0\r\nAuthorization: Bearer {token_of(BROKER)}\r\n\r\n".encode())
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, body = received.partition(b"\r\n\r\n")
        self.assertNotIn(b"Transfer-Encoding", head)
        self.assertTrue(body.startswith(b"retry: 2000\n\nid: "), body)
        self.assertIn(b"\nevent: task.completed\n", body)


class CallersLimit(LiveCase):
    flags = ("--live-listeners-per-caller-max", "3")

    def test_one_caller_has_so_many_streams(self):
        task_id = self.waiting_task()
        path = f"/api/v1/tasks/{task_id}/events"
        streams = [self.stream(path) for _ in range(3)]
        answer = self.server.get(path, BROKER)
        self.assert_problem(answer, 429, "live streams")
        self.assertEqual(answer.headers["Retry-After"], "15")
        self.assertEqual(self.stream(path, ADMIN).status, 200)
        self.cancel(task_id)  # the server ends them
        for stream in streams:
            self.assertEqual(list(stream.events())[-1].name, "task.cancelled")


class ServersLimit(LiveCase):
    flags = ("--live-listeners-max", "2")

    def test_the_server_has_so_many_streams(self):
        streams = [self.stream("/api/v1/tasks/events", caller) for caller in (BROKER, ADMIN)]
        answer = self.server.get("/api/v1/tasks/events", STRANGER)
        self.assert_problem(answer, 503)
        self.assertIn("Retry-After", answer.headers)
        self.assertTrue(all(stream.status == 200 for stream in streams))


class SlowReaders(LiveCase):
    flags = ("--http-write-stall-timeout", "100ms", "--limits-batch-per-minute", "0", "--limits-administration-per-minute", "0")

    def test_a_client_that_does_not_read_is_dropped_and_others_go_on(self):
        reading = self.stream("/api/v1/tasks/events")
        next(reading.events())
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.settimeout(PATIENCE_SECONDS)
            deaf.connect(("127.0.0.1", self.server.port))
            deaf.sendall(f"GET /api/v1/tasks/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token_of(BROKER)}\r\n\r\n".encode())
            self.assertIn(b"200 OK", deaf.recv(15))
            while self.connections() > 2:  # the two streams, and the one that asks
                batch = {"tasks": [{"task_type": "echo", "delay_seconds": HOUR}] * 500}
                ids = [task["task_id"] for task in self.server.post("/api/v1/tasks/batch", batch, BROKER).json()["tasks"]]
                came = [event.data["task_id"] for event in reading.events(lambda event: event.data["task_id"] == ids[-1])]
                self.assertEqual(came, ids)

    def connections(self):
        text = self.server.get("/metrics").body.decode()
        (line,) = [line for line in text.splitlines() if line.startswith("galley_http_connections ")]
        return float(line.split()[1])


class Shutdown(LiveCase):
    def test_open_streams_end_whole_and_hold_nobody_up(self):
        server = self.own_server("--drain-grace", "60s")
        task_id = self.waiting_task(server)
        streams = [self.stream(path, server=server) for path in ("/api/v1/tasks/events", f"/api/v1/tasks/{task_id}/events")]
        firsts = [next(stream.events()) for stream in streams]
        self.assertEqual(server.stop(), 0)
        for stream in streams:
            self.assertEqual(list(stream.events()), [])  # http.client raises when a chunked body is cut off
        server.start()
        again = self.stream(f"/api/v1/tasks/{task_id}/events", server=server, last=firsts[1].id)
        self.assertEqual(next(again.events()).name, "task.snapshot")


class OverTls(LiveCase):
    def test_streams_go_through_tls(self):
        server = Server("--tls-certificate", "cert.pem", "--tls-key", "key.pem")
        self.addCleanup(server.close)
        folder = pathlib.Path(server.folder)
        certificate, key = folder / "cert.pem", folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True, timeout=PATIENCE_SECONDS)
        server.flags = ("--tls-certificate", str(certificate), "--tls-key", str(key))
        server.start()
        context = ssl.create_default_context(cafile=certificate)
        stream = self.stream("/api/v1/tasks/events", server=server, context=context)
        next(stream.events())
        poster = http.client.HTTPSConnection("localhost", server.port, context=context, timeout=PATIENCE_SECONDS)
        self.addCleanup(poster.close)
        poster.request("POST", "/api/v1/tasks", b'{"task_type":"echo"}', {"Authorization": "Bearer " + token_of(BROKER)})
        self.assertEqual(poster.getresponse().status, 202)
        names = [event.name for event in stream.events(lambda event: event.name == "task.completed")]
        self.assertEqual(names, ["task.created", "task.started", "task.completed"])


if __name__ == "__main__":
    unittest.main()
