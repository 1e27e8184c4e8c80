"""Published renderings whose bytes are frozen, by digest: the same document gives the same files, today and next year.

What the public compares with the digests in the index, and what an approver saw, are these bytes. A change on purpose
is said in the changelog; the digests are then written anew with `python -m tests.golden.test_renderings`. PDFs depend
on the typesetter's version, which the lock fixes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from tests.support.pages.rendered import renderings

DIGESTS: Final = Path(__file__).parent / "renderings.json"


def digests() -> dict[str, str]:
    return {name: file.sha256 for name, file in renderings().items()}


def test_a_document_is_rendered_to_the_bytes_that_were_frozen() -> None:
    assert digests() == json.loads(DIGESTS.read_text())


if __name__ == "__main__":
    DIGESTS.write_text(json.dumps(digests(), indent=1, sort_keys=True) + "\n")
