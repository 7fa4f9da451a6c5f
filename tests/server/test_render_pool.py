"""Renders in child processes: their deaths are seen at once and cost the server nothing, and none outlives it."""
import os
import pathlib
import re
import signal
import subprocess
import threading
import unittest

from galley_server import BROKER, PATIENCE_SECONDS, Server, ServerCase, in_parallel, room_body


def children_of(pid):
    """The numbers of the processes below `pid`, nearest first."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(number) for number in task.read_text(encoding="ascii").split()]
    return found


def render_children(server):
    """The children that render: those of the pool parent, which is the server's one child."""
    return [child for parent in children_of(server.process.pid) for child in children_of(parent)]


def kill(pid):
    """SIGKILL, to a process that a server of this test started. It may have gone by itself meanwhile."""
    assert pid > 1, pid
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def is_running(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


class Hunter:
    """Kills every child of a server that it meets at work, until told to stop, `most` times at most."""

    def __init__(self, server, most):
        self.server = server
        self.most = most
        self.stopped = threading.Event()
        self.killed = 0
        self.thread = threading.Thread(target=self.hunt)

    def hunt(self):
        while not self.stopped.is_set():
            for child in render_children(self.server):
                if is_busy(child) and self.killed < self.most:
                    kill(child)
                    self.killed += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *ignored):
        self.stopped.set()
        self.thread.join(PATIENCE_SECONDS)


# Hundredths of a second. What has used so much is in the middle of a job, and no longer on its way to its first.
BUSY_TICKS = 5


