#!/usr/bin/python3
"""Snapshots of rooms from creation to download and deletion (R21, R22, R24–R26)."""
import hashlib
import re
import shutil
import subprocess
import unittest

from galley_server import ADMIN, BROKER, CHARTERER, OWNER, VIEWER, ServerCase, in_parallel, room_body

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
HASH = re.compile(r"[0-9a-f]{64}")


class Create(ServerCase):
    def test_the_answer_is_that_of_the_specification(self):
        room = self.room()
        answer = self.server.post(f"/api/v1/rooms/{room}/snapshots", {"title": "Before laycan"}, BROKER)
        self.assertEqual(answer.status, 201)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        made = answer.json()
        path = f"/api/v1/rooms/{room}/snapshots/{made['id']}"
        self.assertTrue(made["id"].startswith("snap-"))
        self.assertRegex(made["created_at"], f"^{TIME.pattern}$")
        wanted = {"room_id": room, "title": "Before laycan", "created_by": BROKER.email, "status": "generating",
                  "file_size": 0, "snapshot_type": "pdf", "task_id": "snapshot-" + made["id"], "content_hash": None,
                  "download_url": path + "/download"}
        self.assertEqual({name: made[name] for name in wanted}, wanted)
        self.assertIs(type(made["file_size"]), int)
        self.assertEqual(answer.headers["Location"], path)

    def test_ids_differ_and_cannot_be_counted_up(self):
        room = self.room()
        ids = [self.server.make_snapshot(room)["id"] for _ in range(3)]
        self.assertEqual(len({snapshot[-8:] for snapshot in ids}), 3)
        guess = ids[0][:-1] + ("0" if ids[0][-1] != "0" else "1")
        self.assert_problem(self.server.get(f"/api/v1/rooms/{room}/snapshots/{guess}"), 404)

    def test_all_options_are_true_by_default(self):
        made = self.server.make_snapshot(self.room())
        for name in ("include_documents", "include_activity", "include_approvals"):
            self.assertIs(made[name], True)

    def test_a_completed_snapshot_says_what_it_became(self):
        room = self.room()
        done = self.server.finished_snapshot(room)
        self.assertEqual(done["status"], "completed")
        self.assertRegex(done["content_hash"], f"^{HASH.pattern}$")
        self.assertGreater(done["file_size"], 0)
        self.assertGreaterEqual(done["page_count"], 1)
        self.assertIsNone(done["error"])
        self.assertRegex(done["completed_at"], f"^{TIME.pattern}$")

    def test_its_task_tells_the_same(self):
        room = self.room()
        done = self.server.finished_snapshot(room)
        for path in ("/api/v1/tasks/", "/api/v1/snapshots/tasks/"):
            task = self.server.get(path + done["task_id"], BROKER).json()
            self.assertEqual((task["task_id"], task["task_type"], task["status"], task["progress"], task["error"]),
                             (done["task_id"], "generate_pdf", "completed", 100, None))
            for name in ("snapshot_id", "content_hash", "file_size", "page_count"):
                self.assertEqual(task["result"][name], done["id" if name == "snapshot_id" else name])

    def test_bad_orders_are_refused_with_the_place_of_the_fault(self):
        path = f"/api/v1/rooms/{self.room()}/snapshots"
        for body, pointer in (({}, "/title"), ({"title": ""}, "/title"), ({"title": 7}, "/title"),
                              ({"title": "x" * 5000}, "/title"), ({"title": "x", "snapshot_type": "docx"}, "/snapshot_type"),
                              ({"title": "x", "include_documents": "yes"}, "/include_documents"),
                              ({"title": "x", "include_parties": True}, "/include_parties")):
            with self.subTest(pointer=pointer, body=str(body)[:50]):
                answer = self.server.post(path, body, BROKER)
                self.assert_problem(answer, 400)
                self.assertEqual(answer.pointers(), [pointer])

    def test_all_faults_are_named_at_once(self):
        answer = self.server.post(f"/api/v1/rooms/{self.room()}/snapshots", {"title": 1, "include_activity": 2, "x/y~z": 3})
        self.assertEqual(set(answer.pointers()), {"/title", "/include_activity", "/x~1y~0z"})


