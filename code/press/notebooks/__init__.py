"""Notebooks for readers, made from the MyST sources: for download, for Colab and for JupyterLab.

A reader's notebook has plain Markdown that any notebook program shows: references, citations and
glued numbers as text and links, quizzes with folded answers. `sources` knows what the labels of the
course stand for, `markdown` rewrites a cell, `reader` makes a notebook, `contents` serves them to
JupyterLab in place of the sources.
"""
