"""The demo room's snapshot with ReportLab: the same sections as tables; prints the median of RUNS warm renders in ms."""
import io
import json
import statistics
import sys
import time

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

room = json.load(open(sys.argv[1], encoding="utf-8"))
runs = int(sys.argv[2])
styles = getSampleStyleSheet()
cell = styles["BodyText"].clone("cell", fontSize=7.5, leading=9.5)
HEAD = TableStyle([("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#0f4c81")), ("TEXTCOLOR", (0, 0), (-1, 0), colors.white),
                   ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), .5, colors.HexColor("#dde4eb")),
                   ("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, colors.HexColor("#f4f7fa")]), ("FONTSIZE", (0, 0), (-1, -1), 7.5)])
SECTIONS = [("Parties", "parties", ["role", "name", "company", "country", "email", "status"]),
            ("Vessels", "vessels", ["name", "vessel_type", "imo", "flag", "loa_m", "beam_m", "draft_m", "deadweight", "built", "status"]),
            ("Documents", "documents", ["type_code", "type_name", "criticality", "status", "version", "uploaded_at", "expires_on", "notes"]),
            ("Approvals", "approvals", ["party", "document", "status", "decided_at", "comment"]),
            ("Activity", "activity", ["timestamp", "actor", "text"])]


def text(value):
    return Paragraph("" if value is None else str(value).replace("&", "&amp;").replace("<", "&lt;"), cell)


def page(canvas, document):
    canvas.setFont("Helvetica", 8)
    canvas.drawString(14 * mm, A4[1] - 10 * mm, "Room snapshot " + room["room"]["reference"])
    canvas.drawRightString(A4[0] - 14 * mm, 8 * mm, f"Page {document.page}")


def render():
    story = [Paragraph(room["room"]["title"], styles["Title"]), Paragraph(room["room"]["description"], styles["BodyText"])]
    for title, key, columns in SECTIONS:
        story += [Spacer(1, 4 * mm), Paragraph(title, styles["Heading2"])]
        rows = [[name.replace("_", " ").title() for name in columns]]
        rows += [[text(entry.get(name)) for name in columns] for entry in room[key]]
        story.append(Table(rows, repeatRows=1, style=HEAD))
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, leftMargin=14 * mm, rightMargin=14 * mm, topMargin=18 * mm, bottomMargin=16 * mm).build(
        story, onFirstPage=page, onLaterPages=page)
    return out.getvalue()


render()
times = []
for _ in range(runs):
    began = time.perf_counter()
    render()
    times.append((time.perf_counter() - began) * 1e3)
print(statistics.median(times))
