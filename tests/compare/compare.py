#!/usr/bin/env python3
"""Compares Galley's pages with WeasyPrint's: page counts, and where the words lie.

    compare.py --galley build/release/galley                        all documents, against the recorded words
    compare.py --galley ... invoice-classic -v                      one document, with the worst words
    compare.py --galley ... --refresh                               records WeasyPrint's words and pictures anew (needs WeasyPrint)
    compare.py --galley ... --live path/to/any.html                 any document, WeasyPrint run on the spot
    compare.py --galley ... --chromium flex-dashboard               Chromium in WeasyPrint's place: who is right?
    compare.py --galley ... --report /tmp/report                    index.html with the pictures of each page, and of what differs (needs WeasyPrint)

Exit status 1: a document is below its floor (differences.py), or nothing is recorded for it.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile

from differences import floor_of
from pictures import differing_share, pages_of, read_png, stacked, write_png
from words import Comparison, read_pdf, read_words, write_words

HERE = os.path.dirname(os.path.abspath(__file__))
DOCUMENTS = os.path.join(HERE, 'documents')
RECORDED = os.path.join(HERE, 'weasyprint')
PICTURES = os.path.join(HERE, 'pictures')
FONTS = os.path.join(HERE, '..', 'fonts', 'fonts.conf')

# One process for many documents: its start costs more than a short document.
WEASYPRINT = '''
import logging, sys, weasyprint
logging.disable(logging.CRITICAL)
for line in sys.stdin:
    source, target = line.rstrip("\\n").split("\\t")
    weasyprint.HTML(filename=source).write_pdf(target)
print(weasyprint.__version__)
'''


def environment():
    return {**os.environ, 'FONTCONFIG_FILE': FONTS}


def document_names():
    return sorted(name[:-5] for name in os.listdir(DOCUMENTS) if name.endswith('.html'))


def path_of(name):
    return name if name.endswith('.html') else os.path.join(DOCUMENTS, name + '.html')


def digest(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()[:16]


def render_ours(galley, source, target):
    done = subprocess.run([galley, 'render', source, '-o', target], capture_output=True, env=environment())
    if done.returncode:
        raise RuntimeError(f'{source}: ' + done.stderr.decode('utf-8', 'replace'))


def have_weasyprint():
    return subprocess.run(['/usr/bin/python3', '-c', 'import weasyprint'], capture_output=True).returncode == 0


def render_theirs(jobs):
    """Writes target for each (source, target); the answer is WeasyPrint's version."""
    lines = ''.join(f'{source}\t{target}\n' for source, target in jobs)
    done = subprocess.run(['/usr/bin/python3', '-c', WEASYPRINT], input=lines.encode(), capture_output=True, check=True, env=environment())
    return done.stdout.decode().split()[-1]


def recorded_path(name):
    return os.path.join(RECORDED, name + '.words')


def refresh(names, folder):
    """Records the words of those documents that changed since they were recorded."""
    stale = [name for name in names if recorded(name) is None or not os.path.exists(picture_path(name))]
    version = render_theirs([(path_of(name), os.path.join(folder, name + '.pdf')) for name in stale])
    os.makedirs(RECORDED, exist_ok=True)
    os.makedirs(PICTURES, exist_ok=True)
    for name in stale:
        words = write_words(read_pdf(os.path.join(folder, name + '.pdf')))
        with open(recorded_path(name), 'w', encoding='utf-8') as file:
            file.write(f'weasyprint {version} {digest(path_of(name))}\n{words}')
        write_png(picture_path(name), stacked(pages_of(os.path.join(folder, name + '.pdf'), folder)))


def picture_path(name):
    return os.path.join(PICTURES, name + '.png')


def picture_share(name, folder):
    """The share of pixels by which the pages that compare() made differ from WeasyPrint's; None when none are recorded."""
    if not os.path.exists(picture_path(name)):
        return None
    return differing_share(stacked(pages_of(os.path.join(folder, name + '.ours.pdf'), folder)), read_png(picture_path(name)))


def recorded(name):
    """WeasyPrint's pages of a document as it is now; None when they were not recorded."""
    try:
        with open(recorded_path(name), encoding='utf-8') as file:
            head, words = file.read().split('\n', 1)
    except FileNotFoundError:
        return None
    return read_words(words) if head.split()[2] == digest(path_of(name)) else None


def compare(galley, name, folder, theirs=None):
    target = os.path.join(folder, os.path.basename(path_of(name))[:-5] + '.ours.pdf')
    render_ours(galley, path_of(name), target)
    return Comparison(read_pdf(target), theirs if theirs is not None else recorded(name))


def chromium_pages(name, folder):
    target = os.path.join(folder, 'chromium.pdf')
    subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--no-pdf-header-footer', f'--user-data-dir={folder}/profile',
                    f'--print-to-pdf={target}', 'file://' + os.path.abspath(path_of(name))], check=True, capture_output=True, env=environment())
    return read_pdf(target)


def live_pages(name, folder):
    target = os.path.join(folder, os.path.basename(path_of(name))[:-5] + '.theirs.pdf')
    render_theirs([(path_of(name), target)])
    return read_pdf(target)


def run(options, folder):
    names = options.names or document_names()
    if options.refresh:
        refresh(names, folder)
    failed = []
    for name in names:
        theirs = (chromium_pages if options.chromium else live_pages if options.live else lambda *_: recorded(name))(name, folder)
        if theirs is None:
            print(f'{name}: not recorded; run with --refresh')
            failed.append(name)
            continue
        result = compare(options.galley, name, folder, theirs)
        good = result.agrees(floor_of(name))
        print(f'{"ok  " if good else "DIFF"} {name:24} {result.describe(options.verbose)}')
        if not good:
            failed.append(name)
    print(f'{len(names) - len(failed)} of {len(names)} documents agree')
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('names', nargs='*', help='documents; all when none is named')
    parser.add_argument('--galley', default='build/release/galley', help='the program (default: %(default)s)')
    parser.add_argument('--refresh', action='store_true', help='record WeasyPrint\'s words of documents that changed')
    parser.add_argument('--live', action='store_true', help='run WeasyPrint instead of reading what was recorded')
    parser.add_argument('--chromium', action='store_true', help='compare with Chromium instead')
    parser.add_argument('--report', metavar='FOLDER', help='write pictures and index.html there')
    parser.add_argument('-v', dest='verbose', action='count', default=0, help='name the worst words; twice: more of them')
    options = parser.parse_args()
    options.verbose = (0, 8, 60)[min(options.verbose, 2)]
    if options.report:
        from report import write_report
        return write_report(options, options.report)
    with tempfile.TemporaryDirectory() as folder:
        return 1 if run(options, folder) else 0


if __name__ == '__main__':
    sys.exit(main())
