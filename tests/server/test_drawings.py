"""SVG and other images through the real command line: what the PDF holds, what its text is, what the warnings name."""
import base64
import pathlib
import subprocess
import tempfile
import unittest

from galley_server import run_galley

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40">%s</svg>'
WEBP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="


class Drawings(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def render(self, html, **files):
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (self.folder / name.replace("_", ".")).write_bytes(data)
        page = self.folder / "page.html"
        page.write_text(html, encoding="utf-8")
        pdf = self.folder / "page.pdf"
        done = run_galley("render", str(page), "-o", str(pdf))
        self.assertEqual(done.returncode, 0, done.stderr)
        checked = subprocess.run(["qpdf", "--check", pdf], capture_output=True, text=True, check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        return pdf, "\n".join(line for line in done.stderr.decode().splitlines() if line.startswith("warning: "))

    def objects(self, pdf):
        """The file with its streams unpacked, as text."""
        done = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", pdf, "-"], capture_output=True, check=True)
        return done.stdout.decode("latin-1")

    def text(self, pdf):
        return subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout

    def test_text_of_an_inline_drawing_can_be_copied(self):
        pdf, warnings = self.render("<p>before" + SVG % '<text x="5" y="20">Inside <tspan fill="red">the</tspan> chart</text>')
        self.assertIn("Inside the chart", self.text(pdf))
        self.assertEqual(warnings, "")

    def test_a_file_is_drawn_as_paths_and_never_as_pixels(self):
        logo = SVG % '<circle cx="20" cy="20" r="15" fill="#f00"/><text x="40" y="20">Logo</text>'
        pdf, _ = self.render('<img src="a.svg"><div style="background:url(a.svg);height:40px;width:240px"></div>', a_svg=logo)
        everything = self.objects(pdf)
        self.assertIn("1 0 0 rg", everything)
        self.assertNotIn("/Subtype /Image", everything)
        self.assertIn("Logo", self.text(pdf))

    def test_a_logo_on_every_page_is_in_the_file_once(self):
        style = "<style>@page{size:A6;@top-left{content:url(a.svg)}}p{break-after:page}</style>"
        pdf, _ = self.render(style + "<p>1<p>2<p>3<p>4", a_svg=SVG % '<path d="M0 0h9v9z"/>')
        everything = self.objects(pdf)
        self.assertEqual(everything.count("/Subtype /Form"), 1)
        self.assertEqual(everything.count("/Type /Page\n"), 4)

    def test_what_is_not_drawn_is_named(self):
        _, warnings = self.render(SVG % '<filter id="f"/><foreignObject/><rect width="9" height="9" filter="url(#f)"/><script>1</script>')
        self.assertIn("foreignObject", warnings)
        self.assertIn("filter", warnings)
        self.assertIn("script", warnings)

    def test_entities_of_a_file_are_never_declared(self):
        bomb = '<!DOCTYPE svg [<!ENTITY a "boom"><!ENTITY b SYSTEM "page.html">]>' + SVG % '<text y="20">x&amp;&a;&b;</text>'
        pdf, _ = self.render('<img src="a.svg">', a_svg=bomb)
        self.assertIn("x&&a;&b;", self.text(pdf))

    def test_uses_of_uses_end_at_the_limit(self):
        levels = "".join(f'<g id="l{i}">' + f'<use href="#l{i + 1}"/>' * 10 + "</g>" for i in range(12))
        _, warnings = self.render(SVG % (f"<defs>{levels}<rect id=\"l12\" width=\"1\" height=\"1\"/></defs><use href=\"#l0\"/>"))
        self.assertIn("svg_elements_max", warnings)

    def test_one_image_in_two_places_is_in_the_file_once(self):
        dot = base64.b64decode(WEBP)
        pdf, _ = self.render('<img src="a.webp" width=20>', a_webp=dot)
        alone = self.objects(pdf).count("/Subtype /Image")
        pdf, warnings = self.render('<img src="a.webp" width=20><img src="b.webp" width=30>', a_webp=dot, b_webp=dot)
        self.assertEqual(warnings, "")
        self.assertEqual(self.objects(pdf).count("/Subtype /Image"), alone)

    def test_pixelated_images_are_not_interpolated(self):
        dot = base64.b64decode(WEBP)
        pdf, _ = self.render('<img src="a.webp" width=20 style="image-rendering:pixelated">', a_webp=dot)
        self.assertNotIn("/Interpolate true", self.objects(pdf))
        pdf, _ = self.render('<img src="a.webp" width=20>', a_webp=dot)
        self.assertIn("/Interpolate true", self.objects(pdf))


if __name__ == "__main__":
    unittest.main()
