"""Small pictures of pages: what positions of words do not say (backgrounds, borders, images), held against WeasyPrint's.

A document's pages are kept as one gray PNG, one below the other: pictures/NAME.png, written and read here without a library.
"""

import os
import struct
import subprocess
import tempfile
import zlib

DPI = 18       # glyphs are a gray haze, misplaced boxes and lines are not
SHADES = 60    # of 255: a pixel that differs by more counts
SIGNATURE = b'\x89PNG\r\n\x1a\n'


def rasterize(pdf, folder, dpi, kind):
    """The pictures of a PDF's pages, in order: pdftoppm's -gray, -png or none (PPM)."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        subprocess.run(['pdftoppm', '-r', str(dpi), *kind, pdf, os.path.join(place, 'page')], check=True, capture_output=True)
        for name in sorted(os.listdir(place)):
            with open(os.path.join(place, name), 'rb') as file:
                yield file.read()


def pages_of(pdf, folder):
    """(width, height, gray bytes) of each page."""
    for data in rasterize(pdf, folder, DPI, ['-gray']):
        width, height = (int(number) for number in data.split(None, 4)[1:3])
        yield width, height, data[len(data) - width * height:]


def stacked(pages):
    """Pages one below the other, filled with white at the right."""
    pages = list(pages)
    width = max((page[0] for page in pages), default=0)
    rows = [page[2][y * page[0]:(y + 1) * page[0]].ljust(width, b'\xff') for page in pages for y in range(page[1])]
    return width, len(rows), b''.join(rows)


def chunk(name, content):
    return struct.pack('>I', len(content)) + name + content + struct.pack('>I', zlib.crc32(name + content))


def write_png(path, picture):
    width, height, data = picture
    rows = b''.join(b'\0' + data[y * width:(y + 1) * width] for y in range(height))
    header = struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0)
    with open(path, 'wb') as file:
        file.write(SIGNATURE + chunk(b'IHDR', header) + chunk(b'IDAT', zlib.compress(rows, 9)) + chunk(b'IEND', b''))


def read_png(path):
    """What write_png() wrote; no other PNG."""
    with open(path, 'rb') as file:
        data = file.read()
    width, height = struct.unpack('>II', data[16:24])
    (length,) = struct.unpack('>I', data[33:37])
    rows = zlib.decompress(data[41:41 + length])
    return width, height, b''.join(rows[y * (width + 1) + 1:(y + 1) * (width + 1)] for y in range(height))


def differing_share(one, other):
    """Share of the pixels that differ; 1 when the sizes do."""
    if one[:2] != other[:2]:
        return 1.0
    return sum(abs(a - b) > SHADES for a, b in zip(one[2], other[2])) / max(1, len(one[2]))
