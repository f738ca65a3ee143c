"""Corpora made up for measuring: prose, papers, their other printings, and large files of them.

Every text is invented here from word lists and sentence forms, with the lengths and the spread of
words of real abstracts. One seed makes one corpus.
"""
