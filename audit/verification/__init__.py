"""Recompute everything, layer by layer, and find what is not what was written (docs/ledger.md).

`verify` runs all layers; each other file holds one layer or what several share.
"""

from audit.verification.anchors import Anchors
from audit.verification.verifier import Verified, VerifiedInspection, verify

__all__ = ["Anchors", "Verified", "VerifiedInspection", "verify"]
