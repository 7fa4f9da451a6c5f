"""A web server of a test on the loopback: pages that the test puts there, and what was asked for."""
import contextlib
import http.server
import threading


class Website:
    """pages: path → bytes, or (status, fields, bytes), or a function that gives one of these. `asked` holds the paths and `fields` the fields of each request."""

    def __init__(self, pages=None):
        self.pages, self.asked, self.fields = dict(pages or {}), [], []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.asked.append(self.path)
                site.fields.append(dict(self.headers))
                found = site.pages.get(self.path, (404, {}, b"nothing here"))
                found = found() if callable(found) else found
                status, fields, body = found if isinstance(found, tuple) else (200, {}, found)
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):  # who asked may have gone
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
