"""Every way to tamper with the record is found, by both verifiers, by the layer that is named for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.lifecycle.moves import Kind
from storage.settings import Bucket
from tests.support.archive import LEAD
from tests.tamper.corrected import CORRECTED_OTHERWISE, WITHDRAWN_OTHERWISE
from tests.tamper.rewritten import (
    REWRITTEN,
    everything_made_anew_by_somebody_else,
    everything_rewritten_with_every_key,
    inspection_removed_and_sealed_again_with_the_stolen_key,
    last_seals_dropped_with_what_they_sealed,
    rolled_back,
)
from tests.tamper.state import DRAFTED, State, place, verify_both
from tests.tamper.through_s3 import THROUGH_S3, last_seal_erased

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

BY_NOTES_ALONE = [
    rolled_back,
    last_seals_dropped_with_what_they_sealed,
    everything_rewritten_with_every_key,
    inspection_removed_and_sealed_again_with_the_stolen_key,
]
"""SECURITY.md says so."""
ALTERED = {"artefact": Bucket.PRIVATE, "public": Bucket.PUBLIC}
"""The bucket in which a layer looks; all others look in the ledger's."""


def name_of(way) -> str:
    return way.__name__


in_each_place = pytest.mark.parametrize(
    "put", ["memory", pytest.param("server", marks=pytest.mark.full)], indirect=True
)
"""What is rewritten whole is the same to verifiers wherever it stands; storing it on a server costs most."""


def test_an_untouched_record_gives_no_fault(put, whole: State, tmp_path: Path) -> None:
    found = verify_both(put(whole), whole, tmp_path / "export")
    assert (found.product, found.stand_alone) == ([], [])


@pytest.mark.parametrize("way", THROUGH_S3, ids=name_of)
def test_what_is_done_through_s3_is_found(way, put, whole: State, tmp_path: Path) -> None:
    state = whole.copy()
    buckets = put(state, altered=ALTERED.get(THROUGH_S3[way], Bucket.LEDGER))
    way(buckets, state)
    product, stand_alone = verify_both(buckets, state, tmp_path / "export").layers
    assert THROUGH_S3[way] in product
    assert THROUGH_S3[way] in stand_alone


@in_each_place
@pytest.mark.parametrize("way", REWRITTEN, ids=name_of)
def test_what_is_rewritten_is_found(way, put, whole: State, tmp_path: Path) -> None:
    state = whole.copy()
    way(state)
    product, stand_alone = verify_both(put(state), state, tmp_path / "export").layers
    assert REWRITTEN[way] in product
    assert REWRITTEN[way] in stand_alone


def test_corrections_and_a_withdrawal_give_no_fault(put, later: State, tmp_path: Path) -> None:
    found = verify_both(put(later), later, tmp_path / "export")
    assert (found.product, found.stand_alone) == ([], [])


@in_each_place
@pytest.mark.parametrize("way", CORRECTED_OTHERWISE, ids=name_of)
def test_a_correction_or_withdrawal_that_is_none_is_found(way, put, later: State, tmp_path: Path) -> None:
    state = later.copy()
    way(state)
    product, stand_alone = verify_both(put(state), state, tmp_path / "export").layers
    assert CORRECTED_OTHERWISE[way] in product
    assert CORRECTED_OTHERWISE[way] in stand_alone


@pytest.mark.parametrize("way", WITHDRAWN_OTHERWISE, ids=name_of)
def test_what_is_done_to_corrected_and_withdrawn_files_is_found(way, put, later: State, tmp_path: Path) -> None:
    buckets = put(later, altered=Bucket.PUBLIC)
    way(buckets, later)
    assert verify_both(buckets, later, tmp_path / "export").layers == ({"public"}, {"public"})


@in_each_place
@pytest.mark.parametrize("way", BY_NOTES_ALONE, ids=name_of)
def test_what_only_held_notes_can_find(way, put, whole: State, tmp_path: Path) -> None:
    state = whole.copy()
    way(state)
    buckets = put(state)
    without = verify_both(buckets, state, tmp_path / "without", with_notes=False)
    assert (without.product, without.stand_alone) == ([], [])
    assert verify_both(buckets, state, tmp_path / "with").layers == ({"held"}, {"held"})


def test_the_last_seal_erased_is_found_by_held_notes_alone(put, whole: State, tmp_path: Path) -> None:
    buckets = put(whole, altered=Bucket.LEDGER)
    last_seal_erased(buckets, whole)
    without = verify_both(buckets, whole, tmp_path / "without", with_notes=False)
    assert (without.product, without.stand_alone) == ([], [])


@in_each_place
def test_a_record_made_anew_is_whole_to_whoever_kept_nothing(put, whole: State, tmp_path: Path) -> None:
    state = whole.copy()
    everything_made_anew_by_somebody_else(state)
    found = verify_both(put(state), state, tmp_path / "export", with_notes=False, with_register=False)
    assert (found.product, found.stand_alone) == ([], [])


@in_each_place
def test_what_no_seal_holds_yet_can_be_dropped_from_the_end(put, whole: State, tmp_path: Path) -> None:
    # What nobody can find: SECURITY.md says so, and seals are made at each publication and every few minutes for it.
    state = whole.copy()
    state.archive.append(DRAFTED, Kind.CASE_REFERRED_BACK, LEAD, facts={"cases": 1})
    del state.archive.ledger[place(DRAFTED, 4)]
    found = verify_both(put(state), state, tmp_path / "export")
    assert (found.product, found.stand_alone) == ([], [])