class GetAndList(ServerCase):
    def test_newest_first_and_all_of_them_by_following_next(self):
        room = self.room()
        made = [self.server.make_snapshot(room, title=f"No. {i}")["id"] for i in range(7)]
        path, seen, pages = f"/api/v1/rooms/{room}/snapshots?limit=3", [], 0
        while path:
            page = self.server.get(path, VIEWER).json()
            self.assertLessEqual(len(page["items"]), 3)
            seen += [item["id"] for item in page["items"]]
            path, pages = page["next"], pages + 1
        self.assertEqual(seen, made[::-1])
        self.assertEqual(pages, 3)

    def test_a_list_holds_its_own_room_only(self):
        room, other = self.room(), self.room()
        self.server.make_snapshot(other)
        self.assertEqual(self.server.get(f"/api/v1/rooms/{room}/snapshots").json(), {"items": [], "next": None})

    def test_wait_zero_answers_at_once_and_wait_on_a_finished_one_too(self):
        room = self.room()
        done = self.server.finished_snapshot(room)
        for wait in (0, 60):
            again = self.server.get(f"/api/v1/rooms/{room}/snapshots/{done['id']}?wait={wait}")
            self.assertEqual(again.json(), done)

    def test_wait_has_bounds(self):
        path = f"/api/v1/rooms/{self.room()}/snapshots/snap-1"
        for wait in ("61", "-1", "1.5", "x", "", "99999999999999999999"):
            self.assert_problem(self.server.get(f"{path}?wait={wait}"), 400, "wait")

    def test_unknown_ids_are_not_found(self):
        room = self.room()
        for name in ("x", "snap-", "snap-0000000001ffffffff", "snap-" + "f" * 18, "SNAP-000000000100000000"):
            for path in ("", "/download", "?wait=1"):
                self.assertEqual(self.server.get(f"/api/v1/rooms/{room}/snapshots/{name}{path}").status, 404, name + path)


class Download(ServerCase):
    def setUp(self):
        self.room_id = self.room(title=f"Download {self.id()}")
        self.snapshot = self.server.finished_snapshot(self.room_id)
        self.path = f"/api/v1/rooms/{self.room_id}/snapshots/{self.snapshot['id']}/download"
        self.whole = self.server.get(self.path, VIEWER)

    def part(self, value, **headers):
        return self.server.get(self.path, VIEWER, headers={"Range": value, **headers})

    def test_a_pdf_with_its_name_and_its_tag(self):
        self.assertEqual(self.whole.status, 200)
        self.assertEqual(self.whole.headers["Content-Type"], "application/pdf")
        self.assertTrue(self.whole.body.startswith(b"%PDF-"))
        self.assertEqual(len(self.whole.body), self.snapshot["file_size"])
        self.assertEqual(self.whole.headers["Content-Length"], str(self.snapshot["file_size"]))
        self.assertEqual(self.whole.headers["ETag"], f'"{self.snapshot["content_hash"]}"')
        self.assertEqual(self.whole.headers["X-Cache"], "HIT")
        self.assertEqual(self.whole.headers["Accept-Ranges"], "bytes")
        self.assertIn("private", self.whole.headers["Cache-Control"])
        self.assertIn(self.snapshot["id"] + ".pdf", self.whole.headers["Content-Disposition"])
        self.assertTrue(self.whole.headers["Content-Disposition"].startswith("attachment"))

    def test_who_has_it_already_gets_304(self):
        tag = self.whole.headers["ETag"]
        for value in (tag, "W/" + tag, f'"other", {tag}', "*"):
            answer = self.server.get(self.path, VIEWER, headers={"If-None-Match": value})
            self.assertEqual((answer.status, answer.body), (304, b""), value)
            self.assertEqual(answer.headers["ETag"], tag)
        for value in ('"other"', "nonsense"):
            self.assertEqual(self.server.get(self.path, VIEWER, headers={"If-None-Match": value}).status, 200, value)

    def test_not_modified_since(self):
        since = self.whole.headers["Last-Modified"]
        self.assertEqual(self.server.get(self.path, headers={"If-Modified-Since": since}).status, 304)
        old = "Sat, 01 Jan 2000 00:00:00 GMT"
        self.assertEqual(self.server.get(self.path, headers={"If-Modified-Since": old}).status, 200)

    def test_a_failed_precondition(self):
        self.assert_problem(self.server.get(self.path, headers={"If-Match": '"other"'}), 412)
        self.assertEqual(self.server.get(self.path, headers={"If-Match": self.whole.headers["ETag"]}).status, 200)

    def test_every_kind_of_range(self):
        body, size = self.whole.body, len(self.whole.body)
        for value, first, last in (("bytes=0-0", 0, 0), ("bytes=0-4", 0, 4), ("bytes=3-", 3, size - 1),
                                   ("bytes=-5", size - 5, size - 1), (f"bytes=2-{size + 99}", 2, size - 1),
                                   (f"bytes=-{size + 99}", 0, size - 1), (f"bytes={size - 1}-", size - 1, size - 1)):
            with self.subTest(value):
                answer = self.part(value)
                self.assertEqual((answer.status, answer.body), (206, body[first:last + 1]))
                self.assertEqual(answer.headers["Content-Range"], f"bytes {first}-{last}/{size}")
                self.assertEqual(answer.headers["ETag"], self.whole.headers["ETag"])

    def test_a_range_outside_is_416(self):
        size = len(self.whole.body)
        for value in (f"bytes={size}-", f"bytes={size + 5}-{size + 9}", "bytes=-0"):
            answer = self.part(value)
            self.assert_problem(answer, 416)
            self.assertEqual(answer.headers["Content-Range"], f"bytes */{size}")

    def test_a_range_that_is_none_is_ignored(self):
        for value in ("bytes=5-2", "bytes=a-b", "lines=1-2", "bytes", "bytes=--1"):
            self.assertEqual((self.part(value).status, self.part(value).body), (200, self.whole.body), value)

    def test_if_range_of_other_content_gives_the_whole(self):
        self.assertEqual(self.part("bytes=0-0", **{"If-Range": self.whole.headers["ETag"]}).status, 206)
        self.assertEqual(self.part("bytes=0-0", **{"If-Range": '"other"'}).status, 200)

    def test_head_is_get_without_the_body(self):
        answer = self.server.request("HEAD", self.path, VIEWER)
        self.assertEqual((answer.status, answer.body), (200, b""))
        for name in ("Content-Length", "Content-Type", "ETag", "Content-Disposition"):
            self.assertEqual(answer.headers[name], self.whole.headers[name], name)


