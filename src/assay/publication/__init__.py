"""What leaves the house: bundles for auditors and for the public, with their proofs.

Reads the ledger and never writes to it. Decides who may see which entry; computes no
price and knows no rule of a methodology.
"""

from assay.publication.bundle import AUDIENCES, Exported, export_days

__all__ = ["AUDIENCES", "Exported", "export_days"]
