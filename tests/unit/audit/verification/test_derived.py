"""The index and the notices, which nobody approves: what is public is what was recorded, and what the records give."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.export import export
from audit.verification import verify
from schemas.audit.check import Fault
from storage.record.public_headers import media_type_of
from tests.support import archive as archives
from tests.support.archive import START, Archive
from tests.support.memory_buckets import holdings_of_archive
from tests.support.stand_alone import STAND_ALONE

KENT, DORSET = "kent-2025", "dorset-2022"
PAGE = f"{KENT}/review/report.html"
NO_ANCHORS = STAND_ALONE.Anchors(None, (), ())
FIXED = (
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
    "x-amz-website-redirect-location",
)
SCRIPT = b"<p>Jane Example, born on 12 March 2010</p><script>alert(1)</script></body>"


def lived() -> Archive:
    archive = Archive()
    archive.found()
    archive.live(KENT)
    archive.live(DORSET, 8)
    archive.withdraw(DORSET)
    archive.seal()
    return archive


def found_by(archive: Archive, folder: Path) -> tuple[list[Fault], list[Fault]]:
    buckets = holdings_of_archive(archive)
    export(buckets, folder, now=START)
    return verify(buckets).faults, STAND_ALONE.verify(folder, NO_ANCHORS).faults


def rendered_with(renderer: str, patch: pytest.MonkeyPatch, before: bytes, after: bytes) -> None:
    """Let the holder of the service's key record pages that are rendered otherwise."""
    render = getattr(archives, renderer)

    def otherwise(records):
        made = render(records)
        return type(made)(made.name, made.media_type, made.data.replace(before, after))

    patch.setattr(archives, renderer, otherwise)


@pytest.mark.parametrize(
    ("renderer", "key", "words"),
    [
        ("render_index", "index.html", "is the one that was recorded, but it is not what the records give"),
        (
            "render_withdrawal",
            f"{DORSET}/withdrawal.html",
            "is the one that was recorded, but it is not what the order",
        ),
    ],
)
def test_a_page_that_was_recorded_and_is_not_what_the_records_give_is_found_by_the_product(
    renderer: str, key: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rendered_with(renderer, monkeypatch, b"</body>", SCRIPT)
    product, stand_alone = found_by(lived(), tmp_path)
    ((layer, message),) = [(one.layer, one.message) for one in product]
    assert layer == "public"
    assert message.startswith(f"{key} {words}")
    assert stand_alone == []  # it cannot make pages, and the thief signed for this one


def test_a_page_that_another_version_of_the_program_made_is_compared_with_its_digest_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for renderer in ("render_index", "render_withdrawal"):
        rendered_with(renderer, monkeypatch, b"ncpi, form 1", b"ncpi, form 0")
    archive = lived()
    assert found_by(archive, tmp_path / "whole") == ([], [])
    archive.public["index.html"] = archive.public["index.html"].replace(b"</body>", SCRIPT)
    for faults in found_by(archive, tmp_path / "altered"):
        assert [(one.layer, "recorded last" in one.message) for one in faults] == [("public", True)]


def test_a_publication_that_says_nothing_of_its_index_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Archive, "index", lambda _: {})
    for faults in found_by(lived(), tmp_path):
        assert [(one.layer, one.where, one.entry) for one in faults] == [
            ("public", DORSET, 6),
            ("public", DORSET, 9),
            ("public", KENT, 6),
            ("public", KENT, 14),
        ]


def test_an_index_that_no_entry_records_is_found(tmp_path: Path) -> None:
    archive = Archive()
    archive.found()
    archive.live(KENT, 4)
    archive.seal()
    archive.public["index.html"] = b"<p>Nothing has been published yet</p>"
    for faults in found_by(archive, tmp_path):
        assert [(one.layer, one.where) for one in faults] == [("public", "index.html")]


@pytest.mark.parametrize("key", ["index.html", f"{DORSET}/withdrawal.html", f"publications/{KENT}/review.json", PAGE])
@pytest.mark.parametrize(
    ("header", "named"),
    [
        *((name, name) for name in FIXED),
        ("x-amz-meta-jane-example", "user metadata"),
        ("x-amz-tagging-count", "user metadata"),
        ("seaweed-jane-example", "user metadata"),
    ],
)
def test_whatever_else_is_sent_with_a_public_object_is_found_and_not_repeated(
    key: str, header: str, named: str, tmp_path: Path
) -> None:
    archive = lived()
    buckets = holdings_of_archive(archive)
    buckets.public.overwrite(key, archive.public[key], media_type_of(key), **{header: "Jane Example"})
    export(buckets, tmp_path, now=START)
    (product,), (stand_alone,) = verify(buckets).faults, STAND_ALONE.verify(tmp_path, NO_ANCHORS).faults
    for fault in (product, stand_alone):
        assert fault.layer == "public"
        assert fault.message.startswith(f"{key} is sent with headers that are not those of its kind")
        assert "jane" not in fault.message.lower()
    assert f"({named})" in product.message


STRAYS = (
    "Jane Example.txt",
    f"Artefacts/{KENT}/{'0' * 64}",
    f"artefacts/{KENT}/{'0' * 63}",
    f"artefacts/essex-2019/{'0' * 64}",
    f"accuracy/{KENT}/{'0' * 64}/report.html",
    f"keys/Jane/{'0' * 64}.json",
    "probe/of-jane",
)


@pytest.mark.parametrize("key", STRAYS)
def test_what_does_not_belong_into_the_private_bucket_is_named(key: str, tmp_path: Path) -> None:
    archive = lived()
    archive.private[key] = b"Jane Example"
    product, _ = found_by(archive, tmp_path)
    assert [(one.layer, one.message.partition(": ")[0]) for one in product] == [("artefact", key)]


def test_what_crashes_leave_in_the_private_bucket_is_counted_and_no_fault() -> None:
    archive = lived()
    archive.private[f"artefacts/{KENT}/{'0' * 64}"] = b"drafted before a crash"
    archive.private[f"accuracy/{KENT}/{'0' * 64}/{'a' * 32}/report.html"] = b"a copy of a draft"
    archive.private[f"keys/pat.howells/{'0' * 64}.json"] = b"a sealed key"
    archive.private["probe/write"] = archive.private[f"probe/{'b' * 32}"] = b"probe"
    found = verify(holdings_of_archive(archive))
    assert found.faults == []
    (checked,) = [one.checked for one in found.layers if one.layer == "artefact"]
    assert checked.endswith("; 1 that no entry names")
