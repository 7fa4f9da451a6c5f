#!/usr/bin/env python3
"""Pages agree with WeasyPrint's: page counts and the places of words, from what was recorded of it."""

import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compare
import differences
from pictures import differing_share, read_png, stacked, write_png
from words import Comparison, Page, match_page

GALLEY = os.environ.get('GALLEY_BINARY', 'build/release/galley')


class MatchingTest(unittest.TestCase):
    def test_a_repeated_word_is_paired_with_the_nearest(self):
        pairs = match_page([('a', 0, 0), ('a', 100, 0)], [('a', 99, 0), ('a', 1, 0)])
        self.assertEqual([pair[0] for pair in pairs], [1, 1])

    def test_words_without_partner_count_against_the_share(self):
        result = Comparison([Page(10, 10, [('a', 0, 0)])], [Page(10, 10, [('a', 0, 0), ('b', 5, 5)])])
        self.assertEqual(result.share, 0.5)

    def test_a_page_too_many_does_not_agree(self):
        result = Comparison([Page(10, 10), Page(10, 10)], [Page(10, 10)])
        self.assertFalse(result.agrees(0.1))


@unittest.skipUnless(shutil.which('pdftotext'), 'pdftotext (poppler-utils) is not installed')
class AgreementTest(unittest.TestCase):
    def test_each_document_reaches_its_floor(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in compare.document_names():
                with self.subTest(document=name):
                    self.assertIsNotNone(compare.recorded(name), 'changed since WeasyPrint was recorded: run compare.py --refresh')
                    result = compare.compare(GALLEY, name, folder)
                    self.assertTrue(result.agrees(differences.floor_of(name)), result.describe())
                    share = compare.picture_share(name, folder)
                    if share is not None:  # recorded with the words since pictures are
                        self.assertLessEqual(share, differences.picture_most(name), 'pictures differ: look at compare.py --report')

    def test_three_of_four_documents_agree(self):
        names = compare.document_names()
        below = [name for name in names if name in differences.DIFFERENCES]
        self.assertLessEqual(len(below), len(names) // 4, below)

    def test_known_differences_name_documents_that_exist(self):
        self.assertLessEqual(set(differences.DIFFERENCES) | set(differences.PICTURES), set(compare.document_names()))

    def test_pictures_come_back_as_they_were_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            picture = stacked([(3, 2, b'abcdef'), (2, 1, b'xy')])
            self.assertEqual(picture, (3, 3, b'abcdefxy\xff'))
            write_png(os.path.join(folder, 'a.png'), picture)
            self.assertEqual(read_png(os.path.join(folder, 'a.png')), picture)
        self.assertEqual(differing_share(picture, (3, 3, bytes(9))), 1.0)
        self.assertEqual(differing_share(picture, (3, 2, bytes(6))), 1.0)
        self.assertAlmostEqual(differing_share(picture, (3, 3, b'abcdefx\0\xff')), 1 / 9)


if __name__ == '__main__':
    unittest.main()
