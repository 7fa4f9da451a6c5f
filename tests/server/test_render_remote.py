#!/usr/bin/python3
"""galley render of addresses, and with resources from the web, behind the guard (R34, R61)."""
import json
import subprocess
import unittest

from pictures import png
from test_render_command import RenderCase
from website import Website

HTML = {"Content-Type": "text/html"}


class Remote(RenderCase):
    def setUp(self):
        super().setUp()
        self.site = Website({"/logo.png": png(4, 4), "/css/a.css": b"@import 'b.css';", "/css/b.css": b"p { background: url(../logo.png) } p::after { content: ' imported' }",
                             "/a.html": b"<link rel=stylesheet href=css/a.css><p>Web words<img src=logo.png>"})
        self.addCleanup(self.site.close)

    def errors(self, *arguments, code=0):
        return self.render(*arguments, code=code).stderr.decode()

    def test_an_address_is_rendered_with_all_that_it_names(self):
        done = self.render(self.site.url + "/a.html", self.path("a.pdf"), "--allow-private", "--json")
        self.assertIn("Web words imported", " ".join(self.text("a.pdf").split()))
        document = json.loads(done.stdout)["documents"][0]
        self.assertEqual(document["warnings"], [])
        self.assertEqual({resource["url"]: resource["bytes"] for resource in document["resources"]},
                         {self.site.url + "/css/a.css": 16, self.site.url + "/css/b.css": len(self.site.pages["/css/b.css"]), self.site.url + "/logo.png": len(png(4, 4))})
        self.assertEqual(sorted(self.site.asked), ["/a.html", "/css/a.css", "/css/b.css", "/logo.png"])
        self.assertEqual({name for fields in self.site.fields for name in fields}, {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"})

    def test_this_machine_is_not_reached_without_leave(self):
        self.assertIn("127.0.0.1 is a loopback address", self.errors(self.site.url + "/a.html", self.path("a.pdf"), code=1))
        source = self.write("a.html", f"<p>x<img src={self.site.url}/logo.png>")
        told = self.errors(source, self.path("a.pdf"), "--allow-remote")
        self.assertIn("127.0.0.1 is a loopback address", told)
        self.assertIn("--allow-private", told)
        self.assertIn("nothing is fetched from other machines without --allow-remote", self.errors(source, self.path("a.pdf")))
        self.assertEqual(self.site.asked, [])
        self.assertNotIn("warning", self.errors(source, self.path("a.pdf"), "--allow-private"))

    def test_link_local_addresses_are_never_reached(self):
        for address in ("http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://0xA9FEA9FE/"):
            self.assertIn("denied", self.errors(address, self.path("a.pdf"), "--allow-private", code=1))
        self.site.pages["/away"] = (302, {"Location": "http://169.254.169.254/"}, b"")
        source = self.write("a.html", f"<p>x<img src={self.site.url}/away>")
        self.assertIn("denied", self.errors(source, self.path("a.pdf"), "--allow-private"))

    def test_a_page_of_the_web_reads_no_file(self):
        secret = self.write("secret.css", "p::after { content: 'secret' }")
        self.site.pages["/a.html"] = f"<link rel=stylesheet href='file://{secret}'><p>words".encode()
        self.assertIn("outside", self.errors(self.site.url + "/a.html", self.path("a.pdf"), "--allow-private"))
        self.assertNotIn("secret", self.text("a.pdf"))

    def test_a_base_sheets_and_attachments_may_be_addresses(self):
        self.site.pages["/rows.csv?v=1"] = b"a,b\n"
        source = self.write("a.html", "<p>x<img src=logo.png>")
        told = self.errors(source, self.path("a.pdf"), "-u", self.site.url + "/", "-s", self.site.url + "/css/a.css", "-a", self.site.url + "/rows.csv?v=1", "--allow-private")
        self.assertNotIn("warning", told)
        self.assertIn("x imported", " ".join(self.text("a.pdf").split()))
        self.assertIn("rows.csv", subprocess.run(["qpdf", "--list-attachments", self.path("a.pdf")], check=True, capture_output=True, timeout=60).stdout.decode())
        self.assertIn("-a: the server answers 404", self.errors(source, self.path("b.pdf"), "-a", self.site.url + "/no.csv", "--allow-private", code=1))
        self.assertFalse((self.folder / "b.pdf").exists())
        self.assertIn("without --allow-remote", self.errors(source, self.path("b.pdf"), "-s", self.site.url + "/css/a.css", code=2))

    def test_redirects_are_followed_and_relative_addresses_begin_there(self):
        self.site.pages["/old"] = (301, {"Location": "/css/new.html"}, b"")
        self.site.pages["/css/new.html"] = b"<link rel=stylesheet href=b.css><p>moved"
        self.assertNotIn("warning", self.errors(self.site.url + "/old", self.path("a.pdf"), "--allow-private"))
        self.assertIn("moved imported", " ".join(self.text("a.pdf").split()))

    def test_the_encoding_is_what_the_answer_says(self):
        self.site.pages["/l1"] = (200, {"Content-Type": "text/html; charset=iso-8859-2"}, b"<p>\xb3\xf3d\xbc")
        self.render(self.site.url + "/l1", self.path("a.pdf"), "--allow-private")
        self.assertIn("łódź", self.text("a.pdf"))

    def test_what_is_no_document_is_told(self):
        self.site.pages["/x.pdf"] = (200, {"Content-Type": "application/pdf"}, b"%PDF")
        self.assertIn("this is application/pdf", self.errors(self.site.url + "/x.pdf", self.path("a.pdf"), "--allow-private", code=1))
        self.assertIn("the server answers 404", self.errors(self.site.url + "/no", self.path("a.pdf"), "--allow-private", code=1))
        self.assertIn("user or password", self.errors("http://u:p@example.org/", self.path("a.pdf"), code=1))
        self.assertIn("--watch needs files", self.errors(self.site.url + "/a.html", self.path("a.pdf"), "--watch", code=2))

    def test_a_missing_resource_by_policy(self):
        self.site.pages["/a.html"] = b"<p>x<img src=no.png>"
        self.assertIn("no.png is left out: the server answers 404", self.errors(self.site.url + "/a.html", self.path("a.pdf"), "--allow-private"))
        self.assertIn("a resource is missing", self.errors(self.site.url + "/a.html", self.path("b.pdf"), "--allow-private", "--resources", "fail", code=1))
        self.assertFalse((self.folder / "b.pdf").exists())

    def test_chains_of_sheets_end(self):
        for number in range(40):
            self.site.pages[f"/{number}.css"] = f"@import '{number + 1}.css'; p {{ color: red }}".encode()
        self.site.pages["/a.html"] = b"<link rel=stylesheet href=0.css><p>x"
        self.assertIn("it was not fetched", self.errors(self.site.url + "/a.html", self.path("a.pdf"), "--allow-private"))
        self.assertLess(len(self.site.asked), 12)

    def test_addresses_into_a_folder_are_named_by_their_ends(self):
        self.site.pages["/"] = self.site.pages["/report?x=1"] = b"<p>x"
        self.render(self.site.url + "/", self.site.url + "/report?x=1", "-o", str(self.folder), "--allow-private")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["127.0.0.1.pdf", "report.pdf"])


if __name__ == "__main__":
    unittest.main()
