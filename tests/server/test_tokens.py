#!/usr/bin/python3
"""Bearer tokens of the real binary: keys of all algorithms, rotation by SIGHUP, and tokens that a hostile client makes."""
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import signal
import stat
import tempfile
import time
import unittest

from galley_server import ADMIN, BROKER, SECRET, ServerCase, base64url, run_galley, signed_token, token_of

ALGORITHMS = {"HS256": "hs256", "RS256": "rs256.pem", "EdDSA": "ed25519.pem"}


class Keys:
    """A keys folder that a server reads, and the private halves outside of it."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="galley-keys-"))
        self.folder = self.root / "keys"
        self.folder.mkdir()

    def close(self):
        shutil.rmtree(self.root)

    def make(self, kid, algorithm):
        made = run_galley("token", "keygen", "--algorithm", algorithm, "--kid", kid, "--keys-dir", str(self.folder),
                          "--private", str(self.private(kid)))
        assert made.returncode == 0, made
        return self

    def private(self, kid):
        return self.root / f"{kid}.private"

    def public(self, kid, algorithm):
        return self.folder / f"{kid}.{ALGORITHMS[algorithm]}"

    def token(self, kid, *flags, sub=BROKER.email):
        minted = run_galley("token", "--sub", sub, "--key", str(self.private(kid)), "--kid", kid, *flags, GALLEY_JWT_SECRET=None)
        assert minted.returncode == 0, minted
        return minted.stdout.decode().strip()


class KeyCase(ServerCase):
    def setUp(self):
        self.keys = Keys()
        self.addCleanup(self.keys.close)

    def server_with_keys(self, *flags):
        return self.own_server("--keys-dir", str(self.keys.folder), *flags)

    def status(self, server, token):
        return server.get("/api/v1/rooms", token=token).status

    def reload(self, server, token, wanted):
        """SIGHUP, then asks until the answer is the wanted one: the signal is taken up asynchronously."""
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 60
        while self.status(server, token) != wanted and time.monotonic() < deadline:
            pass
        self.assertEqual(self.status(server, token), wanted)


class Algorithms(KeyCase):
    def test_each_algorithm_lets_in_and_only_with_its_own_key(self):
        for algorithm in ALGORITHMS:
            self.keys.make("key-" + algorithm, algorithm)
        server = self.server_with_keys()
        for algorithm in ALGORITHMS:
            self.assertEqual(self.status(server, self.keys.token("key-" + algorithm)), 200, algorithm)
            for other in ALGORITHMS:
                if other != algorithm:
                    token = run_galley("token", "--sub", "a@b.example", "--key", str(self.keys.private("key-" + algorithm)),
                                       "--kid", "key-" + other).stdout.decode().strip()
                    self.assertEqual(self.status(server, token), 401, (algorithm, other))
        self.assertEqual(self.status(server, token_of(BROKER)), 200, "GALLEY_JWT_SECRET is for tokens without a kid")

    def test_a_server_needs_no_secret_when_it_has_keys(self):
        self.keys.make("only", "EdDSA")
        server = self.own_server_with_environment({"GALLEY_JWT_SECRET": None, "GALLEY_KEYS_DIR": str(self.keys.folder)})
        self.assertEqual(self.status(server, self.keys.token("only")), 200)
        self.assertEqual(self.status(server, token_of(BROKER)), 401)

    def own_server_with_environment(self, env):
        from galley_server import Server
        server = Server(env=env)
        self.addCleanup(server.close)
        return server.start()

    def test_issuer_and_audience_are_checked(self):
        server = self.own_server("--issuer", "https://id.example", "--audience", "galley")
        now = int(time.time())
        claims = {"sub": BROKER.email, "exp": now + 60, "iss": "https://id.example", "aud": ["other", "galley"]}
        header = {"alg": "HS256"}
        self.assertEqual(self.status(server, signed_token(header, claims)), 200)
        for changed in ({"iss": "https://id.example/"}, {"aud": "other"}, {"aud": []}, {"iss": None}, {"aud": None}):
            self.assertEqual(self.status(server, signed_token(header, {**claims, **changed})), 401, changed)
        for absent in ("iss", "aud"):
            self.assertEqual(self.status(server, signed_token(header, {k: v for k, v in claims.items() if k != absent})), 401)


class Rotation(KeyCase):
    def test_keys_are_taken_up_and_dropped_on_sighup(self):
        self.keys.make("old", "EdDSA")
        server = self.server_with_keys()
        old = self.keys.token("old")
        self.assertEqual(self.status(server, old), 200)
        self.keys.make("new", "RS256")
        new = self.keys.token("new")
        self.assertEqual(self.status(server, new), 401)
        self.reload(server, new, 200)
        self.assertEqual(self.status(server, old), 200, "both are good while callers change over")
        self.keys.public("old", "EdDSA").unlink()
        self.reload(server, old, 401)
        self.assertEqual(self.status(server, new), 200)

    def test_a_broken_key_changes_nothing(self):
        self.keys.make("good", "EdDSA")
        server = self.server_with_keys()
        token = self.keys.token("good")
        self.assertEqual(self.status(server, token), 200)
        self.keys.public("good", "EdDSA").write_text("no key")
        self.keys.make("more", "EdDSA")
        server.process.send_signal(signal.SIGHUP)
        while "reload" not in server.log():
            self.assertEqual(self.status(server, token), 200)
        self.assertEqual(self.status(server, token), 200)
        self.assertEqual(self.status(server, self.keys.token("more")), 401)

    def test_a_server_does_not_start_with_a_broken_key(self):
        from galley_server import Server, StartFailed
        (self.keys.folder / "bad.rs256.pem").write_text("no key")
        server = Server("--keys-dir", str(self.keys.folder))
        self.addCleanup(server.close)
        with self.assertRaises(StartFailed) as refused:
            server.start()
        self.assertIn("bad", refused.exception.errors)


class KeyGeneration(KeyCase):
    def test_private_halves_are_for_their_owner_alone_and_never_replaced(self):
        for algorithm, suffix in ALGORITHMS.items():
            self.keys.make(algorithm, algorithm)
            private = self.keys.private(algorithm)
            self.assertEqual(stat.S_IMODE(os.stat(private).st_mode), 0o600)
            self.assertTrue((self.keys.folder / f"{algorithm}.{suffix}").exists())
            content = private.read_bytes()
            again = run_galley("token", "keygen", "--algorithm", algorithm, "--kid", algorithm, "--keys-dir",
                               str(self.keys.folder), "--private", str(private))
            self.assertEqual(again.returncode, 1, again)
            self.assertEqual(private.read_bytes(), content)
        self.assertNotIn(b"PRIVATE", (self.keys.folder / "EdDSA.ed25519.pem").read_bytes())

    def test_a_secret_that_others_may_read_is_warned_of(self):
        self.keys.make("open", "HS256")
        self.keys.public("open", "HS256").chmod(0o644)
        server = self.server_with_keys()
        self.assertIn("can be read by others", server.log())
        self.assertNotIn(self.keys.private("open").read_text().strip(), server.log())

    def test_a_secret_file_that_others_may_read_is_warned_of(self):
        secret = self.keys.root / "secret"
        secret.write_text("a secret of more than thirty-two bytes\n")
        for mode, warned in ((0o640, True), (0o600, False)):
            secret.chmod(mode)
            checked = run_galley("config", "check", "--jwt-secret-file", str(secret), GALLEY_JWT_SECRET=None)
            self.assertEqual((checked.returncode, b"can be read by others" in checked.stderr), (0, warned), checked)

    def test_wrong_usage_is_said(self):
        for arguments in (["--kid", "a/b"], ["--algorithm", "none"], ["--algorithm", "RS256", "--bits", "1024"]):
            made = run_galley("token", "keygen", *arguments, "--keys-dir", str(self.keys.folder), "--private",
                              str(self.keys.private("x")))
            self.assertNotEqual(made.returncode, 0, arguments)
        self.assertEqual(run_galley("token").returncode, 2)
        self.assertEqual(run_galley("token", "--sub", "not an address").returncode, 1)
        help_text = run_galley("token", "--help").stdout.decode() + run_galley("token", "keygen", "--help").stdout.decode()
        self.assertGreaterEqual(help_text.count("galley token"), 4)


class Hostile(KeyCase):
    """What only the whole binary shows; the tables stand in src/auth/token_hostile_test.cpp."""

    def setUp(self):
        super().setUp()
        self.keys.make("rs", "RS256")
        self.own = self.server_with_keys()

    def test_an_hmac_with_the_public_key_is_refused(self):
        pem = self.keys.public("rs", "RS256").read_bytes()
        claims = {"sub": ADMIN.email, "role": "admin", "exp": int(time.time()) + 60}
        for secret in (pem, pem.strip(), pem.replace(b"\n", b"")):
            for header in ({"alg": "HS256", "kid": "rs"}, {"alg": "HS256"}, {"alg": "RS256", "kid": "rs"}):
                text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
                forged = text + "." + base64url(hmac.new(secret, text.encode(), hashlib.sha256).digest())
                self.assertEqual(self.status(self.own, forged), 401)

    def test_two_authorization_fields_are_refused(self):
        good = token_of(BROKER)
        head = "GET /api/v1/rooms HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        for other in (token_of(ADMIN), "x", good):
            raw = self.own.raw(f"{head}Authorization: Bearer {good}\r\nAuthorization: Bearer {other}\r\n\r\n".encode())
            self.assertIn(raw.split(b" ")[1], (b"400", b"401"), raw)

    def test_whitespace_and_several_tokens_in_the_field_are_refused(self):
        good = token_of(BROKER)
        self.assertEqual(self.status(self.own, good), 200)
        for field in (f"Bearer {good} {good}", f"Bearer {good},{good}", f"Bearer\t{good}", f"Bearer {good} x", f"Bearer \t{good}",
                      f'Bearer "{good}"', f"Bearer={good}", good, f"Token {good}", f"Bearer Bearer {good}"):
            answer = self.own.get("/api/v1/rooms", caller=None, headers={"Authorization": field})
            self.assert_problem(answer, 401)

    def test_a_token_elsewhere_does_not_count(self):
        good = token_of(BROKER)
        for path, headers in ((f"/api/v1/rooms?access_token={good}", {}), ("/api/v1/rooms", {"Cookie": f"token={good}"}),
                              ("/api/v1/rooms", {"X-Authorization": f"Bearer {good}"}),
                              ("/api/v1/rooms", {"Proxy-Authorization": f"Bearer {good}"})):
            self.assertEqual(self.own.get(path, caller=None, headers=headers).status, 401)

    def test_no_refusal_shows_a_secret_or_the_token(self):
        token = signed_token({"alg": "HS256"}, {"sub": "x@y.example", "exp": 1})
        answer = self.own.get("/api/v1/rooms", token=token)
        self.assertEqual(answer.status, 401)
        for text in (answer.body.decode(), self.own.log()):
            self.assertNotIn(SECRET, text)
            self.assertNotIn(token.rsplit(".", 1)[1], text)


if __name__ == "__main__":
    unittest.main()
