"""An HTML file's headings, paragraphs and tables as ReportLab platypus flowables; prints the median of RUNS warm renders in ms.

ReportLab reads no HTML and no CSS: what is measured is the same text in the same order, styled by its own means. Reading the file is not measured.
"""
import html.parser
import io
import statistics
import sys
import time

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

BLOCKS = {"p", "h1", "h2", "h3", "h4", "li", "div", "td", "th", "caption", "figcaption", "blockquote", "dt", "dd", "tr", "table", "ul", "ol"}
styles = getSampleStyleSheet()
small = styles["BodyText"].clone("small", fontSize=8, leading=10)
LINES = TableStyle([("GRID", (0, 0), (-1, -1), .5, colors.HexColor("#cbd5df")), ("FONTSIZE", (0, 0), (-1, -1), 8), ("VALIGN", (0, 0), (-1, -1), "TOP")])


class Blocks(html.parser.HTMLParser):
    """("text", heading level or 0, words) and ("table", rows), in the order of the document; nested tables become text."""

    def __init__(self):
        super().__init__()
        self.blocks, self.words, self.level, self.rows, self.skipped = [], "", 0, None, 0

    def flush(self):
        text = " ".join(self.words.split())
        self.words = ""
        if text and self.rows is None:
            self.blocks.append(("text", self.level, text))
        return text

    def handle_starttag(self, tag, attrs):
        self.skipped += tag in ("style", "script", "title", "svg")
        if tag in BLOCKS and tag not in ("td", "th"):
            self.flush()
        if tag == "table" and self.rows is None:
            self.rows = []
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("td", "th"):
            self.words = ""
        self.level = int(tag[1]) if tag in ("h1", "h2", "h3", "h4") else self.level

    def handle_endtag(self, tag):
        self.skipped -= tag in ("style", "script", "title", "svg")
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append(self.flush())
        elif tag == "table" and self.rows is not None:
            rows, self.rows = [row for row in self.rows if row], None
            if rows:
                self.blocks.append(("table", rows))
        elif tag in BLOCKS:
            self.flush()
            self.level = 0

    def handle_data(self, data):
        if not self.skipped:
            self.words += data


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def story(blocks):
    for block in blocks:
        if block[0] == "text":
            yield Paragraph(escaped(block[2]), styles[f"Heading{block[1]}"] if block[1] else styles["BodyText"])
            continue
        width = max(len(row) for row in block[1])
        # Paragraphs wrap; for a very long table plain strings are what its users are told to take.
        cell = (lambda text: text) if len(block[1]) > 1000 else (lambda text: Paragraph(escaped(text), small))
        yield Table([[cell(text) for text in row] + [""] * (width - len(row)) for row in block[1]], repeatRows=1, style=LINES)


def number_page(canvas, document):
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(document.pagesize[0] - 40, 20, f"Page {document.page}")


source = open(sys.argv[1], encoding="utf-8").read()
parser = Blocks()
parser.feed(source)
size = landscape(A4) if "A4 landscape; margin" in source else A4


def render():
    began = time.perf_counter()
    SimpleDocTemplate(io.BytesIO(), pagesize=size).build(list(story(parser.blocks)), onFirstPage=number_page, onLaterPages=number_page)
    return (time.perf_counter() - began) * 1e3


runs = int(sys.argv[2])
if runs > 1:
    render()
print(statistics.median(render() for _ in range(runs)))
