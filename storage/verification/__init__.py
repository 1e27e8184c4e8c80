"""Recompute everything, layer by layer, and say what is not what was written (docs/ledger.md).

`verify` is the whole; each other file holds one layer or what several share.
"""

from storage.verification.anchors import Anchors
from storage.verification.finding import LAYERS, Finding, Layer
from storage.verification.verified import Verified, VerifiedInspection, verify

__all__ = ["LAYERS", "Anchors", "Finding", "Layer", "Verified", "VerifiedInspection", "verify"]
