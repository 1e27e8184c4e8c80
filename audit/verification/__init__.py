"""Recompute everything, layer by layer, and say what is not what was written (docs/ledger.md).

`verify` is the whole; each other file holds one layer or what several share.
"""

from audit.verification.anchors import Anchors
from audit.verification.finding import LAYERS, Layer, VerificationFinding
from audit.verification.verifier import Verified, VerifiedInspection, verify

__all__ = ["LAYERS", "Anchors", "Layer", "VerificationFinding", "Verified", "VerifiedInspection", "verify"]
