"""The pictures of every page of both renderers side by side, with how much of each page differs."""

import html
import os
import subprocess

STYLE = 'body{font:14px sans-serif}img{border:1px solid #999;max-width:48%;vertical-align:top}h2{margin-top:2em}.d{color:#b00}'
SMALL_DPI = 36  # at which pictures are compared: glyph edges blur, misplaced lines do not
SHADES = 48     # of 255: a pixel that differs by more counts


def pictures(pdf, prefix, dpi, kind):
    subprocess.run(['pdftoppm', '-r', str(dpi), kind, pdf, prefix], check=True, capture_output=True)
    folder, start = os.path.split(prefix)
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.startswith(start + '-')]


def read_gray(path):
    with open(path, 'rb') as file:
        data = file.read()
    _, width, height, _, = data.split(None, 4)[:4]
    return int(width), int(height), data[len(data) - int(width) * int(height):]


def differing_share(one, other):
    """Share of the pixels of two gray pictures that differ; 1 when their sizes do."""
    width, height, ours = read_gray(one)
    if (width, height) != read_gray(other)[:2]:
        return 1.0
    theirs = read_gray(other)[2]
    return sum(abs(a - b) > SHADES for a, b in zip(ours, theirs)) / max(1, len(ours))


def section(name, folder, ours, theirs, comparison):
    small = [pictures(pdf, os.path.join(folder, f'{name}.{who}.small'), SMALL_DPI, '-gray') for pdf, who in ((ours, 'a'), (theirs, 'b'))]
    large = [pictures(pdf, os.path.join(folder, f'{name}.{who}'), 60, '-png') for pdf, who in ((ours, 'a'), (theirs, 'b'))]
    large = [[path for path in paths if path.endswith('.png')] for paths in large]
    shares = [differing_share(a, b) for a, b in zip(*small)]
    out = [f'<h2 id="{name}">{name}</h2><pre>{html.escape(comparison.describe(12))}</pre>']
    for number in range(max(map(len, large))):
        share = f'{shares[number]:.1%} of the pixels differ' if number < len(shares) else 'one page alone'
        images = ''.join(f'<img src="{os.path.basename(paths[number])}"> ' for paths in large if number < len(paths))
        out.append(f'<p>page {number + 1}: {share}</p><div>{images}</div>')
    for paths in small:
        for path in paths:
            os.remove(path)
    return '\n'.join(out), max(shares, default=1.0)


def write_report(options, folder):
    from compare import compare, document_names, path_of, render_theirs
    from differences import floor_of
    from words import read_pdf
    os.makedirs(folder, exist_ok=True)
    names = options.names or document_names()
    targets = {name: os.path.join(folder, os.path.basename(path_of(name))[:-5] + '.theirs.pdf') for name in names}
    version = render_theirs([(path_of(name), targets[name]) for name in names])
    rows, sections = [], []
    for name in names:
        comparison = compare(options.galley, name, folder, read_pdf(targets[name]))
        short = os.path.basename(path_of(name))[:-5]
        text, share = section(short, folder, os.path.join(folder, short + '.ours.pdf'), targets[name], comparison)
        mark = '' if comparison.agrees(floor_of(name)) else ' class="d"'
        rows.append(f'<tr{mark}><td><a href="#{short}">{short}</a><td>{comparison.pages}<td>{comparison.pages_wanted}<td>{comparison.share:.1%}<td>{share:.1%}')
        sections.append(text)
    with open(os.path.join(folder, 'index.html'), 'w', encoding='utf-8') as file:
        file.write(f'<!DOCTYPE html><meta charset="utf-8"><title>Pages beside WeasyPrint\'s</title><style>{STYLE}</style><h1>Galley, and WeasyPrint {version}</h1>'
                   '<table><tr><th>document<th>pages<th>theirs<th>words agree<th>worst page, pixels</tr>' + '\n'.join(rows) + '</table>' + '\n'.join(sections))
    print(os.path.join(folder, 'index.html'))
    return 0
