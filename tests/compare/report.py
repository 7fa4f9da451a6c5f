"""Every page as Galley and as WeasyPrint show it, side by side, with what differs between them in red."""

import html
import io
import os

from pictures import rasterize

STYLE = ('body{font:14px sans-serif;margin:1em}.pages{display:flex;gap:1%}.pages figure{margin:0;flex:1}img{border:1px solid #999;max-width:100%}'
         'h2{margin-top:2em}.d td{color:#b00}td,th{padding:2px 12px;text-align:right}td:first-child,th:first-child{text-align:left}')
DPI = 60
SHADES = 60  # of 255: a pixel that differs by more counts


def difference(ours, theirs):
    """(share of the pixels that differ, their picture in pale gray with those pixels in red)."""
    from PIL import Image, ImageChops  # WeasyPrint brings it
    size = (max(ours.width, theirs.width), max(ours.height, theirs.height))
    padded = [Image.new('RGB', size, 'white') for _ in range(2)]
    for canvas, picture in zip(padded, (ours, theirs)):
        canvas.paste(picture)
    apart = ImageChops.difference(*padded).split()
    mask = ImageChops.lighter(ImageChops.lighter(apart[0], apart[1]), apart[2]).point(lambda shade: 255 if shade > SHADES else 0)
    pale = padded[1].convert('L').point(lambda shade: 160 + shade * 95 // 255).convert('RGB')
    pale.paste((220, 0, 0), mask=mask)
    return mask.histogram()[255] / (size[0] * size[1]), pale


def figure(name, caption):
    return f'<figure><a href="{name}"><img src="{name}" loading="lazy"></a><figcaption>{caption}</figcaption></figure>'


def section(name, folder, ours, theirs, comparison):
    from PIL import Image
    pages = [[Image.open(io.BytesIO(data)) for data in rasterize(pdf, folder, DPI, ['-png'])] for pdf in (ours, theirs)]
    out = [f'<h2 id="{name}">{name}</h2><pre>{html.escape(comparison.describe(12))}</pre>']
    worst = 0.0
    for number in range(max(map(len, pages))):
        both = [side[number].convert('RGB') if number < len(side) else None for side in pages]
        figures = []
        for who, picture in zip(('Galley', 'WeasyPrint'), both):
            if picture is not None:
                file = f'{name}.{number + 1}.{who.lower()}.png'
                picture.save(os.path.join(folder, file))
                figures.append(figure(file, who))
        share = 1.0
        if None not in both:
            share, picture = difference(*both)
            file = f'{name}.{number + 1}.difference.png'
            picture.save(os.path.join(folder, file))
            figures.append(figure(file, f'{share:.2%} of the pixels differ'))
        worst = max(worst, share)
        out.append(f'<h3>page {number + 1}</h3><div class="pages">{"".join(figures)}</div>')
    return '\n'.join(out), worst


def write_report(options, folder):
    """Answers 0 when each document reaches its floor."""
    from compare import compare, document_names, path_of, render_theirs
    from differences import floor_of
    from words import read_pdf
    os.makedirs(folder, exist_ok=True)
    names = options.names or document_names()
    targets = {name: os.path.join(folder, os.path.basename(path_of(name))[:-5] + '.theirs.pdf') for name in names}
    version = render_theirs([(path_of(name), targets[name]) for name in names])
    rows, sections, below = [], [], 0
    for name in names:
        comparison = compare(options.galley, name, folder, read_pdf(targets[name]))
        short = os.path.basename(path_of(name))[:-5]
        text, share = section(short, folder, os.path.join(folder, short + '.ours.pdf'), targets[name], comparison)
        agrees = comparison.agrees(floor_of(name))
        below += not agrees
        rows.append(f'<tr{"" if agrees else " class=d"}><td><a href="#{short}">{short}</a><td>{comparison.pages}<td>{comparison.pages_wanted}'
                    f'<td>{comparison.share:.1%}<td>{share:.2%}')
        sections.append(text)
    with open(os.path.join(folder, 'index.html'), 'w', encoding='utf-8') as file:
        file.write(f'<!DOCTYPE html><meta charset="utf-8"><title>Pages beside WeasyPrint\'s</title><style>{STYLE}</style><h1>Galley, and WeasyPrint {version}</h1>'
                   '<table><tr><th>document<th>pages<th>theirs<th>words agree<th>worst page, pixels</tr>' + '\n'.join(rows) + '</table>' + '\n'.join(sections))
    print(os.path.join(folder, 'index.html'))
    return 1 if below else 0
