#!/usr/bin/python3
"""Shows every house rule a small tree that breaks it, and one that does not."""
import json
import pathlib
import shutil
import tempfile
import unittest

import house
from format_rule import format_rule
from tree import Tree

MODULES = "base:\nnet: base\nos: base\nstore: base\ndocument: base\napp: *\ndocument-order: css layout pdf\n"
HEADER = "// src/{} — a thing.\n#pragma once\n"


class HouseTest(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.put("tools/modules.txt", MODULES)

    def put(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        if path.startswith("src/") and path.count("/") > 1:
            readme = self.root / "src" / path.split("/")[1] / "README.md"
            readme.write_text("one paragraph\n", encoding="utf-8")

    def find(self, compile_commands=None, exceptions=None):
        return house.find_all(Tree(self.root), compile_commands, exceptions or {})

    def expect(self, rule, path, line, part):
        """Exactly one finding, and it is this one."""
        found = self.find()
        self.assertEqual([(f.rule, f.path, f.line) for f in found], [(rule, path, line)], [str(f) for f in found])
        self.assertIn(part, found[0].message)

    def expect_nothing(self):
        self.assertEqual([str(f) for f in self.find()], [])

    def test_a_good_tree_has_no_findings(self):
        self.put("src/net/a.h", HEADER.format("net/a.h") + '#include "base/b.h"\n#include <boost/asio.hpp>\n')
        self.put("src/net/a_test.cpp", '#include "net/a.h"\n#include "base/testing/fake.h"\n#include <gtest/gtest.h>\n')
        self.put("src/net/CMakeLists.txt", "a_test.cpp")
        self.expect_nothing()

    def test_layers_upwards(self):
        self.put("src/base/a.cpp", '// x\n#include "net/a.h"\n')
        self.expect("layers", "src/base/a.cpp", 2, "base may not use net")

    def test_layers_unknown_module(self):
        self.put("src/extra/a.cpp", "\n")
        self.expect("layers", "src/extra/a.cpp", 1, "not in tools/modules.txt")

    def test_layers_short_include(self):
        self.put("src/net/a.cpp", '#include "a.h"\n')
        self.expect("layers", "src/net/a.cpp", 1, "path from src/")

    def test_layers_star_means_all(self):
        self.put("src/app/a.cpp", '#include "net/a.h"\n')
        self.expect_nothing()

    def test_layers_testing_folder_outside_tests(self):
        self.put("src/net/a.cpp", '#include "base/testing/fake.h"\n')
        self.expect("layers", "src/net/a.cpp", 1, "testing/")

    def test_document_order(self):
        self.put("src/document/css/a.cpp", '#include "document/pdf/a.h"\n')
        self.expect("document_order", "src/document/css/a.cpp", 1, "css stands left of pdf")

    def test_document_order_leftwards_is_allowed(self):
        self.put("src/document/pdf/a.cpp", '#include "document/css/a.h"\n#include "document/document.h"\n')
        self.expect_nothing()

    def test_document_order_unknown_folder(self):
        self.put("src/document/extra/a.cpp", "\n")
        self.expect("document_order", "src/document/extra/a.cpp", 1, "document-order")

    def test_libraries(self):
        self.put("src/net/a.cpp", "#include <sqlite3.h>\n")
        self.expect("libraries", "src/net/a.cpp", 1, "bound in store")

    def test_libraries_by_prefix_of_a_name(self):
        self.put("src/net/a.cpp", "#include <hb-ot.h>\n")
        self.expect("libraries", "src/net/a.cpp", 1, "bound in document")

    def test_libraries_gtest_outside_tests(self):
        self.put("src/net/a.cpp", "#include <gtest/gtest.h>\n")
        self.expect("libraries", "src/net/a.cpp", 1, "tests")

    def test_test_missing_in_lists(self):
        self.put("src/net/a_test.cpp", "\n")
        self.put("src/net/CMakeLists.txt", "data_test.cpp other_a_test.cpp")
        self.expect("tests_in_build", "src/net/a_test.cpp", 1, "not in the build")

    def test_test_missing_in_compile_commands(self):
        for name in ("a_test.cpp", "b_test.cpp"):
            self.put(f"src/net/{name}", "\n")
        self.put("src/net/CMakeLists.txt", "a_test.cpp b_test.cpp")
        commands = self.root / "compile_commands.json"
        commands.write_text(json.dumps([{"file": str(self.root.resolve() / "src/net/a_test.cpp")}]), encoding="utf-8")
        self.assertEqual([f.path for f in self.find(commands)], ["src/net/b_test.cpp"])

    def test_fuzzer_missing(self):
        self.put("fuzz/a.cpp", "\n")
        self.expect("tests_in_build", "fuzz/a.cpp", 1, "not in the build")

    def test_readme_missing(self):
        self.put("src/net/a.cpp", "\n")
        (self.root / "src/net/README.md").unlink()
        self.expect("readmes", "src/net/README.md", 1, "missing")

    def test_header_without_contract(self):
        self.put("src/net/a.h", "// src/net/b.h — a thing.\n#pragma once\n")
        self.expect("header_contract", "src/net/a.h", 1, "src/net/a.h — ")

    def test_header_without_pragma(self):
        self.put("src/net/a.h", "// src/net/a.h — a thing.\n")
        self.expect("header_contract", "src/net/a.h", 1, "#pragma once")

    def test_file_too_long(self):
        self.put("src/net/a.cpp", "\n" * 600)
        self.expect_nothing()
        self.put("src/net/a.cpp", "\n" * 601)
        self.expect("file_length", "src/net/a.cpp", 601, "601 lines")

    def test_line_too_long_in_characters(self):
        self.put("src/net/a.cpp", "\n// " + "é " * 58 + "é\n")
        self.expect_nothing()
        self.put("src/net/a.cpp", "\n// " + "é " * 58 + "éé\n")
        self.expect("line_form", "src/net/a.cpp", 2, "121 columns")

    def test_long_word_cannot_be_broken(self):
        self.put("src/net/a.cpp", "// " + "x" * 200 + "\n")
        self.expect_nothing()

    def test_tab_and_trailing_blank(self):
        self.put("src/net/a.cpp", "int\ta;\n")
        self.expect("line_form", "src/net/a.cpp", 1, "tab")
        self.put("src/net/a.cpp", "int a; \n")
        self.expect("line_form", "src/net/a.cpp", 1, "blanks")

    def test_os_door(self):
        for line, part in [("auto t = std::chrono::steady_clock::now();", "clock"),
                           ("std::random_device d;", "randomness"),
                           ("std::ofstream out(p);", "file"),
                           ("int f = ::open(p, 0);", "file"),
                           ("FILE* f = fopen(p);", "file")]:
            self.put("src/net/a.cpp", line + "\n")
            self.expect("os_door", "src/net/a.cpp", 1, part)

    def test_os_door_reads_code_only(self):
        self.put("src/net/a.cpp", 'f("fopen"); // std::ofstream\nauto r = Disk::open(p);\nauto q = files.open(p);\n')
        self.put("src/os/a.cpp", "int f = ::open(p, 0);\n")
        self.put("src/net/testing/a.cpp", "std::ifstream in(p);\n")
        self.expect_nothing()

    def test_sleep_in_a_test(self):
        self.put("src/net/a_test.cpp", "int a;\nstd::this_thread::sleep_for(1s);\n")
        self.put("src/net/CMakeLists.txt", "a_test.cpp")
        self.expect("no_sleep", "src/net/a_test.cpp", 2, "sleeps")

    def test_banned_words(self):
        for line in ("// TODO", "int a;  // TODO:", "// a hack", "// FIXME later"):
            self.put("src/net/a.cpp", line + "\n")
            self.expect("banned_words", "src/net/a.cpp", 1, "")
        self.put("src/net/a.cpp", "// TODO: say what is to be done\n")
        self.expect_nothing()

    def test_machine_path(self):
        for folder in ("home", "root", "Users"):
            self.put("deploy/a.conf", f"x\ndata = /{folder}/me/data\n")
            self.expect("machine_paths", "deploy/a.conf", 2, "one machine")
        self.put("deploy/a.conf", "https://x.example/home/page\n${root}/home/x\n")
        self.expect_nothing()

    def test_exceptions_cover_and_go_stale(self):
        self.put("src/net/a.cpp", "std::random_device d;\n")
        exceptions = {("os_door", "src/net/a.cpp"): "shown here"}
        self.assertEqual(self.find(exceptions=exceptions), [])
        self.put("src/net/a.cpp", "\n")
        self.assertEqual([f.rule for f in self.find(exceptions=exceptions)], ["exceptions"])

    @unittest.skipUnless(shutil.which("clang-format-19"), "needs clang-format-19")
    def test_format(self):
        self.put(".clang-format", "BasedOnStyle: Google\n")
        self.put("src/net/good.cpp", "int a;\n")
        self.put("src/net/bad.cpp", "int a;\nint   b;\n")
        found = list(format_rule(Tree(self.root), "clang-format-19"))
        self.assertEqual([(f.path, f.line) for f in found], [("src/net/bad.cpp", 2)])


if __name__ == "__main__":
    unittest.main()
