#!/usr/bin/python3
"""A room may come as a file in a form: multipart/form-data of RFC 7578, read strictly."""
import json
import unittest

from galley_server import ADMIN, ServerCase, room_body, status_of, token_of

BOUNDARY = "----form-0123456789"


def part(content, disposition='form-data; name="room"; filename="room.json"', *fields):
    head = "\r\n".join((f"Content-Disposition: {disposition}", *fields))
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


class Forms(ServerCase):
    def put(self, room, body, kind=f"multipart/form-data; boundary={BOUNDARY}"):
        return self.server.put(f"/api/v1/rooms/{room}", body, headers={"Content-Type": kind})

    def room_json(self, room):
        return json.dumps(room_body(room)).encode()

    def test_a_file_in_a_form_is_the_room(self):
        for number, fields in enumerate((("Content-Type: application/json",), ("Content-Type: application/octet-stream",), (),
                                         ("Content-Type: application/json; charset=UTF-8", "Content-Transfer-Encoding: binary"))):
            room = f"form{number}"
            body = part(self.room_json(room), 'form-data; name="room"; filename="C:\\x\\room.json"', *fields) + END
            answer = self.put(room, body)
            self.assertEqual(answer.status, 201, answer)
            self.assertEqual(self.server.get(f"/api/v1/rooms/{room}").json()["room"]["id"], room)

    def test_json_in_the_form_is_read_as_strictly_as_any(self):
        for content in (b"", b"{", self.room_json("x") + b"x", b'\xef\xbb\xbf' + self.room_json("x"), b'{"room":1}'):
            self.assert_problem(self.put("x", part(content) + END), 400)

    def test_another_form_is_refused(self):
        good = part(self.room_json("x"))
        for body in (b"", END, good, good + good + END, part(b"1", 'form-data; name="other"') + END, good[:-1], good + END[:-4],
                     part(self.room_json("x"), "attachment") + END, part(self.room_json("x"), 'form-data') + END,
                     good.replace(b"\r\n", b"\n") + END, good + f"--{BOUNDARY}x\r\n".encode() + END):
            with self.subTest(body[:60]):
                self.assert_problem(self.put("x", body), 400)
        self.assert_problem(self.put("x", part(self.room_json("x"), "form-data; name=room", "Content-Type: text/xml") + END), 415)
        for fields in (("Content-Type: multipart/mixed; boundary=y",), ("Content-Transfer-Encoding: base64",)):
            self.assert_problem(self.put("x", part(self.room_json("x"), "form-data; name=room", *fields) + END), 422)
        self.assert_problem(self.put("x", part(b"1", "form-data; name=room; filename*=UTF-8''a") + END), 422)
        self.assertEqual(self.server.get("/api/v1/rooms/x").status, 404)

    def test_the_boundary_must_be_one(self):
        body = part(self.room_json("x")) + END
        for kind in ("multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary=""',
                     "multipart/form-data; boundary=" + "x" * 71, "multipart/form-data; boundary=other",
                     f"multipart/form-data; boundary={BOUNDARY}; boundary={BOUNDARY}"):
            with self.subTest(kind):
                self.assertIn(self.put("x", body, kind).status, (400, 415))
        self.assert_problem(self.put("x", body, f"multipart/mixed; boundary={BOUNDARY}"), 415)

    def test_other_endpoints_take_no_forms(self):
        answer = self.server.post("/api/v1/tasks", part(b'{"task_type":"echo"}') + END,
                                  headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
        self.assert_problem(answer, 415)

    def test_many_parts_and_long_heads_are_refused_at_their_limit(self):
        self.assert_problem(self.put("x", part(b"", 'form-data; name="a"') * 101 + END), 422)
        self.assert_problem(self.put("x", part(b"", 'form-data; name="a"', "X: " + "y" * 5000) + END), 422)
        self.assert_problem(self.put("x", part(b"", 'form-data; name="a"', *(["X: y"] * 17)) + END), 422)

    def test_a_form_cut_anywhere_is_never_a_room(self):
        body = part(self.room_json("cut")) + END
        token = token_of(ADMIN)
        for size in [*range(0, 120), *range(len(body) - 60, len(body) - 2)]:
            head = (f"PUT /api/v1/rooms/cut HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {size}\r\n"
                    f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n").encode()
            self.assertEqual(status_of(self.server.raw(head + body[:size])), 400, size)
        self.assertEqual(self.server.get("/api/v1/rooms/cut").status, 404)


if __name__ == "__main__":
    unittest.main()
