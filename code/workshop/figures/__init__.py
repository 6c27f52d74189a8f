"""Figures of single chapters, one module a chapter: they draw and compute nothing."""
