"""The files that the rules look at: their paths, text and lines; and what a rule reports."""
import dataclasses
import functools
import pathlib
import re
import subprocess

CPP = (".h", ".cpp")


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


class Tree:
    """A checkout. Paths are relative to its root, with forward slashes."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.paths = [path for path in self._list() if (self.root / path).is_file()]

    def _list(self):
        """What git tracks or would track; without git, every file."""
        if (self.root / ".git").exists():
            listed = subprocess.run(
                ["git", "-C", str(self.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                capture_output=True, check=True)
            return sorted({path for path in listed.stdout.decode().split("\0") if path})
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*"))

    def select(self, *folders, suffixes):
        return [path for path in self.paths if path.startswith(folders) and path.endswith(suffixes)]

    @functools.lru_cache(maxsize=None)
    def text(self, path):
        """None for what is not UTF-8 text."""
        try:
            return (self.root / path).read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            return None

    def lines(self, path):
        """(number, line) without line ends."""
        return enumerate((self.text(path) or "").split("\n"), start=1)

    def code_lines(self, path):
        """(number, line) of C++ with texts emptied and comments cut off."""
        for number, line in self.lines(path):
            line = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)
            yield number, line.split("//")[0]


def is_test(path):
    """Tests and what only they use: *_test.*, *_fixture.*, testing/ and tests/."""
    by_name = re.search(r"_(?:test|fixture)\.\w+$", path) is not None
    return by_name or "/testing/" in path or path.startswith("tests/")
