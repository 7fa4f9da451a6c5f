#!/usr/bin/python3
"""The OpenAPI document against the real server: what it says of requests is what the readers do (answers are checked in every test)."""
import json
import unittest
import urllib.parse

from contract import contract_of
from galley_server import ADMIN, BINARY, STRANGER, ServerCase, run_galley

WRONG_TYPE = {"string": 7, "integer": "x", "number": "x", "boolean": "x", "array": "x", "object": "x"}


def types_of(schema):
    found = schema.get("type", [])
    return [found] if isinstance(found, str) else found


def bad_values(schema):
    """Values that a schema refuses, each with what is wrong."""
    for name in types_of(schema)[:1]:
        yield "type", WRONG_TYPE[name]
    if "null" not in types_of(schema) and types_of(schema):
        yield "null", None
    if "enum" in schema:
        yield "enum", "no-such-choice"
    if "minimum" in schema:
        yield "minimum", schema["minimum"] - 1
    if "maximum" in schema:
        yield "maximum", schema["maximum"] + 1
    if schema.get("minLength"):
        yield "minLength", "x" * (schema["minLength"] - 1)
    if "maxLength" in schema:
        yield "maxLength", "x" * (schema["maxLength"] + 1)
    if schema.get("minItems"):
        yield "minItems", []


class Contract(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = contract_of(BINARY)
        cls.room_id = cls.server.make_room("contract")

    def path_of(self, pattern):
        values = {"room_id": self.room_id, "email": "new@member.example", "schedule": "contract", "queue": "contract", "kind": "contract", "hash": "0" * 64}
        for name, value in values.items():
            pattern = pattern.replace("{" + name + "}", value)
        return pattern

    def bodies(self):
        """(method, path, schema, example) of each operation that takes a JSON body and can be called here."""
        for method, path, operation in self.contract.operations():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body and "{" not in self.path_of(path):
                self.assertIn("example", body, f"{path} has no example")
                yield method.upper(), self.path_of(path), self.contract.resolve(body["schema"]), body["example"]

    def assert_refused(self, method, path, body, pointer, why):
        answer = self.server.request(method, path, ADMIN, body)
        with self.subTest(f"{method} {path} {pointer} {why}"):
            self.assertEqual(answer.status, 400, (answer, json.dumps(body)[:300]))
            self.assertTrue(any(pointer == given or given.startswith(pointer + "/") for given in answer.pointers()), answer)

    def refuse_faults(self, method, path, schema, example, wrap, prefix):
        """Each stated rule of an object's members, broken one at a time."""
        self.assert_refused(method, path, wrap({**example, "no_such_member": 1}), prefix + "/no_such_member", "unknown")
        for name in schema["required"]:
            kept = {key: value for key, value in example.items() if key != name}
            self.assert_refused(method, path, wrap(kept), prefix + "/" + name, "missing")
        for name, member in schema["properties"].items():
            for why, value in bad_values(self.contract.resolve(member)):
                self.assert_refused(method, path, wrap({**example, name: value}), prefix + "/" + name, why)

    def test_every_stated_rule_of_a_body_is_kept_by_its_reader(self):
        seen = 0
        for method, path, schema, example in self.bodies():
            seen += 1
            self.refuse_faults(method, path, schema, example, lambda body: body, "")
            for name, member in schema["properties"].items():
                items = self.contract.resolve(self.contract.resolve(member).get("items", {}))
                if "properties" in items and isinstance(example.get(name), list) and example[name]:
                    def wrap(element, name=name, example=example):
                        return {**example, name: [element]}
                    self.refuse_faults(method, path, items, example[name][0], wrap, f"/{name}/0")
        self.assertGreater(seen, 5)

    def test_every_example_is_taken(self):
        for method, path, _, example in self.bodies():
            with self.subTest(f"{method} {path}"):
                self.assertLess(self.server.request(method, path, ADMIN, example).status, 300)

    def test_every_stated_rule_of_a_query_is_kept(self):
        for method, path, operation in self.contract.operations():
            if method != "get" or "{" in self.path_of(path):
                continue
            for parameter in operation.get("parameters", []):
                if parameter.get("in") != "query":
                    continue
                for why, value in bad_values(parameter["schema"]):
                    if value is None or (why == "type" and parameter["schema"]["type"] == "string"):
                        continue
                    query = urllib.parse.urlencode({parameter["name"]: value})
                    with self.subTest(f"{path}?{query[:60]}"):
                        self.assert_problem(self.server.get(f"{self.path_of(path)}?{query}"), 400)

    def test_a_query_parameter_that_the_document_does_not_name_is_refused(self):
        for method, path, operation in self.contract.operations():
            if method == "get" and operation["security"] and path != "/metrics":
                with self.subTest(path):
                    answer = self.server.get(self.path_of(path).replace("{snapshot_id}", "x").replace("{task_id}", "x") + "?colour=1")
                    self.assert_problem(answer, 400, "colour")

    def test_what_the_document_opens_to_all_needs_no_token_and_nothing_else_does_without(self):
        for method, path, operation in self.contract.operations():
            path = self.path_of(path).replace("{snapshot_id}", "x").replace("{task_id}", "x")
            with self.subTest(f"{method} {path}"):
                answer = self.server.request(method.upper(), path, None)
                self.assertEqual(answer.status == 401, bool(operation["security"]), answer)

    def test_the_server_serves_what_the_command_prints(self):
        answer = self.server.get("/api/v1/openapi.json", None)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        self.assertEqual(answer.body + b"\n", run_galley("openapi").stdout)

    def test_the_document_is_not_sent_again_to_who_has_it(self):
        etag = self.server.get("/api/v1/openapi.json", STRANGER).headers["ETag"]
        answer = self.server.get("/api/v1/openapi.json", None, headers={"If-None-Match": etag})
        self.assertEqual((answer.status, answer.body), (304, b""))


if __name__ == "__main__":
    unittest.main()
