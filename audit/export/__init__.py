"""Copy the record out, so that it can be verified without this system and without its keys.

An export contains entries, register, seals, the listings of versions, digests of artefacts, what is public, and the
verifier of one file. It contains no case table, no sealed key, and documents only on request.
"""

from audit.export.contents import Exported, export

__all__ = ["Exported", "export"]
