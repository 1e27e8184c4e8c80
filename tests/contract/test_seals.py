"""Sealing on every kind of bucket: what is sealed, what is not, and what two sealers or a crash leave behind."""

from __future__ import annotations

import datetime as dt
import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.sealing.checkpoint import Checkpoint
from domain.sealing.note import verifier_key_of
from domain.sealing.seal_chain import SealChain
from domain.signing import public_key_of, sign
from schemas.errors import ChainBrokenError, SettingsError
from schemas.identifiers import digest_of
from schemas.people import register
from schemas.people.register import Founded, RegisterRecord, SealKeyRegistered
from schemas.sealing.seal import Seal
from storage import keys
from storage.record.seals import SealStore
from storage.s3.client import client_for
from storage.s3.objects import S3Objects
from storage.sealing.sealer import Sealer
from storage.settings import Duty
from tests.support.buckets import moto_bucket, overwrite
from tests.support.entries import entries, leaves
from tests.support.memory import MemoryObjects

ORIGIN = "ncpi.invalid/ledger"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
TRUSTED = (verifier_key_of(ORIGIN, PRIVATE),)
ADMIN = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
AT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
KENT = entries("kent-2025", 6)
GWENT = entries("gwent-2025", 4)
_buckets = itertools.count()


@pytest.fixture(params=["memory", "moto", pytest.param("seaweedfs", marks=pytest.mark.live)])
def bucket(request):
    """Return a versioned bucket with nothing in it."""
    if request.param == "memory":
        yield MemoryObjects()
        return
    if request.param == "moto":
        with moto_bucket() as bucket:
            yield bucket
        return
    client, name = client_for(Duty.ADMIN, request.getfixturevalue("live_settings")), f"seals-{next(_buckets)}"
    client.create_bucket(Bucket=name)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    yield S3Objects(client, name)


def remove(bucket, key):
    if isinstance(bucket, MemoryObjects):
        bucket.remove(key)
    else:
        bucket._client.delete_object(Bucket=bucket._bucket, Key=key)


def write(bucket, inspection, written, start=0):
    for seq, data in enumerate(written, start=start):
        assert bucket.create(keys.ledger_entry(inspection, seq), data, "application/json")


def record(bucket, seq, body, prev):
    made = RegisterRecord(seq=seq, at=AT, by="ada.admin", subject="ada.admin", body=body, prev=prev)
    data = made.model_copy(update={"signatures": (sign(ADMIN, made.statement),)}).to_bytes()
    assert bucket.create(f"register/{seq:08d}.json", data, "application/json")
    return data


def found(bucket, key=PRIVATE):
    body = Founded(
        key=public_key_of(ADMIN),
        box="0" * 64,
        service_key=public_key_of(OTHER),
        seal_key=str(verifier_key_of(ORIGIN, key)),
    )
    return record(bucket, 0, body, register.GENESIS)


def sealer(bucket, key=PRIVATE, start=0):
    times = itertools.count(start)
    return Sealer(bucket, ORIGIN, key, lambda: AT + dt.timedelta(minutes=next(times)))


def stored(bucket, trusted=TRUSTED):
    return SealStore(bucket).read(trusted)


def test_one_seal_holds_everything_new_the_register_first(bucket):
    write(bucket, "kent-2025", KENT)
    write(bucket, "gwent-2025", GWENT)
    root = found(bucket)
    made = sealer(bucket).seal()
    chain = stored(bucket)
    assert chain.leaves == [
        ("register/00000000.json", digest_of(root)),
        *leaves("gwent-2025", GWENT),
        *leaves("kent-2025", KENT),
    ]
    assert (made.seal, made.seals, made.entries, made.broken) == (chain.last, 1, 11, ())
    assert Checkpoint.from_note(made.seal.note, TRUSTED) == Checkpoint(
        ORIGIN, 11, chain.root, digest_of(made.seal.statement)
    )


def test_nothing_new_makes_no_seal(bucket):
    one = sealer(bucket)
    assert one.seal().seal is None
    write(bucket, "kent-2025", KENT)
    assert one.seal().seal.n == 0
    assert one.seal().seal is None
    assert sealer(bucket).seal().seal is None
    assert stored(bucket).count == 1


