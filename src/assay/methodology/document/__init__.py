"""The methodology document: its parsed model, strict reading and cross-checks."""
