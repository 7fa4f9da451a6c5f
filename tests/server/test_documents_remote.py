#!/usr/bin/python3
"""Documents from addresses, and with resources from the web, behind the guard (R30, R37, R61)."""
import hashlib
import json
import threading
import unittest

from galley_server import ADMIN, BROKER, OWNER
from pictures import png
from test_documents import DOCUMENTS, DocumentCase, form, text_of
from website import Website

LOGO = png(4, 4)
SHEET = b"@import 'b.css'; h1 { color: red }"


class RemoteCase(DocumentCase):
    flags = ("--outbound-allow", "127.0.0.1")

    def setUp(self):
        super().setUp()
        self.site = Website({"/a.html": b"<link rel=stylesheet href=css/a.css><h1>Web words</h1><img src=/logo.png>", "/css/a.css": SHEET,
                             "/css/b.css": b"h1::after { content: ' imported' }", "/logo.png": LOGO})
        self.addCleanup(self.site.close)

    def use_server(self, *flags):
        """One of this test's own, with these flags."""
        self.server = self.own_server(*flags)

    def words(self, result, caller=BROKER):
        answer = self.server.get(result["download_url"], caller)
        self.assertEqual(answer.status, 200, answer)
        return " ".join(text_of(answer.body).split())


class FromAnAddress(RemoteCase):
    def test_a_page_comes_with_all_that_it_names(self):
        result = self.made({"url": self.site.url + "/a.html"})
        self.assertEqual(self.words(result), "Web words imported")
        self.assertEqual(result["warnings"], [])
        self.assertEqual([(used["url"].removeprefix(self.site.url), used["status"], used["bytes"], used["sha256"]) for used in result["resources"]],
                         [(path, 200, len(self.site.pages[path]), hashlib.sha256(self.site.pages[path]).hexdigest())
                          for path in ("/a.html", "/css/a.css", "/css/b.css", "/logo.png")])
        self.assertEqual({name for fields in self.site.fields for name in fields}, {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"})
        report = self.server.get(result["download_url"] + "/report", BROKER).json()
        self.assertEqual(report["resources"], result["resources"])

    def test_the_answer_names_the_question_and_the_result_the_document(self):
        answer = self.ask({"url": self.site.url + "/a.html"}, wait=0)
        self.assertEqual(answer.status, 202, answer)
        asked = answer.json()
        task = self.server.get(f"/api/v1/tasks/{asked['task_id']}?wait=60", BROKER).json()
        self.assertEqual(task["status"], "completed", task)
        made = task["result"]
        self.assertNotEqual(asked["content_hash"], made["content_hash"])
        self.assertEqual(self.server.get(asked["download_url"], BROKER).body, self.server.get(made["download_url"], BROKER).body)
        self.assertEqual(self.server.get(asked["download_url"] + "/report", BROKER).json()["content_hash"], made["content_hash"])
        self.assert_problem(self.server.get(asked["download_url"], OWNER), 404)

    def test_each_question_is_asked_anew_and_the_same_answer_is_the_same_document(self):
        body = {"url": self.site.url + "/a.html"}
        first, second = self.made(body), self.made(body)
        self.assertEqual((first["content_hash"], second["cached"]), (second["content_hash"], True))
        self.assertEqual(self.site.asked.count("/a.html"), 2)
        self.site.pages["/css/b.css"] = b"h1::after { content: ' changed' }"
        third = self.made(body)
        self.assertNotEqual(third["content_hash"], first["content_hash"])
        self.assertEqual((self.words(first), self.words(third)), ("Web words imported", "Web words changed"))
        asked = self.ask(body, wait=0).json()
        self.server.get(f"/api/v1/tasks/{asked['task_id']}?wait=60", BROKER)
        self.assertEqual(self.server.get(asked["download_url"] + "/report", BROKER).json()["content_hash"], third["content_hash"])

    def test_a_document_whose_file_was_lost_is_made_again_without_the_web(self):
        result = self.made({"url": self.site.url + "/a.html"})
        before = self.server.get(result["download_url"], BROKER).body
        asked = len(self.site.asked)
        self.assertEqual(self.server.post("/api/v1/cache/invalidate", {"content_hash": result["content_hash"]}, ADMIN).status, 200)
        again = self.server.get(result["download_url"], BROKER)
        self.assertEqual((again.headers["X-Cache"], again.body), ("MISS", before))
        self.assertEqual(len(self.site.asked), asked)

    def test_who_lets_go_of_the_question_or_the_answer_lets_go_of_both(self):
        for which in ("asked", "made"):
            with self.subTest(which):
                asked = self.ask({"url": self.site.url + "/a.html"}, wait=0).json()
                made = self.server.get(f"/api/v1/tasks/{asked['task_id']}?wait=60", BROKER).json()["result"]
                self.made({"url": self.site.url + "/a.html"}, OWNER)
                self.assertEqual(self.server.delete({"asked": asked, "made": made}[which]["download_url"], BROKER).status, 204)
                for ref in (asked, made):
                    self.assert_problem(self.server.get(ref["download_url"], BROKER), 404)
                    self.assertEqual(self.server.get(ref["download_url"], OWNER).status, 200)
                self.assertEqual(self.server.delete(made["download_url"], ADMIN).status, 204)
                self.assert_problem(self.server.get(made["download_url"], OWNER), 404)

    def test_redirects_are_followed_and_relative_addresses_begin_there(self):
        self.site.pages["/old"] = (302, {"Location": "/css/page"}, b"")
        self.site.pages["/css/page"] = (200, {"Content-Type": "text/html; charset=iso-8859-2"}, b"<link rel=stylesheet href=b.css><h1>\xb3\xf3d\xbc</h1>")
        result = self.made({"url": self.site.url + "/old"})
        self.assertEqual(self.words(result), "łódź imported")
        self.assertEqual((result["resources"][0]["url"], result["resources"][0]["final_url"]), (self.site.url + "/old", self.site.url + "/css/page"))

    def test_a_form_may_name_an_address_and_bring_files_in_place_of_others(self):
        body, headers = form([("url", self.site.url + "/a.html"), ("css/a.css", "h1::after { content: ' mine' }")])
        result = self.made(body, headers=headers)
        self.assertEqual(self.words(result), "Web words mine")
        self.assertNotIn("/css/a.css", self.site.asked)

    def test_without_child_processes_too(self):
        self.use_server("--render-processes", "0", *self.flags)
        self.assertEqual(self.words(self.made({"url": self.site.url + "/a.html"})), "Web words imported")


class Resources(RemoteCase):
    def html(self, path="/logo.png"):
        return f"<p>x<img src='{self.site.url}{path}'>"

    def test_nothing_is_fetched_for_html_unless_it_is_said(self):
        result = self.made({"html": self.html()})
        self.assertIn("options.remote", result["resources"][0]["missing"])
        self.assertEqual(self.site.asked, [])
        result = self.made({"html": self.html(), "options": {"remote": "any"}})
        self.assertEqual((result["warnings"], result["resources"][0]["status"]), ([], 200))

    def test_the_same_origin_only(self):
        other = Website({"/logo.png": LOGO})
        self.addCleanup(other.close)
        self.site.pages["/away.png"] = (302, {"Location": other.url + "/logo.png"}, b"")
        html = f"<p>x<img src=/logo.png><img src='{other.url}/logo.png'><img src=/away.png>"
        result = self.made({"html": html, "options": {"remote": "same-origin", "base_url": self.site.url + "/a/"}})
        used = {resource["url"]: resource for resource in result["resources"]}
        self.assertEqual(used[self.site.url + "/logo.png"]["status"], 200)
        for url in (other.url + "/logo.png", self.site.url + "/away.png"):
            self.assertIn("another origin", used[url]["missing"])
        self.assertEqual(len(other.asked), 1)

    def test_a_template_with_a_base(self):
        result = self.made({"template_source": "<link rel=stylesheet href=css/a.css><h1>{{ n }}</h1>", "data": {"n": 7},
                            "options": {"remote": "any", "base_url": self.site.url + "/"}})
        self.assertEqual(self.words(result), "7 imported")

    def test_a_missing_resource_by_policy(self):
        for policy, warnings in (("warn", 1), ("ignore", 0)):
            result = self.made({"html": self.html("/no.png"), "options": {"remote": "any", "resource_policy": policy}})
            self.assertEqual((len(result["warnings"]), result["resources"][0]["missing"], result["resources"][0]["status"]), (warnings, "the server answers 404", 404))
        failed = self.ask({"html": self.html("/no.png"), "options": {"remote": "any", "resource_policy": "fail"}})
        self.assert_problem(failed, 422, "the server answers 404")

    def test_a_chain_ends_and_the_document_is_made(self):
        for number in range(40):
            self.site.pages[f"/{number}.css"] = f"@import '{number + 1}.css'; p {{ color: red }}".encode()
        result = self.made({"html": "<link rel=stylesheet href=0.css><p>x", "options": {"remote": "any", "base_url": self.site.url + "/"}})
        self.assertIn("it was not fetched", " ".join(result["warnings"]))
        self.assertLess(len(self.site.asked), 12)

    def test_what_is_beyond_the_bounds_of_a_document_is_missing(self):
        self.use_server(*self.flags, "--documents-fetches-max", "3", "--documents-fetched-bytes-max", "10KB")
        for number in range(5):
            self.site.pages[f"/{number}.css"] = b"p { color: red }"
        self.site.pages["/large.css"] = b"/*" + b"x" * 20_000 + b"*/"
        links = "".join(f"<link rel=stylesheet href={number}.css>" for number in range(5))
        base = {"remote": "any", "base_url": self.site.url + "/"}
        result = self.made({"html": links + "<p>x", "options": base})
        self.assertEqual(sum("too many addresses" in used.get("missing", "") for used in result["resources"]), 2)
        result = self.made({"html": "<link rel=stylesheet href=large.css><p>x", "options": base})
        self.assertIn("larger than 10000 bytes", result["resources"][0]["missing"])


class Forbidden(RemoteCase):
    def test_what_is_known_to_lead_nowhere_good_is_refused_at_once(self):
        for url, words in (("http://127.0.0.2/", "loopback"), ("http://2130706434/", "loopback"), ("http://[::1]/", "loopback"), ("http://169.254.169.254/latest", "metadata"),
                           ("http://[fd00:ec2::254]/", "metadata"), ("http://10.0.0.1:8080/", "private"), ("http://example.org:22/", "port 22"),
                           ("http://user:word@example.org/", "user or password"), ("file:///etc/passwd", "only http"),
                           ("ftp://example.org/", "only http"), ("/etc/passwd", "only http")):
            with self.subTest(url):
                self.assertIn(words, json.dumps(self.assert_fault({"url": url}, "/url").json()))

    def test_a_redirect_to_where_it_may_not_go_fails_the_task(self):
        self.site.pages["/away"] = (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b"")
        answer = self.ask({"url": self.site.url + "/away"})
        self.assertIn("169.254.169.254 is the metadata service of a cloud", self.assert_problem(answer, 422, "forbidden")["detail"])

    def test_a_name_that_means_this_machine_fails_the_task(self):
        self.use_server()
        answer = self.ask({"url": self.site.url.replace("127.0.0.1", "localhost")})
        self.assertIn("only public addresses are fetched from", self.assert_problem(answer, 422, "forbidden")["detail"])
        self.assertEqual(self.site.asked, [])

    def test_resources_are_judged_alike(self):
        result = self.made({"html": "<p>x<img src='http://169.254.169.254/x.png'><img src='http://10.0.0.1/x.png'>", "options": {"remote": "any"}})
        missing = {resource["url"]: resource["missing"] for resource in result["resources"]}
        self.assertIn("metadata service", missing["http://169.254.169.254/x.png"])
        self.assertIn("private address", missing["http://10.0.0.1/x.png"])

    def test_a_server_that_fetches_nothing_says_so(self):
        self.use_server("--outbound-reach", "nothing")
        self.assertIn("fetches nothing", json.dumps(self.assert_fault({"url": "https://example.org/"}, "/url").json()))

    def test_what_is_no_document_fails_the_task(self):
        self.site.pages["/x.pdf"] = (200, {"Content-Type": "application/pdf"}, b"%PDF")
        self.assert_problem(self.ask({"url": self.site.url + "/x.pdf"}), 422, "this is application/pdf")
        self.assert_problem(self.ask({"url": self.site.url + "/no"}), 422, "the server answers 404")

    def test_a_server_in_trouble_is_asked_again(self):
        self.site.pages["/busy"] = lambda: (503, {}, b"") if self.site.asked.count("/busy") == 1 else b"<p>back"
        asked = self.ask({"url": self.site.url + "/busy"}, wait=0).json()
        task = self.server.get(f"/api/v1/tasks/{asked['task_id']}?wait=60", BROKER).json()
        self.assertEqual((task["status"], task["attempt"] > 1), ("completed", True), task)

    def test_a_slow_server_costs_its_time_and_no_more(self):
        self.use_server(*self.flags, "--outbound-timeout", "200ms")
        released = threading.Event()
        self.addCleanup(released.set)
        self.site.pages["/slow.png"] = lambda: (released.wait(60), LOGO)[1]
        result = self.made({"html": f"<p>x<img src='{self.site.url}/slow.png'><img src='{self.site.url}/logo.png'>", "options": {"remote": "any"}})
        self.assertEqual([used.get("missing") for used in result["resources"]], ["no whole answer within 200 ms", None])

    def test_one_that_fetches_is_cancelled_at_once(self):
        asked, released = threading.Event(), threading.Event()
        self.addCleanup(released.set)
        self.site.pages["/slow"] = lambda: (asked.set(), released.wait(60), b"<p>late")[2]
        ref = self.ask({"url": self.site.url + "/slow"}, wait=0).json()
        self.assertTrue(asked.wait(60))
        self.assertEqual(self.server.post(f"/api/v1/tasks/{ref['task_id']}/cancel", {}, BROKER).status // 100, 2)
        task = self.server.get(f"/api/v1/tasks/{ref['task_id']}?wait=20", BROKER).json()
        self.assertEqual(task["status"], "cancelled", task)

    def test_options_that_do_not_fit_are_faults(self):
        for body, pointer in (({"url": "https://example.org/", "data": {}}, "/data"), ({"url": "https://example.org/", "html": "x"}, "/html"),
                              ({"html": "x", "options": {"remote": "same-origin"}}, "/options/remote"),
                              ({"html": "x", "options": {"remote": "all"}}, "/options/remote"),
                              ({"html": "x", "options": {"base_url": "file:///etc/"}}, "/options/base_url"),
                              ({"url": "https://example.org/", "options": {"base_url": "https://example.org/"}}, "/options/base_url")):
            with self.subTest(json.dumps(body)):
                self.assert_fault(body, pointer)


if __name__ == "__main__":
    unittest.main()
