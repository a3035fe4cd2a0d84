"""Assay: the price reporting agency as software."""

__version__ = "0.1.0"
