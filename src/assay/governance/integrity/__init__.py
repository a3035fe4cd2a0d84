"""Integrity: pressure reports, declarations, surveillance."""
