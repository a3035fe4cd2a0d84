"""The methods of the documents, written from `docs/reference/methodology-format.md`.

Each computes exact legs from a document and inputs; none reads the journal. What a
document asks for and this package does not know is said, never approximated.
"""
