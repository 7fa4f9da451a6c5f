"""Words of a PDF with their places, and how far those of two PDFs lie apart.

A word is (text, x, y): the left edge and the vertical middle of its box as pdftotext tells them, in points. The middle is taken because writers
state the ascent and descent of one font differently; both move the box's edges.
"""

import html
import re
import subprocess

PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">')
WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')
LEADER = re.compile(r'\.{3,}.*')
TOLERANCE_PT = 1.5
GAP_MOST = 0.13  # of the word's height: half of a narrow space


class Page:
    def __init__(self, width, height, words=()):
        self.width, self.height, self.words = width, height, list(words)
        self.end = None  # of the last word, while the page is read


def read_pdf(path):
    """The pages of a PDF file."""
    text = subprocess.run(['pdftotext', '-bbox', path, '-'], capture_output=True, check=True).stdout.decode('utf-8', 'replace')
    pages = []
    for line in text.splitlines():
        if page := PAGE.search(line):
            pages.append(Page(float(page[1]), float(page[2])))
        elif word := WORD.search(line):
            add_word(pages[-1], html.unescape(word[5]).strip(), tuple(float(word[i]) for i in range(1, 5)))
    return [without_leaders(page) for page in pages]


def add_word(page, text, box):
    """pdftotext tears a word apart where letters are spaced or their size changes (small capitals): such parts are one word."""
    left, top, right, bottom = box
    height = bottom - top
    if page.words and page.end:
        end_x, end_top, end_bottom = page.end
        beside = -GAP_MOST * height <= left - end_x <= GAP_MOST * max(height, end_bottom - end_top)
        if beside and abs(bottom - end_bottom) < height / 4:
            before, *place = page.words[-1]
            page.words[-1] = (before + text, *place)
            page.end = (right, top, bottom)
            return
    page.words.append((text, round(left, 1), round((top + bottom) / 2, 1)))
    page.end = (right, top, bottom)


def without_leaders(page):
    """Dots of leaders are words to pdftotext, or cling to the word before them, as their distance happens to be."""
    words = ((LEADER.sub('', text), x, y) for text, x, y in page.words)
    return Page(page.width, page.height, [word for word in words if word[0].strip('.')])


def write_words(pages):
    """Pages as text: "# width height", then one word a line: x y text."""
    lines = []
    for page in pages:
        lines.append(f'# {page.width:g} {page.height:g}')
        lines += [f'{x:g} {y:g} {text}' for text, x, y in page.words]
    return '\n'.join(lines) + '\n'


def read_words(text):
    pages = []
    for line in text.splitlines():
        first, second, *rest = line.split(' ', 2)
        if first == '#':
            pages.append(Page(float(second), float(rest[0])))
        else:
            pages[-1].words.append((rest[0], float(first), float(second)))
    return pages


def distance(one, other):
    return max(abs(one[1] - other[1]), abs(one[2] - other[2]))


def match_page(ours, theirs):
    """Pairs (distance, our word, their word), nearest first; words without a partner have None."""
    by_text = {}
    for word in theirs:
        by_text.setdefault(word[0], []).append(word)
    candidates = sorted((distance(word, other), i, word, other) for i, word in enumerate(ours) for other in by_text.get(word[0], ()))
    pairs, used_ours, left = [], set(), {text: list(words) for text, words in by_text.items()}
    for apart, i, word, other in candidates:
        if i in used_ours or other not in left[word[0]]:
            continue
        used_ours.add(i)
        left[word[0]].remove(other)
        pairs.append((apart, word, other))
    pairs += [(None, word, None) for i, word in enumerate(ours) if i not in used_ours]
    pairs += [(None, None, other) for words in left.values() for other in words]
    return pairs


class Comparison:
    """What two lists of pages have in common."""

    def __init__(self, ours, theirs):
        self.pages, self.pages_wanted = len(ours), len(theirs)
        self.same, self.total, self.worst = 0, 0, []
        for number in range(max(len(ours), len(theirs))):
            our_words = ours[number].words if number < len(ours) else []
            their_words = theirs[number].words if number < len(theirs) else []
            pairs = match_page(our_words, their_words)
            near = [pair for pair in pairs if pair[0] is not None and pair[0] <= TOLERANCE_PT]
            self.same += len(near)
            self.total += max(len(our_words), len(their_words))
            self.worst += [(number + 1, *pair) for pair in pairs if pair[0] is None or pair[0] > TOLERANCE_PT]
        self.sizes_equal = all(abs(a.width - b.width) < 1 and abs(a.height - b.height) < 1 for a, b in zip(ours, theirs))

    @property
    def share(self):
        return self.same / self.total if self.total else 1.0

    def agrees(self, floor):
        """A floor of 0 stands for a document that is known to differ, page count included."""
        return floor == 0 or (self.pages == self.pages_wanted and self.sizes_equal and self.share >= floor)

    def describe(self, limit=8):
        lines = [f'pages {self.pages} (wanted {self.pages_wanted}), words within {TOLERANCE_PT} pt {self.share:.1%} of {self.total}']
        for page, apart, word, other in self.worst[:limit]:
            if apart is None:
                lines.append(f'  page {page}: ' + (f'{word} is ours alone' if word else f'{other} is missing'))
            else:
                lines.append(f'  page {page}: {word[0]!r} at {word[1:]}, wanted {other[1:]}, {word[1] - other[1]:+.1f} {word[2] - other[2]:+.1f}')
        return '\n'.join(lines)
