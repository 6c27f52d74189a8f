"""Sphinx extensions, one a module, listed in `_config.yml`: what the site has beyond Jupyter Book.

The frame of the pages (`lean`, `course`, `sharing`, `counted`), formulas (`katex`), directives and
pages made from the whole course (`quiz`, `explore`, `overviews`, `api`), notebooks and PDFs to
download (`notebooks`, `printed`), and executed outputs (`outputs`).
"""