class Content(ServerCase):
    def hash_of(self, room, **options):
        return self.server.finished_snapshot(room, **options)["content_hash"]

    def test_the_same_state_has_the_same_hash_whoever_asks_and_whatever_the_title(self):
        room = self.room()
        hashes = {self.server.finished_snapshot(room, caller, title=title)["content_hash"]
                  for caller, title in ((BROKER, "a"), (OWNER, "b"), (CHARTERER, "c"))}
        self.assertEqual(len(hashes), 1)

    def test_a_changed_room_has_another_hash(self):
        room = self.room()
        before = self.hash_of(room)
        self.server.put(f"/api/v1/rooms/{room}", room_body(room, title="Another title"))
        changed = self.hash_of(room)
        self.server.put(f"/api/v1/rooms/{room}", room_body(room))
        self.assertNotEqual(before, changed)
        self.assertEqual(self.hash_of(room), before)

    def test_appended_activity_has_another_hash(self):
        room = self.room()
        before = self.hash_of(room)
        self.server.post(f"/api/v1/rooms/{room}/activity", {"text": "Notice of readiness"})
        self.assertNotEqual(self.hash_of(room), before)

    def test_each_option_has_another_hash(self):
        room = self.room()
        hashes = {self.hash_of(room)}
        for name in ("include_documents", "include_activity", "include_approvals"):
            hashes.add(self.hash_of(room, **{name: False}))
        self.assertEqual(len(hashes), 4)

    def test_an_older_snapshot_keeps_its_content_when_the_room_changes(self):
        room = self.room()
        old = self.server.finished_snapshot(room)
        path = f"/api/v1/rooms/{room}/snapshots/{old['id']}"
        before = self.server.get(path + "/download").body
        self.server.put(f"/api/v1/rooms/{room}", room_body(room, title="Another title"))
        self.server.finished_snapshot(room)
        self.assertEqual(self.server.get(path).json()["content_hash"], old["content_hash"])
        self.assertEqual(self.server.get(path + "/download").body, before)

    def test_fifty_at_once_are_fifty_snapshots_of_one_generation(self):
        server = self.own_server()
        room = server.make_room("joined", documents=40)
        made = in_parallel(50, lambda _: server.make_snapshot(room))
        self.assertEqual(len({snapshot["id"] for snapshot in made}), 50)
        done = [server.get(f"/api/v1/rooms/{room}/snapshots/{s['id']}?wait=60").json() for s in made]
        self.assertEqual({snapshot["status"] for snapshot in done}, {"completed"})
        self.assertEqual(len({snapshot["content_hash"] for snapshot in done}), 1)
        bodies = {hashlib.sha256(server.get(s["download_url"]).body).digest() for s in done}
        self.assertEqual(len(bodies), 1)
        generation = server.get("/api/v1/snapshots/metrics/summary").json()["pdf_generation"]
        self.assertEqual((generation["total_generations"], generation["generated_count"], generation["cached_count"]),
                         (50, 1, 49))