def is_busy(pid):
    """Whether it works; at rest it waits for a packet."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return fields[0] == "R" and int(fields[11]) + int(fields[12]) >= BUSY_TICKS


def put_large_room(server, room_id):
    """What takes a render long enough to be met at work: some hundred pages."""
    server.make_room(room_id)
    name = "Questionnaire of the vessel, her cargo, her hoses, her fenders and her crew. " * 8
    body = room_body(room_id)
    body["documents"] = [{"id": f"d{i}", "type_code": "Q88", "type_name": f"{i} {name}", "status": "approved"}
                         for i in range(8000)]
    answer = server.put(f"/api/v1/rooms/{room_id}", body)
    assert answer.status in (200, 201), answer
    return room_id


class RenderPoolTest(ServerCase):
    flags = ("--workers", "2")

    def large_room(self):
        return put_large_room(self.server, f"large.{next(self.numbers)}")

    def task_of(self, snapshot):
        answer = self.server.get(f"/api/v1/snapshots/tasks/snapshot-{snapshot['id']}?wait=60")
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def test_a_render_whose_process_is_killed_runs_again_at_once_and_completes(self):
        room = self.large_room()
        made = self.server.make_snapshot(room, BROKER)
        with Hunter(self.server, most=1) as hunter:
            while hunter.killed == 0 and self.status(room, made) == "generating":
                pass
        task = self.task_of(made)
        self.assertEqual(task["status"], "completed", task)
        if hunter.killed == 0:
            self.skipTest("the render was over before it could be met")
        self.assertGreaterEqual(task["attempt"], 2, task)

    def status(self, room, made):
        return self.server.get(f"/api/v1/rooms/{room}/snapshots/{made['id']}", BROKER).json()["status"]

    def test_a_render_that_is_killed_three_times_is_quarantined_and_says_why(self):
        room = self.large_room()
        with Hunter(self.server, most=1000):
            made = self.server.make_snapshot(room, BROKER)
            task = self.task_of(made)
        self.assertEqual(task["status"], "failed", task)
        self.assertEqual(task["attempt"], 3, task)
        died = re.search(r'galley_render_process_ends_total\{cause="died"\} (\d+)', self.server.get("/metrics").body.decode())
        self.assertGreaterEqual(int(died[1]), 3)
        self.assertIn("quarantined, its process died 3 times", task["error"])
        self.assertIn("killed by SIGKILL; peak memory ", task["error"])
        self.assertEqual(self.status(room, made), "failed")
        self.server.finished_snapshot(self.room())  # others go on

    def test_the_server_goes_on_when_the_parent_of_its_children_is_killed(self):
        for parent in children_of(self.server.process.pid):
            kill(parent)
        self.server.finished_snapshot(self.room())
        self.assertEqual(len(children_of(self.server.process.pid)), 1)

    def test_a_cancelled_render_ends_with_its_process(self):
        room = self.large_room()
        made = self.server.make_snapshot(room, BROKER)
        answer = self.server.post(f"/api/v1/tasks/snapshot-{made['id']}/cancel")
        self.assertIn(answer.status, (200, 202, 409), answer)
        self.assertIn(self.task_of(made)["status"], ("cancelled", "completed"))
        self.server.finished_snapshot(self.room())

    def test_children_render_what_the_server_itself_would(self):
        room = self.room()
        inside = Server("--render-processes", "0")
        self.addCleanup(inside.close)
        inside.start()
        self.assertEqual(render_children(inside), [])
        inside.make_room(room)
        here = self.server.finished_snapshot(room)
        there = inside.finished_snapshot(room)
        path = "/api/v1/rooms/{}/snapshots/{}/download"
        ours = self.server.get(path.format(room, here["id"]), BROKER)
        theirs = inside.get(path.format(room, there["id"]), BROKER)
        self.assertEqual(len(ours.body), len(theirs.body))
        self.assertTrue(ours.body.startswith(b"%PDF-"))

    def test_letters_that_the_children_were_not_warmed_up_for_come_through_the_server(self):
        room = self.room(title="\u0532\u0561\u0580\u0565\u0582 \u10d2\u10d0\u10db\u10d0\u10e0\u10ef\u10dd\u10d1\u10d0")  # Armenian, Georgian
        made = self.server.finished_snapshot(room)
        document = self.server.folder / "letters.pdf"
        document.write_bytes(self.server.get(f"/api/v1/rooms/{room}/snapshots/{made['id']}/download", BROKER).body)
        fonts = subprocess.run(["pdffonts", str(document)], capture_output=True, check=True, timeout=PATIENCE_SECONDS)
        self.assertIn(b"DejaVu", fonts.stdout)

    def test_many_renders_at_once_share_the_processes(self):
        rooms = [self.room() for _ in range(12)]
        in_parallel(len(rooms), lambda i: self.server.finished_snapshot(rooms[i]))
        self.assertLessEqual(len(render_children(self.server)), 2)


class ServerAndItsChildren(unittest.TestCase):
    def start(self, *flags):
        server = Server("--workers", "2", *flags)
        self.addCleanup(server.close)
        server.start()
        server.finished_snapshot(server.make_room("room.1"))
        return server

    def family(self, server):
        family = children_of(server.process.pid) + render_children(server)
        self.assertGreaterEqual(len(family), 2)
        return family

    def wait_until_gone(self, family):
        patience = threading.Event()
        for _ in range(PATIENCE_SECONDS * 100):
            if not any(is_running(pid) for pid in family):
                return
            patience.wait(0.01)
        self.fail(f"still there: {[pid for pid in family if is_running(pid)]}")

    def test_a_killed_server_leaves_no_process_behind(self):
        server = self.start()
        family = self.family(server)
        server.kill()
        self.wait_until_gone(family)

    def test_a_stopped_server_leaves_no_process_behind(self):
        server = self.start()
        family = self.family(server)
        self.assertEqual(server.stop(), 0)
        self.wait_until_gone(family)

    def test_a_drain_lets_a_render_end(self):
        server = self.start()
        made = server.make_snapshot(put_large_room(server, "large.1"), BROKER)
        self.assertEqual(server.stop(), 0)
        server.start()
        answer = server.get(f"/api/v1/rooms/large.1/snapshots/{made['id']}?wait=60", BROKER)
        self.assertEqual(answer.json()["status"], "completed", answer)


if __name__ == "__main__":
    unittest.main()
