"""Holds answers of the real server against its own OpenAPI document: status, content type, headers and every JSON member.

Server.request() does so for every call of every test. Objects of answers are closed here although the document leaves them open: a member
that the table of schemas does not name is a drift that a test shall see.
"""
import functools
import gzip
import json
import re
import subprocess

import jsonschema

METHODS = ("get", "post", "put", "patch", "delete")


# Headers that tell a client what to do: where they are sent, the document says so.
PROMISED_HEADERS = {"Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy", "WWW-Authenticate",
                    "Idempotency-Replayed"}


def close_objects(node):
    """Every object with named members refuses others."""
    if isinstance(node, dict):
        if "properties" in node and node.get("type") != "string":
            node.setdefault("additionalProperties", False)
        for child in node.values():
            close_objects(child)
    elif isinstance(node, list):
        for child in node:
            close_objects(child)
    return node


class Contract:
    def __init__(self, document):
        self.document = document
        self.closed = close_objects(json.loads(json.dumps(document)))
        self.routes = [(self.pattern(path), path) for path in document["paths"]]
        self.routes.sort(key=lambda route: route[1].count("{"))  # literals win over parameters

    @staticmethod
    def pattern(path):
        return re.compile("^" + re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) + "$")

    def operations(self):
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield method, path, item[method]

    def find(self, method, path):
        """The closed operation for a real path; None when there is none."""
        method = "get" if method == "HEAD" else method.lower()
        for pattern, name in self.routes:
            if pattern.match(path) and method in self.closed["paths"][name]:
                return self.closed["paths"][name][method]
        return None

    def resolve(self, schema):
        if "$ref" not in schema:
            return schema
        found = self.document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return found

    def check_json(self, schema, value):
        whole = {**schema, "components": self.closed["components"]}
        checker = jsonschema.Draft202012Validator(whole, format_checker=FORMATS)
        return [f"{error.json_path}: {error.message[:200]}" for error in checker.iter_errors(value)]

    def faults(self, method, target, answer):
        """What the document does not allow of this answer; calls of no known endpoint are not its business."""
        operation = self.find(method, target.partition("?")[0])
        if operation is None:
            return []
        stated = operation["responses"].get(str(answer.status))
        if stated is None:
            return [f"status {answer.status} is not stated"]
        unstated = [name for name in PROMISED_HEADERS.intersection(answer.headers) if name not in stated.get("headers", {})]
        if unstated:
            return [f"headers {unstated} are not stated"]
        if method == "HEAD" or answer.status == 304:
            return []
        content_type = answer.headers.get("Content-Type")
        if "content" not in stated:
            return [] if not answer.body else ["a body is not stated"]
        if content_type not in stated["content"]:
            return [f"content type {content_type} is not stated"]
        if not content_type.endswith("json"):
            return []
        body = decoded(answer)
        return [] if body is None else self.check_json(stated["content"][content_type]["schema"], json.loads(body))


def decoded(answer):
    """The body without its content coding; None when this program has no decoder for it."""
    coding = answer.headers.get("Content-Encoding")
    return answer.body if coding is None else gzip.decompress(answer.body) if coding == "gzip" else None


FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("date-time")
def is_time(value):
    """R1: RFC 3339 in UTC with milliseconds; rooms keep the times that they were given."""
    return not isinstance(value, str) or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value) is not None


@functools.cache
def contract_of(binary):
    output = subprocess.run([binary, "openapi"], capture_output=True, check=True, timeout=60).stdout
    return Contract(json.loads(output))
