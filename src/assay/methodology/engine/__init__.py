"""The day engine: one document, one day, one determination with its trace."""
