#!/usr/bin/python3
"""Documents over HTTP: asked for as JSON or as a form, made once, served by their hash, let go (R30, R37)."""
import base64
import hashlib
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from galley_server import ADMIN, BROKER, OWNER, STRANGER, ServerCase, in_parallel
from pictures import png
from test_render_pool import Hunter

DOCUMENTS = "/api/v1/documents"
PDF = {"Accept": "application/pdf"}
FONTS = sorted(pathlib.Path("/usr/share/fonts/truetype").glob("*/DejaVuSerif-Bold.ttf"))
SLOW = "<style>p{break-after:page}</style>" + "<p>page</p>" * 15_000


def form(parts, boundary="----documents"):
    """A body of multipart/form-data from (name, content) or (name, content, file name), and its header."""
    body = b""
    for name, content, *file_name in parts:
        disposition = f'form-data; name="{name}"' + "".join(f'; filename="{given}"' for given in file_name)
        content = content.encode() if isinstance(content, str) else content
        body += f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def tool(name, pdf, *arguments):
    """What a PDF tool says of these bytes."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        arguments = [file.name if argument == "FILE" else argument for argument in arguments]
        done = subprocess.run([name, *arguments], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, (name, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout.decode(errors="replace")


def text_of(pdf):
    return tool("pdftotext", pdf, "-layout", "FILE", "-")


def info_of(pdf):
    lines = (line.partition(":") for line in tool("pdfinfo", pdf, "FILE").splitlines())
    return {name: value.strip() for name, _, value in lines}


class DocumentCase(ServerCase):
    def ask(self, body, caller=BROKER, wait=60, **options):
        return self.server.post(DOCUMENTS + (f"?wait={wait}" if wait else ""), body, caller, **options)

    def made(self, body, caller=BROKER, **options):
        """The finished task of a document that could be made."""
        answer = self.ask(body, caller, **options)
        self.assertEqual(answer.status, 201, answer)
        task = answer.json()
        self.assertEqual(task["status"], "completed", task)
        self.assertEqual(answer.headers["Location"], task["result"]["download_url"])
        return task["result"]

    def pdf(self, body, caller=BROKER, **options):
        answer = self.ask(body, caller, headers={**PDF, **options.pop("headers", {})}, **options)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        tool("qpdf", answer.body, "--check", "FILE")
        return answer.body

    def assert_fault(self, body, pointer, status=400, **options):
        answer = self.ask(body, **options)
        self.assert_problem(answer, status)
        self.assertIn(pointer, answer.pointers(), answer)
        return answer


class Asking(DocumentCase):
    def test_html_becomes_a_pdf_that_its_hash_names(self):
        body = {"html": "<h1>Invoice 7</h1>", "options": {"page_size": "A5", "margin": "15mm"}}
        accepted = self.ask(body, wait=None)
        self.assertEqual(accepted.status, 202, accepted)
        ref = accepted.json()
        self.assertEqual(accepted.headers["Location"], f"/api/v1/tasks/{ref['task_id']}")
        task = self.server.get(f"/api/v1/tasks/{ref['task_id']}?wait=60", BROKER).json()
        self.assertEqual((task["status"], task["task_type"], task["progress"]), ("completed", "render_document", 100), task)
        self.assertEqual(task["result"]["content_hash"], ref["content_hash"])
        self.assertEqual(task["result"]["page_count"], 1)
        answer = self.server.get(ref["download_url"], BROKER)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/pdf"))
        self.assertEqual(answer.headers["ETag"], f'"{ref["content_hash"]}"')
        self.assertEqual(len(answer.body), task["result"]["file_size"])
        self.assertIn("Invoice 7", text_of(answer.body))
        self.assertRegex(info_of(answer.body)["Page size"], r"^419\.5\d* x 595\.2\d*")

    def test_waiting_answers_with_the_task_or_the_pdf_itself(self):
        body = {"html": "<p>Waited for"}
        self.assertEqual(self.made(body)["page_count"], 1)
        answer = self.ask(body, headers=PDF)
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.body.startswith(b"%PDF-1.7"))
        self.assertEqual(answer.headers["X-Cache"], "HIT")
        self.assertEqual(self.server.get(answer.headers["Content-Location"], BROKER).body, answer.body)

    def test_a_wait_that_is_over_answers_202(self):
        answer = self.ask({"html": SLOW + "<p>one more", "options": {"limits": {"pages_max": 20_000}}}, wait=0)
        self.assertEqual(answer.status, 202, answer)
        self.server.post(f"/api/v1/tasks/{answer.json()['task_id']}/cancel", None, BROKER)

    def test_a_template_is_filled_with_its_data(self):
        body = {"template_source": "<title>{{ title }}</title>{% for n in rows %}<p>Row {{ n }} {{ note }}</p>{% endfor %}",
                "data": {"title": "Rows & more", "rows": [1, 2, 3], "note": "<b>"}}
        pdf = self.pdf(body)
        self.assertIn("Row 3 <b>", text_of(pdf))
        self.assertEqual(info_of(pdf)["Title"], "Rows & more")

    def test_a_fault_of_a_template_fails_its_task_with_the_line(self):
        answer = self.ask({"template_source": "<p>\n{% for %}"})
        self.assertIn("2:", self.assert_problem(answer, 422, "failed")["detail"])

    def test_a_form_brings_its_files(self):
        page = ('<link rel="stylesheet" href="css/page.css"><img src="img/logo.png"><p>Set in bold serif</p>'
                '<img src="img/logo.png?again"><a href="#x" id="x">x</a>')
        sheet = '@font-face{font-family:Own;src:url("../fonts/own.ttf")} p{font-family:Own}'
        body, headers = form([("index.html", page, "index.html"), ("css/page.css", sheet), ("img/logo.png", png(8, 8)),
                              ("fonts/own.ttf", FONTS[0].read_bytes()), ("options", json.dumps({"page_size": "A6"}))])
        result = self.made(body, headers=headers)
        self.assertEqual(result["warnings"], [])
        used = {resource["url"]: resource for resource in result["resources"]}
        self.assertEqual(used["img/logo.png"]["sha256"], hashlib.sha256(png(8, 8)).hexdigest())
        self.assertEqual(used["fonts/own.ttf"]["bytes"], FONTS[0].stat().st_size)
        self.assertEqual(used["css/page.css"]["bytes"], len(sheet))
        pdf = self.server.get(result["download_url"], BROKER).body
        self.assertIn("DejaVuSerif-Bold", tool("pdffonts", pdf, "FILE"))
        self.assertIn("image", tool("pdfimages", pdf, "-list", "FILE"))

    def test_files_of_a_form_are_attached(self):
        page = '<link rel=attachment href="d/rows.csv" title=Rows><a rel=attachment href="d/rows.csv">rows</a><a rel=attachment href=no.txt>no</a>'
        options = {"attachments": ["d/more.xml"], "pdf_version": "2.0", "pdf_identifier": "order 7", "custom_metadata": True,
                   "metadata": {"modified": "2026-01-31T12:00:00Z", "generator": "By hand"}}
        body, headers = form([("index.html", page + "<meta name=ticket content=77>", "index.html"), ("d/rows.csv", "1,2"), ("d/more.xml", "<m/>"),
                              ("options", json.dumps(options))])
        result = self.made(body, headers=headers)
        self.assertEqual(len(result["warnings"]), 1, result)
        self.assertIn("no.txt", result["warnings"][0])
        pdf = self.server.get(result["download_url"], BROKER).body
        self.assertTrue(pdf.startswith(b"%PDF-2.0"))
        self.assertIn(b"order 7".hex().encode(), pdf)
        self.assertEqual((info_of(pdf)["Creator"], "ModDate" in info_of(pdf)), ("By hand", True))
        listed = tool("pdfdetach", pdf, "-list", "FILE")
        self.assertIn("rows.csv", listed)
        self.assertIn("more.xml", listed)

    def test_media_type_and_places_of_warnings(self):
        html = "<style>@media print{p::after{content:' printed'}}@media screen{p::after{content:' shown'}}\n p{colr:red}</style><p>It is"
        self.assertIn("It is shown", text_of(self.pdf({"html": html, "options": {"media_type": "screen"}})))
        sheets = ["p{x:1}", "q{}\nq{y:2}"]
        self.assertEqual(self.made({"html": html, "options": {"stylesheets": sheets}})["warnings"],
                         ["index.html:2:4: unknown property: colr", "options.stylesheets:1:3: unknown property: x",
                          "options.stylesheets:2:3: unknown property: y"])

    def test_data_addresses_work_everywhere(self):
        picture = "data:image/png;base64," + base64.b64encode(png(5, 5)).decode()
        font = "data:font/ttf;base64," + base64.b64encode(FONTS[0].read_bytes()).decode()
        html = (f'<style>@font-face{{font-family:Own;src:url("{font}")}} p{{font-family:Own}} div{{background:url({picture});height:1cm}}</style>'
                f'<link rel=stylesheet href="data:text/css,p::after{{content:\' by a sheet\'}}"><img src="{picture}"><div></div><p>Set')
        result = self.made({"html": html})
        self.assertEqual((result["warnings"], result["resources"]), ([], []))
        pdf = self.server.get(result["download_url"], BROKER).body
        self.assertIn("Set by a sheet", text_of(pdf))
        self.assertIn("DejaVuSerif-Bold", tool("pdffonts", pdf, "FILE"))
        self.assertIn("image", tool("pdfimages", pdf, "-list", "FILE"))

    def test_files_of_one_field_are_named_by_their_file_names(self):
        body, headers = form([("index.html", '<img src="a.png"><img src="b.png">'), ("files", png(2, 2), "a.png"), ("files", png(3, 3), "b.png")])
        result = self.made(body, headers=headers)
        self.assertEqual([resource["url"] for resource in result["resources"]], ["a.png", "b.png"])

    def test_a_form_may_bring_a_template(self):
        body, headers = form([("index.html.j2", "<p>Dear {{ name }}"), ("data", json.dumps({"name": "Olga"}))])
        self.assertIn("Dear Olga", text_of(self.pdf(body, headers=headers)))

    def test_a_large_document_is_kept_in_a_file_and_let_go_with_it(self):
        html = "<p>" + "large " * 60_000
        result = self.made({"html": html})
        kept = list((self.server.data / "orders").glob("*.order"))
        self.assertIn(result["content_hash"] + ".order", [file.name for file in kept])
        self.assertEqual(self.server.delete(result["download_url"], BROKER).status, 204)
        self.assertFalse((self.server.data / "orders" / (result["content_hash"] + ".order")).exists())

    def test_metadata_is_what_the_options_say_or_the_document(self):
        html = '<html lang="de"><head><title>Own</title><meta name="author" content="Ann"></head><p>x</html>'
        own = info_of(self.pdf({"html": html}))
        self.assertEqual((own["Title"], own["Author"]), ("Own", "Ann"))
        given = info_of(self.pdf({"html": html, "options": {"metadata": {"title": "Given", "created": "2026-01-31T12:00:00Z"}}}))
        self.assertEqual((given["Title"], given["Author"]), ("Given", "Ann"))
        self.assertIn("2026", given["CreationDate"])


class Once(DocumentCase):
    def test_the_same_input_gives_the_same_hash_and_bytes_from_the_cache(self):
        body = {"html": "<p>Same", "options": {"page_size": "A6", "margin": "1cm"}}
        first = self.made(body)
        again = self.made(dict(reversed(body.items())), OWNER)
        self.assertEqual((first["cached"], again["cached"]), (False, True))
        self.assertEqual(first["content_hash"], again["content_hash"])
        other = self.made({**body, "options": {"page_size": "A6"}})
        self.assertNotEqual(other["content_hash"], first["content_hash"])

    def test_many_who_ask_at_once_make_it_once(self):
        body = {"html": SLOW[:200_000] + "<p>for many"}
        results = in_parallel(6, lambda number: self.made(body))
        self.assertEqual(len({result["content_hash"] for result in results}), 1)
        self.assertEqual([result["cached"] for result in results].count(False), 1)
        self.assertEqual(len({json.dumps(result["warnings"]) + str(result["page_count"]) for result in results}), 1)

    def test_the_bytes_are_the_same_after_the_file_was_lost_and_on_another_server(self):
        body = {"html": "<h1>Made again</h1><p>" + "words " * 300}
        server = self.own_server()
        answer = server.post(DOCUMENTS + "?wait=60", body, BROKER)
        path = answer.json()["result"]["download_url"]
        first = server.get(path, BROKER)
        self.assertEqual(server.post("/api/v1/cache/clear", {"older_than_hours": 0}).status, 200)
        lost = server.get(path, BROKER)
        self.assertEqual((first.headers["X-Cache"], lost.headers["X-Cache"]), ("HIT", "MISS"))
        self.assertEqual(first.body, lost.body)
        server.restart()
        self.assertEqual(server.get(path, BROKER).body, first.body)
        shutil.rmtree(server.data / "pdf_cache")
        server.restart()
        self.assertEqual(server.get(path, BROKER).body, first.body)
        self.assertEqual(self.pdf(body), first.body)

    def test_a_key_asks_once(self):
        body, key = {"html": "<p>Keyed"}, {"Idempotency-Key": "document-1"}
        first = self.ask(body, wait=None, headers=key)
        again = self.ask(body, wait=None, headers=key)
        self.assertEqual((first.status, again.status), (202, 202))
        self.assertEqual(first.json(), again.json())
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.assert_problem(self.ask({"html": "<p>Other"}, wait=None, headers=key), 422)
        waited = {"Idempotency-Key": "document-2", **PDF}
        self.assertEqual(self.ask(body, headers=waited).body, self.ask(body, headers=waited).body)


class Serving(DocumentCase):
    def setUp(self):
        self.result = self.made({"html": "<p>Served", "options": {"file_name": "Über uns.pdf"}})
        self.path = self.result["download_url"]

    def test_head_ranges_and_conditions(self):
        whole = self.server.get(self.path, BROKER)
        head = self.server.request("HEAD", self.path, BROKER)
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head.headers["Content-Length"], str(len(whole.body)))
        part = self.server.get(self.path, BROKER, headers={"Range": "bytes=0-7"})
        self.assertEqual((part.status, part.body), (206, b"%PDF-1.7"))
        self.assert_problem(self.server.get(self.path, BROKER, headers={"Range": f"bytes={len(whole.body)}-"}), 416)
        same = self.server.get(self.path, BROKER, headers={"If-None-Match": whole.headers["ETag"]})
        self.assertEqual(same.status, 304)
        self.assertEqual(whole.headers["Content-Disposition"], "attachment; filename*=UTF-8''%C3%9Cber%20uns.pdf")

    def test_the_report_tells_what_the_task_told(self):
        report = self.server.get(self.path + "/report", BROKER).json()
        for name in ("content_hash", "file_size", "page_count", "warnings", "resources", "download_url"):
            self.assertEqual(report[name], self.result[name])

    def test_each_who_asked_holds_it_and_lets_it_go_alone(self):
        self.assert_problem(self.server.get(self.path, STRANGER), 404)
        self.assert_problem(self.server.delete(self.path, STRANGER), 404)
        self.made({"html": "<p>Served", "options": {}}, OWNER)
        self.assertEqual(self.server.get(self.path, OWNER).headers["Content-Disposition"].split(";")[0], "attachment")
        self.assertEqual(self.server.delete(self.path, OWNER).status, 204)
        self.assert_problem(self.server.get(self.path, OWNER), 404)
        self.assertEqual(self.server.get(self.path, BROKER).status, 200)
        self.assertEqual(self.server.delete(self.path, ADMIN).status, 204)
        self.assert_problem(self.server.get(self.path, BROKER), 404)

    def test_what_nobody_asks_for_any_more_goes(self):
        self.server = self.own_server()
        old, fresh = self.made({"html": "<p>Old"}), self.made({"html": "<p>Fresh"})
        self.made({"html": "<p>Old", "options": {}}, OWNER)
        self.server.stop()
        ago = 100 * 24 * 3600 * 1000
        self.server.change_database(f"UPDATE document_holder SET created_at = created_at - {ago} WHERE hash = ?", (bytes.fromhex(old["content_hash"]),))
        self.server.start()
        self.made({"html": "<p>Old", "options": {}}, OWNER)  # asked for again: young again
        task = self.server.make_task(ADMIN, task_type="maintenance.cleanup")
        self.assertEqual(self.server.get(f"/api/v1/tasks/{task}?wait=60").json()["result"]["documents_removed"], 1)
        self.assert_problem(self.server.get(old["download_url"], BROKER), 404)
        self.assertEqual(self.server.get(old["download_url"], OWNER).status, 200)
        self.assertEqual(self.server.get(fresh["download_url"], BROKER).status, 200)
        self.server.stop()
        self.server.change_database("UPDATE document_holder SET created_at = created_at - 7200000")
        self.server.start()
        task = self.server.make_task(ADMIN, task_type="maintenance.cleanup", input={"documents_older_than_hours": 1})
        self.assertGreaterEqual(self.server.get(f"/api/v1/tasks/{task}?wait=60").json()["result"]["documents_removed"], 2)
        self.assert_problem(self.server.get(old["download_url"], ADMIN), 404)
        self.assertFalse((self.server.data / "pdf_cache" / old["content_hash"]).exists())

    def test_one_that_is_not_made_is_a_conflict_that_says_why(self):
        failed = self.ask({"html": SLOW, "options": {"limits": {"pages_max": 3}}}, wait=None).json()
        self.server.get(f"/api/v1/tasks/{failed['task_id']}?wait=60", BROKER)
        self.assert_problem(self.server.get(failed["download_url"], BROKER), 409, "more than 3 pages")
        self.assert_problem(self.server.get(failed["download_url"] + "/report", BROKER), 409)

    def test_what_is_no_hash_is_not_found(self):
        for name in ("x", "0" * 63, "0" * 64, "G" * 64):
            self.assert_problem(self.server.get(f"{DOCUMENTS}/{name}", ADMIN), 404)


class Faults(DocumentCase):
    def test_each_fault_of_the_body_is_named_by_its_pointer(self):
        good = {"html": "<p>x"}
        for body, pointer in (
                ({}, "/html"), ({"html": "", "template_source": ""}, "/html"), ({"html": 1}, "/html"),
                ({**good, "data": {}}, "/data"), ({"template_source": "", "data": []}, "/data"), ({**good, "colour": 1}, "/colour"),
                ({**good, "engine": "gecko"}, "/engine"), ({**good, "options": []}, "/options"),
                ({**good, "options": {"page_size": "A4; color: red"}}, "/options/page_size"),
                ({**good, "options": {"attachments": ["a.txt"]}}, "/options/attachments"), ({**good, "options": {"attachments": ["../a"]}}, "/options/attachments"),
                ({**good, "options": {"pdf_version": "1.4"}}, "/options/pdf_version"), ({**good, "options": {"media_type": ""}}, "/options/media_type"),
                ({**good, "options": {"metadata": {"modified": "soon"}}}, "/options/metadata/modified"),
                ({**good, "options": {"page_size": "A44"}}, "/options/page_size"), ({**good, "options": {"margin": "2"}}, "/options/margin"),
                ({**good, "options": {"margin": "1cm 1cm 1cm 1cm 1cm"}}, "/options/margin"),
                ({**good, "options": {"stylesheets": "p{}"}}, "/options/stylesheets"),
                ({**good, "options": {"stylesheets": ["p{}", 2]}}, "/options/stylesheets/1"),
                ({**good, "options": {"metadata": {"title": 1}}}, "/options/metadata/title"),
                ({**good, "options": {"metadata": {"created": "yesterday"}}}, "/options/metadata/created"),
                ({**good, "options": {"metadata": {"colour": "red"}}}, "/options/metadata/colour"),
                ({**good, "options": {"resource_policy": "hope"}}, "/options/resource_policy"),
                ({**good, "options": {"file_name": "../x\".pdf"}}, "/options/file_name"),
                ({**good, "options": {"limits": {"pages_max": 0}}}, "/options/limits/pages_max"),
                ({**good, "options": {"limits": {"timeout_seconds": 301}}}, "/options/limits/timeout_seconds"),
                ({**good, "options": {"colour": 1}}, "/options/colour")):
            with self.subTest(json.dumps(body)):
                self.assert_fault(body, pointer)

    def test_what_is_not_offered_is_a_clear_422(self):
        good = {"html": "<p>x"}
        for body, pointer in (
                ({"template": "invoice", "data": {}}, "/template"),
                ({**good, "engine": "chromium"}, "/engine"), ({**good, "options": {"encryption": {"user_password": "x"}}}, "/options/encryption"),
                ({**good, "options": {"pdf_variant": "pdf/a-3b"}}, "/options/pdf_variant")):
            with self.subTest(json.dumps(body)):
                self.assert_fault(body, pointer, 422)

    def test_each_fault_of_a_form_is_named_by_its_part(self):
        page = ("index.html", "<p>x")
        for parts, pointer in (
                ([("page.html", "<p>x")], "/index.html"), ([page, page], "/index.html"), ([page, ("a", b"1"), ("a", b"2")], "/a"),
                ([page, ("/etc/passwd", b"x")], "/~1etc~1passwd"), ([page, ("../x", b"x")], "/..~1x"), ([page, ("a/../../x", b"x")], "/a~1..~1..~1x"),
                ([page, ("options", "{")], "/options"), ([page, ("options", "[]")], "/options"),
                ([page, ("options", '{"page_size":"A44"}')], "/options/page_size"), ([page, ("data", "{}")], "/data"),
                ([("index.html", b"\xff")], "/index.html"), ([("index.html.j2", "x"), ("data", "1")], "/data")):
            with self.subTest(str(parts)):
                body, headers = form(parts)
                self.assert_fault(body, pointer, headers=headers)
        body, headers = form([page] + [(f"f{number}", b"") for number in range(100)])
        self.assert_problem(self.ask(body, headers=headers), 422)

    def test_a_missing_resource_is_reported_by_policy(self):
        html = '<link rel="stylesheet" href="a.css"><img src="b.png"><img src="https://example.org/c.png"><p>x'
        warned = self.made({"html": html})
        missing = {resource["url"]: resource["missing"] for resource in warned["resources"]}
        self.assertEqual(set(missing), {"a.css", "b.png", "https://example.org/c.png"})
        self.assertIn("options.remote", missing["https://example.org/c.png"])
        self.assertEqual(len(warned["warnings"]), 3, warned)
        ignored = self.made({"html": html, "options": {"resource_policy": "ignore"}})
        self.assertEqual((ignored["warnings"], len(ignored["resources"])), ([], 3))
        failed = self.ask({"html": html, "options": {"resource_policy": "fail"}})
        self.assertIn("a.css", self.assert_problem(failed, 422, "a resource is missing")["detail"])

    def test_warnings_stand_in_result_and_log(self):
        answer = self.ask({"html": '<p style="colour:red">x'})
        task = answer.json()
        self.assertIn("colour", " ".join(task["result"]["warnings"]))
        log = self.server.get(f"/api/v1/tasks/{task['task_id']}/log", BROKER).json()
        self.assertIn("colour", json.dumps(log))

    def test_a_limit_of_the_order_fails_it_by_name(self):
        for limits, html, name in (({"pages_max": 2}, SLOW, "2 pages"), ({"elements_max": 100}, "<p>x" * 200, "100 nodes"),
                                   ({"output_bytes_max": 1000}, "<p>x", "output_bytes_max")):
            answer = self.ask({"html": html, "options": {"limits": limits}})
            self.assertIn(name, self.assert_problem(answer, 422, "limit_exceeded")["detail"])

    def test_a_limit_of_the_server_holds_whatever_the_order_says(self):
        server = self.own_server("--documents-pages-max", "5")
        answer = server.post(DOCUMENTS + "?wait=60", {"html": SLOW, "options": {"limits": {"pages_max": 1000}}}, BROKER)
        self.assert_problem(answer, 422, "more than 5 pages")

    def test_a_body_beyond_its_limit_is_refused(self):
        server = self.own_server("--http-document-body-bytes-max", "64KiB")
        self.assert_problem(server.post(DOCUMENTS, {"html": "x" * 70_000}, BROKER), 413)
        server = self.own_server("--http-batch-body-bytes-max", "64KiB")
        self.assert_problem(server.post(DOCUMENTS, {"html": "x" * 70_000}, BROKER), 422, "multipart/form-data")
        body, headers = form([("index.html", "x" * 70_000)])
        self.assertEqual(server.post(DOCUMENTS, body, BROKER, headers=headers).status, 202)


class UnderWay(DocumentCase):
    def test_one_that_runs_is_cancelled(self):
        ref = self.ask({"html": SLOW + "<p>cancelled", "options": {"limits": {"pages_max": 20_000}}}, wait=None).json()
        self.assertIn(self.server.post(f"/api/v1/tasks/{ref['task_id']}/cancel", None, BROKER).status, (200, 202))
        task = self.server.get(f"/api/v1/tasks/{ref['task_id']}?wait=60", BROKER).json()
        self.assertEqual(task["status"], "cancelled", task)
        self.assert_problem(self.server.get(ref["download_url"], BROKER), 409, "cancelled")

    def test_the_death_of_its_child_costs_an_attempt_and_no_more(self):
        server = self.own_server("--workers", "1")
        with Hunter(server, 1) as hunter:
            answer = server.post(DOCUMENTS + "?wait=60", {"html": SLOW}, BROKER)
        self.assertEqual(answer.status, 201, answer)
        task = answer.json()
        self.assertEqual((hunter.killed, task["attempt"], task["result"]["page_count"]), (1, 2, 15_000), task)

    def test_one_that_was_deleted_while_it_waited_is_not_made(self):
        self.assertEqual(self.server.post("/api/v1/queues/documents/pause").status, 200)
        try:
            ref = self.ask({"html": "<p>deleted"}, wait=None).json()
            self.assertEqual(self.server.delete(ref["download_url"], BROKER).status, 204)
        finally:
            self.server.post("/api/v1/queues/documents/resume")
        task = self.server.get(f"/api/v1/tasks/{ref['task_id']}?wait=60", BROKER).json()
        self.assertEqual(task["status"], "cancelled", task)

    def test_it_is_made_without_child_processes_too(self):
        server = self.own_server("--render-processes", "0")
        body = {"html": "<p>Here"}
        answer = server.post(DOCUMENTS + "?wait=60", body, BROKER, headers=PDF)
        self.assertEqual(answer.body, self.pdf(body))

    def test_what_waited_at_a_kill_is_made_after_the_start(self):
        server = self.own_server()
        server.post("/api/v1/queues/documents/pause")
        refs = [server.post(DOCUMENTS, {"html": f"<p>{number}" + "x " * 100_000 * number}, BROKER).json() for number in range(2)]
        server.kill()
        server.start()
        server.post("/api/v1/queues/documents/resume")
        for ref in refs:
            task = server.get(f"/api/v1/tasks/{ref['task_id']}?wait=60", BROKER).json()
            self.assertEqual(task["status"], "completed", task)
            self.assertEqual(server.get(ref["download_url"], BROKER).status, 200)

    def test_files_of_orders_that_nobody_refers_to_go_at_the_start(self):
        server = self.own_server()
        kept = server.post(DOCUMENTS + "?wait=60", {"html": "y " * 100_000}, BROKER).json()["result"]
        stray = server.data / "orders" / ("0" * 64 + ".order")
        stray.write_bytes(b"x")
        (server.data / "orders" / "z.order7.partial").write_bytes(b"x")
        server.restart()
        self.assertEqual([file.name for file in (server.data / "orders").iterdir()], [kept["content_hash"] + ".order"])


if __name__ == "__main__":
    unittest.main()