class RealPdf(ServerCase):
    """What is inside, as other programs see it."""

    def text_of(self, snapshot):
        pdf = self.server.get(snapshot["download_url"]).body
        done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()

    @unittest.skipUnless(shutil.which("qpdf"), "needs qpdf")
    def test_qpdf_finds_nothing_wrong(self):
        snapshot = self.server.finished_snapshot(self.room(documents=60))
        file = self.server.folder / "checked.pdf"
        file.write_bytes(self.server.get(snapshot["download_url"]).body)
        done = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        pages = subprocess.run(["qpdf", "--show-npages", str(file)], capture_output=True, text=True, check=True)
        self.assertEqual(int(pages.stdout), snapshot["page_count"])

    @unittest.skipUnless(shutil.which("pdftotext"), "needs pdftotext")
    def test_it_says_what_the_room_says(self):
        text = self.text_of(self.server.finished_snapshot(self.room(title="Crude off Überfülle")))
        for word in ("Crude off Überfülle", "Aegean Promise", "Olga Owner", "Questionnaire 1", "Entry 0"):
            self.assertIn(word, text)

    @unittest.skipUnless(shutil.which("pdftotext"), "needs pdftotext")
    def test_what_is_left_out_is_not_in_it(self):
        room = self.room(title="Left out")
        text = self.text_of(self.server.finished_snapshot(room, include_activity=False))
        self.assertNotIn("Entry 0", text)
        self.assertIn("Questionnaire 1", text)
        text = self.text_of(self.server.finished_snapshot(room, include_documents=False, include_approvals=False))
        self.assertNotIn("Questionnaire 1", text)
        self.assertIn("Entry 0", text)


class Delete(ServerCase):
    def delete(self, room, snapshot):
        answer = self.server.delete(f"/api/v1/rooms/{room}/snapshots/{snapshot['id']}", ADMIN)
        self.assertEqual((answer.status, answer.body), (204, b""))

    def test_a_deleted_snapshot_is_gone(self):
        room = self.room()
        snapshot = self.server.finished_snapshot(room)
        self.delete(room, snapshot)
        for path in ("", "/download"):
            self.assert_problem(self.server.get(f"/api/v1/rooms/{room}/snapshots/{snapshot['id']}{path}"), 404)
        self.assert_problem(self.server.delete(f"/api/v1/rooms/{room}/snapshots/{snapshot['id']}"), 404)
        self.assertEqual(self.server.get(f"/api/v1/rooms/{room}/snapshots").json()["items"], [])

    def test_a_shared_document_goes_with_its_last_snapshot(self):
        room = self.room(title="Shared by two")
        first, second = self.server.finished_snapshot(room), self.server.finished_snapshot(room, OWNER)
        self.assertEqual(first["content_hash"], second["content_hash"])
        cached = self.server.data / "pdf_cache" / first["content_hash"]
        bytes_before = self.server.get(first["download_url"]).body
        self.delete(room, first)
        self.assertEqual(self.server.get(second["download_url"]).body, bytes_before)
        self.assertTrue(cached.exists())
        self.delete(room, second)
        self.assertFalse(cached.exists())

    def test_a_deleted_room_takes_its_snapshots_and_documents_along(self):
        room = self.room(title="To be deleted whole")
        snapshot = self.server.finished_snapshot(room)
        self.assertEqual(self.server.delete(f"/api/v1/rooms/{room}").status, 204)
        self.assertFalse((self.server.data / "pdf_cache" / snapshot["content_hash"]).exists())
        self.server.make_room(room, title="To be deleted whole")
        self.assertEqual(self.server.get(f"/api/v1/rooms/{room}/snapshots").json()["items"], [])
        self.assert_problem(self.server.get(snapshot["download_url"]), 404)

    def test_a_snapshot_that_is_deleted_while_its_task_waits_is_not_made(self):
        room = self.room(title="Deleted early")
        snapshot = self.server.finished_snapshot(room)
        cached = self.server.data / "pdf_cache" / snapshot["content_hash"]
        self.server.stop()
        cached.unlink()
        self.server.change_database("DELETE FROM snapshot WHERE room_id = ?", (room,))
        self.server.change_database("DELETE FROM document WHERE content_hash = ?", (bytes.fromhex(snapshot["content_hash"]),))
        self.server.change_database("UPDATE task SET state = 1 WHERE custom_id = ?", (snapshot["task_id"],))
        self.server.start()
        task = self.server.get(f"/api/v1/tasks/{snapshot['task_id']}?wait=60").json()
        self.assertEqual((task["status"], task["error"]), ("cancelled", "the snapshot was deleted"))
        self.assertFalse(cached.exists())

    def test_after_a_deletion_the_same_state_is_made_again(self):
        room = self.room(title="Twice the same")
        first = self.server.finished_snapshot(room)
        before = self.server.get(first["download_url"]).body
        self.delete(room, first)
        again = self.server.finished_snapshot(room)
        self.assertEqual(again["content_hash"], first["content_hash"])
        self.assertEqual(self.server.get(again["download_url"]).body, before)


