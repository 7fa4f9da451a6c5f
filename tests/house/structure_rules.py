"""Rules about who may use whom, and about what must be there."""
import json
import re

from tree import CPP, Finding, is_test

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

# Header prefix -> the modules that bind the library. fmt is everyone's.
LIBRARIES = {
    "boost/json": {"codec"},
    "boost/": {"net"},
    "curl/": {"net"},
    "simdjson": {"codec"},
    "libdeflate": {"codec"},
    "isa-l": {"codec"},
    "zstd": {"codec"},
    "brotli/": {"codec"},
    "sqlite3": {"store"},
    "libpq-fe": {"store"},
    "hiredis": {"cache"},
    "openssl/": {"base", "auth", "net"},
    "argon2": {"auth"},
    "hb": {"document"},
    "harfbuzz/": {"document"},
    "fontconfig/": {"document"},
    "unicode/": {"document"},
    "fribidi": {"document"},
    "hyphen": {"document"},
    "woff2/": {"document"},
    "png": {"document"},
    "spng": {"document"},
    "jpeglib": {"document"},
    "webp/": {"document"},
    "qpdf/": {"jobs"},
    "CLI/": {"app"},
    "toml++/": {"app"},
    "cctz/": {"schedule"},
    "mimalloc": {"app"},
    "spdlog/": {"base"},
    "seccomp": {"os"},
    "gtest/": set(),
    "gmock/": set(),
    "benchmark/": set(),
}


def read_modules(tree):
    """module -> set of modules it may use (None: all), and the folders of document in their order."""
    allowed, order = {}, []
    for line in (tree.text("tools/modules.txt") or "").splitlines():
        name, colon, rest = line.split("#")[0].partition(":")
        if not colon:
            continue
        if name.strip() == "document-order":
            order = rest.split()
        else:
            allowed[name.strip()] = None if rest.strip() == "*" else set(rest.split())
    return allowed, order


def includes(tree, path):
    """(line, bracket, name) of each include. Read from the raw lines: the name stands in quotes."""
    for number, line in tree.lines(path):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1), found.group(2)


def layers(tree):
    allowed, _ = read_modules(tree)
    for path in tree.select("src/", suffixes=CPP):
        module = path.split("/")[1]
        if module not in allowed:
            yield Finding(path, 1, "layers", f"module {module} is not in tools/modules.txt; add its row")
            continue
        for number, bracket, name in includes(tree, path):
            if bracket != '"':
                continue
            used = name.split("/")[0]
            if used not in allowed and used != "galley":
                yield Finding(path, number, "layers", f"write \"{name}\" with its path from src/")
            elif used not in (module, "galley") and allowed[module] is not None and used not in allowed[module]:
                yield Finding(path, number, "layers",
                              f"{module} may not use {used} (tools/modules.txt); move the code, or hand the value in")
            elif "/testing/" in name and not is_test(path):
                yield Finding(path, number, "layers", "only tests (*_test, *_fixture, testing/) use a testing/ folder")


def document_order(tree):
    _, order = read_modules(tree)
    for path in tree.select("src/document/", suffixes=CPP):
        parts = path.split("/")
        if len(parts) < 4:
            continue
        folder = parts[2]
        if folder not in order:
            yield Finding(path, 1, "document_order", f"folder {folder} is not in document-order of tools/modules.txt")
            continue
        for number, bracket, name in includes(tree, path):
            used = name.split("/")[1:2]
            is_folder = bracket == '"' and name.startswith("document/") and name.count("/") > 1
            if is_folder and used[0] in order and order.index(used[0]) > order.index(folder) and not is_test(path):
                yield Finding(path, number, "document_order",
                              f"{folder} stands left of {used[0]} and may not use it (tools/modules.txt)")


def library_of(name):
    """The longest prefix that fits; "hb" stands for hb.h and hb-ot.h, not for every name that begins so."""
    def fits(prefix):
        rest = name[len(prefix):]
        return name.startswith(prefix) and (prefix.endswith("/") or re.match(r"[-_./\d]", rest) is not None)

    return max(filter(fits, LIBRARIES), key=len, default=None)


def libraries(tree):
    for path in tree.select("src/", suffixes=CPP):
        module = path.split("/")[1]
        for number, bracket, name in includes(tree, path):
            library = library_of(name) if bracket == "<" else None
            if library is None or module in LIBRARIES[library]:
                continue
            if library in ("gtest/", "gmock/") and is_test(path):
                continue
            home = " and ".join(sorted(LIBRARIES[library])) or "tests and bench/"
            yield Finding(path, number, "libraries", f"<{name}> is bound in {home} only; ask there for what you need")


def tests_in_build(tree, compile_commands=None):
    """Every *_test.cpp and fuzzer is compiled; every *_test.py is named in a CMakeLists.txt."""
    lists = "\n".join(tree.text(path) or "" for path in tree.paths if path.endswith(("CMakeLists.txt", ".cmake")))
    compiled = None
    if compile_commands is not None:
        compiled = {entry["file"] for entry in json.loads(compile_commands.read_text(encoding="utf-8"))}
    for path in tree.select("src/", "tests/", "fuzz/", suffixes=("_test.cpp", "_test.py", ".cpp")):
        is_fuzzer = re.fullmatch(r"fuzz/\w+\.cpp", path)
        if not path.endswith(("_test.cpp", "_test.py")) and not is_fuzzer:
            continue
        name = path.rsplit("/", 1)[-1]
        by_list = re.search(r"(?<![\w])" + re.escape(name), lists)
        built = by_list if compiled is None or path.endswith(".py") else str(tree.root / path) in compiled
        if not built:
            yield Finding(path, 1, "tests_in_build", "is on disk and not in the build; add it to its CMakeLists.txt")


def readmes(tree):
    modules = {path.split("/")[1] for path in tree.select("src/", suffixes=CPP)}
    for module in sorted(modules):
        if f"src/{module}/README.md" not in tree.paths:
            yield Finding(f"src/{module}/README.md", 1, "readmes", "missing; write its one paragraph (STYLE.md)")


RULES = [layers, document_order, libraries, tests_in_build, readmes]
