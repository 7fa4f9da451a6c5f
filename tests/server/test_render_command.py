#!/usr/bin/python3
"""galley render: documents to PDF without a server, in the manner of `weasyprint IN OUT` (R34)."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest

from galley_server import BINARY, PATIENCE_SECONDS, environment, room_body, run_galley
from pictures import png


class RenderCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="galley-render-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def path(self, name):
        return str(self.folder / name)

    def render(self, *arguments, code=0, stdin=b""):
        done = run_galley("render", *arguments, stdin=stdin)
        self.assertEqual(done.returncode, code, (arguments, done.stdout[-500:], done.stderr.decode(errors="replace")))
        return done

    def text(self, name):
        subprocess.run(["qpdf", "--check", self.path(name)], check=True, capture_output=True, timeout=60)
        return subprocess.run(["pdftotext", "-layout", self.path(name), "-"], check=True, capture_output=True, timeout=60).stdout.decode()


class Rendering(RenderCase):
    def test_in_out_as_weasyprint_has_it(self):
        done = self.render(self.write("a.html", "<p>Plain words"), self.path("a.pdf"))
        self.assertIn("Plain words", self.text("a.pdf"))
        self.assertIn("1 page,", done.stderr.decode())

    def test_the_output_may_be_named_by_an_option(self):
        self.render(self.write("a.html", "<p>Named"), "-o", self.path("b.pdf"), "-q")
        self.assertIn("Named", self.text("b.pdf"))

    def test_standard_input_to_standard_output(self):
        done = self.render("-", "-", stdin=b"<p>Piped")
        self.assertTrue(done.stdout.startswith(b"%PDF-1.7"))
        (self.folder / "piped.pdf").write_bytes(done.stdout)
        self.assertIn("Piped", self.text("piped.pdf"))

    def test_the_arguments_of_weasyprint_are_taken(self):
        sheet = self.write("css/extra.css", '@import "more.css"; p { color: red }')
        self.write("css/more.css", "p::after { content: ' imported' }")
        source = self.write("a.html", "caf\xe9".encode("latin-1"))
        done = self.render("-e", "latin1", "-s", sheet, "-p", "-O", "images", "-O", "fonts", "-u", str(self.folder), source, self.path("a.pdf"))
        self.assertIn("café", self.text("a.pdf"))
        self.assertNotIn("warning", done.stderr.decode())
        self.render("-s", sheet, self.write("b.html", "<p>text"), self.path("b.pdf"))
        self.assertIn("text imported", self.text("b.pdf"))

    def test_the_encoding_is_what_the_document_says_or_looks_like(self):
        for name, content in (("meta", b"<meta charset=koi8-r><p>\xef\xe8"), ("mark", "\ufeff<p>ОХ".encode("utf-16")), ("utf8", "<p>ОХ".encode()),
                              ("western", b"<p>\xd3sk")):
            self.render(self.write(name + ".html", content), self.path(name + ".pdf"))
            self.assertIn("Ósk" if name == "western" else "ОХ", self.text(name + ".pdf"), name)
        self.render("-e", "klingon", self.path("meta.html"), self.path("x.pdf"), code=1)

    def test_a_template_is_filled(self):
        source = self.write("letter.html.j2", "<p>Dear {{ name }}, {{ n }} times")
        data = self.write("data.json", '{"name": "Olga", "n": 3}')
        self.render(source, "--data", data, "-o", self.path("letter.pdf"))
        self.assertIn("Dear Olga, 3 times", self.text("letter.pdf"))
        done = self.render(source, "--data", data, "--html", "-o", "-")
        self.assertEqual(done.stdout.decode(), "<p>Dear Olga, 3 times")
        broken = self.render(self.write("b.j2", "<p>\n{% for %}"), self.path("b.pdf"), code=1)
        self.assertIn("2:", broken.stderr.decode())

    def test_a_room_is_printed(self):
        self.render(self.write("room.json", json.dumps(room_body("r1"))), "-o", self.path("room.pdf"), "-q")
        self.assertIn("Crude transfer off Fujairah", self.text("room.pdf"))

    def test_many_inputs_go_into_a_folder(self):
        inputs = [self.write(f"{name}.html", f"<p>This is {name}") for name in "abc"]
        (self.folder / "pdf").mkdir()
        done = self.render(*inputs, "-o", self.path("pdf"), "--json")
        told = json.loads(done.stdout)["documents"]
        self.assertEqual([document["pages"] for document in told], [1, 1, 1])
        for name in "abc":
            self.assertIn(f"This is {name}", self.text(f"pdf/{name}.pdf"))

    def test_one_that_fails_does_not_keep_the_others_from_being_made(self):
        good = self.write("good.html", "<p>good")
        done = self.render(self.path("absent.html"), good, "-o", str(self.folder) + "/", "--json", code=1)
        told = json.loads(done.stdout)["documents"]
        self.assertIn("not_found", told[0]["error"])
        self.assertIn("good", self.text("good.pdf"))

    def test_page_and_metadata_options(self):
        self.render(self.write("a.html", "<p>x"), self.path("a.pdf"), "--page-size", "100mm 150mm", "--margin", "1cm", "--title", "Given")
        info = subprocess.run(["pdfinfo", self.path("a.pdf")], check=True, capture_output=True, timeout=60).stdout.decode()
        self.assertIn("Given", info)
        self.assertRegex(info, r"Page size:\s+283\.\d* x 425\.")
        for option in (("--page-size", "A44"), ("--margin", "1")):
            self.render(self.path("a.html"), self.path("b.pdf"), *option, code=1)


HEAD = """<!DOCTYPE html><html lang=de><head><title>Bericht</title><meta name=author content=Ann><meta name=Author content=Bob>
<meta name=description content="Ein Bericht"><meta name=keywords content="a, b,a"><meta name=generator content="By hand">
<meta name=dcterms.created content=2024-02-03><meta name=dcterms.modified content=2025-04-05T06:07:08+01:00><meta name="Ticket No" content=77>"""


class TheFile(RenderCase):
    """What of the PDF is not on its pages."""

    def pdf_object(self, name, *keys):
        done = subprocess.run(["qpdf", "--json=2", *(f"--json-key={key}" for key in keys), self.path(name)], check=True, capture_output=True, timeout=60)
        return json.loads(done.stdout)

    def info(self, name):
        out = subprocess.run(["pdfinfo", "-custom", self.path(name)], check=True, capture_output=True, timeout=60).stdout.decode()
        plain = subprocess.run(["pdfinfo", "-rawdates", self.path(name)], check=True, capture_output=True, timeout=60).stdout.decode()
        return {line.split(":", 1)[0]: line.split(":", 1)[1].strip() for line in (out + plain).splitlines() if ":" in line}

    def test_metadata_is_what_the_head_says(self):
        self.render(self.write("a.html", HEAD), self.path("a.pdf"), "-q")
        info = self.info("a.pdf")
        self.assertEqual([info.get(key) for key in ("Title", "Author", "Subject", "Keywords", "Creator", "Producer")],
                         ["Bericht", "Ann, Bob", "Ein Bericht", "a, b", "By hand", "Galley"])
        self.assertEqual((info["CreationDate"], info["ModDate"]), ("D:20240203", "D:20250405060708+01'00'"))
        self.assertNotIn("ticket no", info)
        self.render(self.path("a.html"), self.path("b.pdf"), "-q", "--custom-metadata", "--author", "Eve")
        self.assertEqual([self.info("b.pdf").get(key) for key in ("ticket no", "Author")], ["77", "Eve"])
        done = self.render(self.write("c.html", "<meta name=dcterms.created content=yesterday>"), self.path("c.pdf"))
        self.assertIn("dcterms.created: not a date: yesterday", done.stderr.decode())

    def test_files_are_attached_by_option_by_head_and_by_link(self):
        self.write("data/rows.csv", "1,2")
        mine = self.write("elsewhere/mine.txt", "mine")
        source = self.write("doc.html", "<link rel=attachment href=data/rows.csv title=Rows><p><a rel='nofollow Attachment' href=data/rows.csv>the rows</a>"
                            " <a rel=attachment href=data/rows.csv>again</a> <a rel=attachment href=no.txt>gone</a>")
        done = self.render("-a", mine, source, self.path("a.pdf"))
        self.assertRegex(done.stderr.decode(), r"attachment not loaded: .*no\.txt")
        self.assertIn("the rows", self.text("a.pdf"))
        attached = self.pdf_object("a.pdf", "attachments")["attachments"]
        self.assertEqual(sorted(attached), ["mine.txt", "rows.csv"])
        self.assertEqual(attached["rows.csv"]["description"], "Rows")
        shown = subprocess.run(["qpdf", "--show-attachment=mine.txt", self.path("a.pdf")], check=True, capture_output=True, timeout=60).stdout
        self.assertEqual(shown, b"mine")
        objects = self.pdf_object("a.pdf", "qpdf")["qpdf"][1].values()
        values = [entry.get("value") or entry["stream"]["dict"] for entry in objects if "value" in entry or "stream" in entry]
        links = [value for value in values if isinstance(value, dict) and value.get("/Subtype") == "/FileAttachment"]
        self.assertEqual((len(links), len({link["/FS"] for link in links})), (2, 1))
        self.render("-a", self.path("absent.txt"), source, self.path("b.pdf"), code=1)

    def test_pages_are_labelled_as_they_count_themselves(self):
        css = ("<style>@page{size:A6;@bottom-center{content:counter(page)}}@page front{@bottom-center{content:counter(page,lower-roman)}}"
               "@page :nth(3){counter-reset:page 1}section{break-after:page}.f{page:front}</style>")
        self.render(self.write("a.html", css + "<section class=f>i</section><section class=f>ii</section><section>1</section><p>2"), self.path("a.pdf"))
        labels = [(entry["index"], entry["label"]) for entry in self.pdf_object("a.pdf", "pagelabels")["pagelabels"]]
        self.assertEqual([(index, label.get("/S"), label.get("/St")) for index, label in labels], [(0, "/r", 1), (2, "/D", 1)], labels)
        self.render(self.write("b.html", "<p>plain"), self.path("b.pdf"))
        self.assertEqual(self.pdf_object("b.pdf", "pagelabels")["pagelabels"], [])

    def test_outline_links_and_shared_fonts_and_images(self):
        picture = "file://" + self.write("x.png", png(4, 4))
        body = f"<h1>One</h1><img src={picture}><h2 style='bookmark-label:\"Other\"'>Two</h2><img src={picture}><h2 style='bookmark-level:none'>Not</h2>"
        body += "<p><a href='#z'>in</a> <a href='https://example.org/a'>out</a> <a href='b.html'>beside</a> <i style='font-style:normal' id=z>z</i>"
        self.render(self.write("a.html", body), self.path("a.pdf"), "-q", "-u", "https://example.net/d/")
        told = self.pdf_object("a.pdf", "outlines", "qpdf")
        self.assertEqual([(entry["title"], [kid["title"] for kid in entry["kids"]]) for entry in told["outlines"]], [("One", ["Other"])])
        text = json.dumps(told["qpdf"])
        self.assertIn("u:https://example.org/a", text)
        self.assertIn("u:https://example.net/d/b.html", text)
        self.assertEqual(text.count('"/Subtype": "/Image"'), 1)
        self.assertIn(b"/ObjStm", (self.folder / "a.pdf").read_bytes())
        fonts = subprocess.run(["pdffonts", self.path("a.pdf")], check=True, capture_output=True, timeout=60).stdout.decode().splitlines()[2:]
        self.assertEqual(len(fonts), len({line.split()[0] for line in fonts}))

    def test_version_identifier_and_plain_text(self):
        self.render(self.write("a.html", HEAD + "<p>plain words"), self.path("a.pdf"), "--pdf-version", "2.0", "--pdf-identifier", "order 7", "--uncompressed-pdf")
        self.assertIn("plain words", self.text("a.pdf"))
        data = (self.folder / "a.pdf").read_bytes()
        self.assertTrue(data.startswith(b"%PDF-2.0"))
        self.assertIn(b"/ID[<" + b"order 7".hex().encode() + b">", data)
        self.assertIn(b"/Title(Bericht)", data)
        self.assertNotIn(b"/ObjStm", data)
        done = self.render(self.path("a.html"), self.path("b.pdf"), "--pdf-version", "1.4", code=2)
        self.assertIn("1.5, 1.6, 1.7 or 2.0", done.stderr.decode())

    def test_boxes_can_be_seen_as_text(self):
        self.render(self.write("a.html", "<style>@page{size:200px 100px;margin:10px}</style><p>Words"), self.path("a.txt"), "--dump-boxes")
        text = (self.folder / "a.txt").read_text()
        self.assertIn('block p\n', text)
        self.assertIn("page 200.00x100.00", text)
        self.assertIn("Words", text)


class Sheets(RenderCase):
    def test_warnings_name_file_line_and_column(self):
        self.write("css/a.css", "p{color:red}\n  b{colr:red}\n@import 'no.css';\n")
        source = self.write("a.html", "<link rel=stylesheet href=css/a.css>\n<style>\n i { widht: 1px }\n i { widht: 2px }</style>\n<p style='heigth:1px'>x")
        done = run_galley("render", "a.html", "a.pdf", folder=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = done.stderr.decode()
        for line in ("warning: css/a.css:2:5: unknown property: colr\n", "warning: css/a.css:3:1: style sheet not loaded: ",
                     "warning: a.html:3:6: unknown property: widht (and at one more place)\n", "warning: a.html:5:11: unknown property: heigth\n"):
            self.assertIn(line, told)
        piped = self.render("-", "-", stdin=b"<style>p{colr:red}</style>")
        self.assertIn("warning: -:1:10: unknown property: colr\n", piped.stderr.decode())
        self.assertTrue(source)

    def test_sheets_of_the_user_are_weaker_than_the_documents(self):
        sheet = self.write("user.css", "p::after{content:' user'} b::after{content:' forced' !important} i::after{content:' only'}@page{size:100mm 100mm}")
        source = self.write("a.html", "<style>p::after{content:' own'} b::after{content:' own'}</style><p>one</p><b>two</b> <i>three</i>")
        self.render("-s", sheet, source, self.path("a.pdf"))
        text = self.text("a.pdf")
        for words in ("one own", "two forced", "three only"):
            self.assertIn(words, text)

    def test_the_media_type_is_a_choice(self):
        source = self.write("a.html", "<style>@media print{p::after{content:' printed'}}@media Screen{p::after{content:' shown'}}</style><p>It is")
        self.render(source, self.path("a.pdf"))
        self.assertIn("It is printed", self.text("a.pdf"))
        self.render(source, self.path("b.pdf"), "-m", "SCREEN")
        self.assertIn("It is shown", self.text("b.pdf"))

    def test_base_addresses_come_from_the_document_too(self):
        self.write("deep/img/x.png", png(4, 4))
        done = self.render(self.write("a.html", "<base href=deep/img/><img src=x.png>"), self.path("a.pdf"), "--json")
        self.assertEqual(json.loads(done.stdout)["documents"][0]["warnings"], [])


class Resources(RenderCase):
    def test_files_beside_the_input_are_used_and_told(self):
        self.write("img/x.png", png(4, 4))
        done = self.render(self.write("a.html", '<img src="img/x.png">'), self.path("a.pdf"), "--json")
        resources = json.loads(done.stdout)["documents"][0]["resources"]
        self.assertEqual([(resource["url"], resource["bytes"]) for resource in resources],
                         [("file://" + os.path.realpath(self.path("img/x.png")), len(png(4, 4)))])

    def test_files_elsewhere_need_leave(self):
        self.write("shared/x.png", png(4, 4))
        source = self.write("doc/a.html", '<img src="../shared/x.png">')
        self.assertIn("--allow-folder", self.render(source, self.path("a.pdf")).stderr.decode())
        allowed = self.render(source, self.path("a.pdf"), "--allow-folder", self.path("shared"))
        self.assertNotIn("warning", allowed.stderr.decode())

    def test_a_missing_resource_by_policy(self):
        source = self.write("a.html", '<img src="no.png"><p>x')
        self.assertIn("no.png", self.render(source, self.path("a.pdf")).stderr.decode())
        self.assertNotIn("no.png", self.render(source, self.path("a.pdf"), "--resources", "ignore").stderr.decode())
        os.remove(self.path("a.pdf"))
        self.assertIn("a resource is missing", self.render(source, self.path("a.pdf"), "--resources", "fail", code=1).stderr.decode())
        self.assertFalse(os.path.exists(self.path("a.pdf")))

    def test_nothing_is_fetched_and_that_is_said(self):
        source = self.write("a.html", '<img src="http://127.0.0.1:9/x.png">')
        self.assertIn("nothing is fetched", self.render(source, self.path("a.pdf")).stderr.decode())
        done = self.render(source, self.path("a.pdf"), "-s", "https://example.org/x.css", code=2)
        self.assertIn("without --allow-remote", done.stderr.decode())


class LargeTables(RenderCase):
    """R43a: memory grows with the open page, not with the rows; what grows is the text itself and the PDF."""
    ROW = "<tr><td>{0}</td><td>Vessel {0} of the fleet</td><td>{1}</td><td>completed <b>on time</b></td><td>{2}</td></tr>\n"

    def most_memory(self, count):
        """The HTML's size and the most memory of its render, bytes."""
        source = self.write(f"{count}.html", "<style>table{border-collapse:collapse}td{border:1px solid}</style><table><tbody>"
                            + "".join(self.ROW.format(i, i * 7919 % 99991, i * 104729 % 999983) for i in range(count)))
        # The address sanitizer keeps what was freed for a while; told to, it does not.
        changed = environment(ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0")
        process = subprocess.Popen([BINARY, "render", "-q", source, self.path(f"{count}.pdf")], env=changed)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return os.path.getsize(source), usage.ru_maxrss * 1024

    def test_rows_of_finished_pages_leave_memory(self):
        small_html, small = self.most_memory(25_000)
        large_html, large = self.most_memory(50_000)
        self.assertGreater(small_html, 2 << 20, "documents below this are kept whole")
        self.assertLess(large - small, 6 * (large_html - small_html))
        self.assertIn("Vessel 49999 of the fleet", self.text("50000.pdf"))


class Usage(RenderCase):
    def test_wrong_usage_is_2_and_writes_nothing(self):
        one, two = self.write("a.html", "<p>a"), self.write("b.html", "<p>b")
        for arguments in ((), (one,), (one, two), (one, two, self.path("c.pdf")), (one, two, "-o", self.path("c.pdf")), ("-", "-o", str(self.folder) + "/"),
                          (one, two, "-o", "-"), (one, self.path("a.pdf"), "--pdf-variant", "pdf/a-3b"), ("-", "-o", self.path("x.pdf"), "--watch"),
                          (one, self.path("a.pdf"), "--resources", "hope"), (one, self.path("a.pdf"), "--colour")):
            with self.subTest(arguments):
                done = self.render(*arguments, code=2)
                self.assertEqual(done.stdout, b"")
                self.assertTrue(done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.html", "b.html"])
        self.assertEqual((self.folder / "b.html").read_text(), "<p>b")

    def test_what_cannot_be_read_or_written_is_1(self):
        self.render(self.path("absent.html"), self.path("a.pdf"), code=1)
        self.render(self.write("a.html", "<p>"), self.path("no/folder/a.pdf"), code=1)

    def test_info_names_the_versions(self):
        self.assertIn("engine: galley-document/", self.render("--info").stdout.decode())


class Watching(RenderCase):
    """Each line is awaited; no time is."""

    def start(self, *arguments):
        process = subprocess.Popen([BINARY, "render", *arguments, "--watch"], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment())
        watchdog = threading.Timer(PATIENCE_SECONDS, process.kill)
        watchdog.start()
        self.addCleanup(self.finish, process, watchdog)
        return process

    @staticmethod
    def finish(process, watchdog):
        watchdog.cancel()
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_SECONDS)
        process.stderr.close()

    def wait_for(self, process, part):
        for line in iter(process.stderr.readline, b""):
            if part in line.decode():
                return line.decode()
        self.fail(f"it ended without {part!r}")
        return None

    def test_the_input_and_what_it_uses_are_rendered_again_when_they_change(self):
        source, sheet = self.write("a.html", '<link rel=stylesheet href="a.css"><p>first'), self.write("a.css", "p{color:red}")
        process = self.start(source, self.path("a.pdf"))
        self.wait_for(process, "1 page")
        self.write("a.html", '<link rel=stylesheet href="a.css"><p>second')
        self.wait_for(process, "changed: ")
        self.wait_for(process, "1 page")
        self.assertIn("second", self.text("a.pdf"))
        replacement = self.write("new.css", "p{break-after:page} p::after{content:' by a sheet'}")
        os.replace(replacement, sheet)  # as editors do
        self.wait_for(process, "a.css")
        self.wait_for(process, "page")
        self.assertIn("second by a sheet", self.text("a.pdf"))

    def test_a_fault_is_told_and_waited_out(self):
        source = self.write("a.html.j2", "{% for %}")
        process = self.start(source, self.path("a.pdf"))
        self.wait_for(process, "invalid_input")
        self.write("a.html.j2", "<p>mended")
        self.wait_for(process, "1 page")
        self.assertIn("mended", self.text("a.pdf"))


if __name__ == "__main__":
    unittest.main()