def test_a_later_seal_holds_what_came_since_and_nothing_twice(bucket):
    one = sealer(bucket)
    write(bucket, "kent-2025", KENT[:2])
    one.seal()
    write(bucket, "kent-2025", KENT[2:4], start=2)
    sealer(bucket).seal()
    write(bucket, "kent-2025", KENT[4:], start=4)
    write(bucket, "gwent-2025", GWENT)
    assert one.seal().seal.n == 2
    chain = stored(bucket)
    assert [one for one in chain.leaves if "kent" in one[0]] == leaves("kent-2025", KENT)
    assert chain.size == len(KENT) + len(GWENT)


def test_two_sealers_at_once_seal_everything_once(bucket):
    sealers = [sealer(bucket, start=start) for start in (0, 1_000)]
    for seq in range(len(KENT)):
        write(bucket, "kent-2025", [KENT[seq]], start=seq)
        with ThreadPoolExecutor(2) as pool:
            made = list(pool.map(lambda one: one.seal(), sealers))
        assert {one.entries for one in made} == {seq + 1}
        assert sum(one.seal is not None for one in made) == 1
    assert stored(bucket).leaves == leaves("kent-2025", KENT)
    assert stored(bucket).count == len(KENT)


class Interrupted:
    """A bucket whose next creation is cut off, before or after it happened."""

    def __init__(self, bucket, when):
        self.bucket, self.when = bucket, when

    def __getattr__(self, name):
        return getattr(self.bucket, name)

    def create(self, key, data, media_type):
        if self.when == "before":
            self.when = None
            raise ConnectionError
        made = self.bucket.create(key, data, media_type)
        if self.when == "after":
            self.when = None
            raise ConnectionError
        return made if self.when != "taken for another's" else not made


