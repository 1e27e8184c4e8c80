"""Copy the record out, so that it can be verified without this system and without its keys.

An export holds entries, register, seals, the listings of versions, digests of artefacts, what is public, and the
verifier of one file. It holds no case table, no sealed key, and no document unless it was asked for.
"""

from audit.export.contents import Exported, export

__all__ = ["Exported", "export"]