class MadeAgain(ServerCase):
    """R26: where a file comes from never matters to its reader. Memory is off, so that each read is of the file."""

    flags = ("--cache-memory-mb", "0")

    def setUp(self):
        self.room_id = self.room(title=f"Made again {self.id()}", documents=20)
        self.snapshot = self.server.finished_snapshot(self.room_id)
        self.file = self.server.data / "pdf_cache" / self.snapshot["content_hash"]
        self.whole = self.download("HIT")

    def download(self, outcome):
        answer = self.server.get(self.snapshot["download_url"], VIEWER)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["X-Cache"], outcome)
        self.assertEqual(answer.headers["ETag"], f'"{self.snapshot["content_hash"]}"')
        self.assertEqual(len(answer.body), self.snapshot["file_size"])
        return answer.body

    def assert_made_again(self):
        self.assertEqual(self.download("MISS"), self.whole)
        self.assertEqual(self.download("HIT"), self.whole)

    def test_a_file_that_was_removed_while_serving(self):
        self.file.unlink()
        self.assert_made_again()

    def test_a_file_that_was_removed_while_stopped(self):
        self.server.stop()
        self.file.unlink()
        self.server.start()
        self.assert_made_again()

    def test_a_file_with_one_wrong_byte_anywhere(self):
        good = self.file.read_bytes()
        header = len(good) - self.snapshot["file_size"]
        self.assertEqual(header, 96, "docs/formats/cache-entry.md")
        places = [0, 8, 15, 40, 64, header - 1, header, header + 1, (header + len(good)) // 2, len(good) - 1]
        for at in places:
            with self.subTest(byte=at):
                self.server.stop()  # a file is checked once in a process
                damaged = bytearray(good)
                damaged[at] ^= 0x20
                self.file.write_bytes(damaged)
                self.server.start()
                self.assert_made_again()
                self.assertEqual(self.file.read_bytes(), good)

    def test_a_file_of_the_wrong_length(self):
        good = self.file.read_bytes()
        for damaged in (b"", good[:50], good[:96], good[:-1], good + b"x"):
            with self.subTest(size=len(damaged)):
                self.server.stop()
                self.file.write_bytes(damaged)
                self.server.start()
                self.assert_made_again()

    def test_the_file_of_another_document(self):
        other_room = self.room(title="Another document")
        other = self.server.finished_snapshot(other_room)
        self.server.stop()
        self.file.write_bytes((self.file.parent / other["content_hash"]).read_bytes())
        self.server.start()
        self.assert_made_again()

    def test_a_range_of_a_lost_file(self):
        self.file.unlink()
        answer = self.server.get(self.snapshot["download_url"], VIEWER, headers={"Range": "bytes=1-3"})
        self.assertEqual((answer.status, answer.body), (206, self.whole[1:4]))

    def test_the_whole_cache_folder_lost(self):
        self.server.stop()
        for file in self.file.parent.iterdir():
            if file.is_file():
                file.unlink()
        self.server.start()
        self.assert_made_again()

    def test_many_readers_of_a_lost_file_get_the_same_bytes(self):
        self.file.unlink()
        answers = in_parallel(16, lambda _: self.server.get(self.snapshot["download_url"], VIEWER))
        self.assertEqual({(answer.status, answer.body) for answer in answers}, {(200, self.whole)})

    def test_a_new_snapshot_of_a_state_whose_file_was_damaged(self):
        self.server.stop()
        self.file.write_bytes(b"not a cache entry")
        self.server.start()
        again = self.server.finished_snapshot(self.room_id)
        self.assertEqual(again["content_hash"], self.snapshot["content_hash"])
        self.assertEqual(again["page_count"], self.snapshot["page_count"])
        self.assertEqual(self.server.get(again["download_url"]).body, self.whole)


if __name__ == "__main__":
    unittest.main()