@pytest.mark.parametrize(("when", "seals"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("is_same_process", [True, False], ids=["goes on", "is killed"])
def test_a_crash_leaves_a_whole_seal_or_none_and_the_next_run_goes_on(bucket, when, seals, is_same_process):
    write(bucket, "kent-2025", KENT)
    one = sealer(Interrupted(bucket, when))
    with pytest.raises(ConnectionError):
        one.seal()
    assert stored(bucket).count == seals
    after = (one if is_same_process else sealer(bucket)).seal()
    assert (after.seals, after.entries) == (1, len(KENT))
    assert stored(bucket).leaves == leaves("kent-2025", KENT)


def test_a_sealer_recognises_its_own_seal_whose_reply_was_lost(bucket):
    write(bucket, "kent-2025", KENT)
    made = sealer(Interrupted(bucket, "taken for another's")).seal()
    assert made.seal is not None
    assert stored(bucket).last == made.seal


def gap(bucket):
    write(bucket, "kent-2025", KENT[4:], start=4)


def second_version(bucket):
    overwrite(bucket, keys.ledger_entry("kent-2025", 1), KENT[1], "application/json")


def hidden(bucket):
    remove(bucket, keys.ledger_entry("kent-2025", 1))


def other_encoding(bucket):
    write(bucket, "kent-2025", [KENT[3].replace(b":", b": ", 1)], start=3)


def no_entry(bucket):
    write(bucket, "kent-2025", [b"{}"], start=3)


def transplanted(bucket):
    write(bucket, "kent-2025", [GWENT[3]], start=3)


def other_past(bucket):
    write(bucket, "kent-2025", [entries("kent-2025", 4)[3].replace(b'"facts":{}', b'"facts":{"n":1}')], start=3)
    write(bucket, "kent-2025", [KENT[4]], start=4)


def wrong_place(bucket):
    write(bucket, "kent-2025", [KENT[4]], start=3)


BREAKS = (gap, second_version, hidden, other_encoding, no_entry, transplanted, wrong_place)


@pytest.mark.parametrize("spoil", BREAKS, ids=lambda one: one.__name__)
def test_a_broken_chain_is_not_sealed_all_others_are_and_it_is_reported(bucket, spoil):
    one = sealer(bucket)
    write(bucket, "kent-2025", KENT[:3])
    one.seal()
    spoil(bucket)
    write(bucket, "gwent-2025", GWENT)
    made = one.seal()
    assert [key for key, _ in made.seal.leaves] == [key for key, _ in leaves("gwent-2025", GWENT)]
    (fault,) = made.broken
    assert fault.startswith("kent-2025 entry ")
    assert "tell management" in fault
    assert one.seal().broken == (fault,)
    assert stored(bucket).count == 2


def test_a_chain_is_sealed_up_to_its_break(bucket):
    write(bucket, "kent-2025", KENT[:3])
    other_past(bucket)
    made = sealer(bucket).seal()
    assert len(made.seal.leaves) == 4
    assert "kent-2025 entry 4: expected one that follows" in made.broken[0]


def test_a_ledger_whose_sealed_entries_are_gone_is_reported():
    bucket = MemoryObjects()
    one = sealer(bucket)
    write(bucket, "kent-2025", KENT)
    write(bucket, "gwent-2025", GWENT)
    one.seal()
    for seq in range(len(KENT)):
        del bucket.stored[keys.ledger_entry("kent-2025", seq)]
    del bucket.stored[keys.ledger_entry("gwent-2025", 3)]
    made = one.seal()
    assert made.seal is None
    assert [
        "kent-2025 entry 0: expected what was sealed" in one or "gwent-2025 entry 3" in one for one in made.broken
    ] == [
        True,
        True,
    ]


def test_a_broken_register_is_not_sealed_and_ledgers_are(bucket):
    found(bucket)
    overwrite(bucket, "register/00000000.json", b"{}", "application/json")
    write(bucket, "kent-2025", KENT)
    made = sealer(bucket).seal()
    assert list(made.seal.leaves) == leaves("kent-2025", KENT)
    assert made.broken[0].startswith(
        "register record 1: expected 00000001.json, once, found a second version of record 0"
    )


def test_a_forged_seal_stops_sealing(bucket):
    write(bucket, "kent-2025", KENT)
    forged = SealChain().next_seal(leaves("kent-2025", KENT), AT, ORIGIN, OTHER)
    SealStore(bucket).append(forged)
    one = sealer(bucket)
    for _ in range(2):
        with pytest.raises(ChainBrokenError, match="no key that is trusted"):
            one.seal()
    with pytest.raises(ChainBrokenError, match="no key that is trusted"):
        stored(bucket)


@pytest.mark.parametrize("spoil", ["second version", "hidden"])
def test_a_second_or_hidden_seal_is_detected(bucket, spoil):
    write(bucket, "kent-2025", KENT)
    sealer(bucket).seal()
    if spoil == "hidden":
        remove(bucket, keys.seal(0))
    else:
        overwrite(bucket, keys.seal(0), bucket.read(keys.seal(0)), "application/json")
    with pytest.raises(ChainBrokenError, match="seal 0"):
        stored(bucket)
    with pytest.raises(ChainBrokenError, match="seal 0"):
        sealer(bucket).seal()


def test_after_a_change_of_key_the_earlier_seals_are_still_valid(bucket):
    first = found(bucket)
    sealer(bucket).seal()
    changed = SealKeyRegistered(seal_key=str(verifier_key_of(ORIGIN, OTHER)))
    record(bucket, 1, changed, digest_of(first))
    made = sealer(bucket, OTHER).seal()
    assert made.seal.n == 1
    both = (*TRUSTED, verifier_key_of(ORIGIN, OTHER))
    assert stored(bucket, both).count == 2


def test_the_newest_seal_by_an_instant_is_found_among_any_number(bucket):
    store, chain, made = SealStore(bucket), SealChain(), []
    for n in range(len(KENT) + 3):
        seals_by = {None: AT - dt.timedelta(days=1), **{one: one.at for one in made}}
        for expected, by in seals_by.items():
            assert store.newest(by=by) == expected
        assert store.newest(by=AT + dt.timedelta(days=1)) == (made[-1] if made else None)
        leaf = (f"ledger/kent-2025/{n:08d}.json", digest_of(b"%d" % n))
        seal = chain.next_seal([leaf], AT + dt.timedelta(minutes=n), ORIGIN, PRIVATE)
        chain.add(seal.to_bytes(), TRUSTED)
        store.append(seal)
        made.append(Seal.from_bytes(bucket.read(keys.seal(n))))


def test_bytes_that_are_not_a_seal_are_refused(bucket):
    bucket.create(keys.seal(0), b"{}", "application/json")
    with pytest.raises(ChainBrokenError, match="seal 0: expected a seal"):
        SealStore(bucket).newest(by=AT)


def test_a_key_that_is_not_registered_last_seals_nothing(bucket):
    first = found(bucket)
    with pytest.raises(SettingsError, match="NCPI_SEAL_KEY: expected the private half of"):
        sealer(bucket, OTHER).seal()
    record(bucket, 1, SealKeyRegistered(seal_key=str(verifier_key_of(ORIGIN, OTHER))), digest_of(first))
    with pytest.raises(SettingsError, match="`ncpi people seal-key`"):
        sealer(bucket, PRIVATE).seal()
    assert stored(bucket).count == 0
