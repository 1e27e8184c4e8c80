from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import EndpointConnectionError

from domain.lifecycle.history import History
from schemas.errors import AlreadyWrittenError, ChainBrokenError
from schemas.lifecycle.moves import Kind
from schemas.programme.forces import FORCES
from storage.record.ledger import Ledger
from storage.s3.objects import Objects, S3Objects
from tests.support.buckets import overwrite
from tests.support.histories import AT, SOMEBODY

_ids = itertools.product(range(2014, 2099), FORCES)


@pytest.fixture
def inspection() -> str:
    year, force = next(_ids)
    return f"{force}-{year}"


def entry(history: History, kind: Kind, **facts: int):
    return history.next_entry(kind, id=f"{kind.value}/{len(history.recorded)}", at=AT, signer=SOMEBODY, facts=facts)


def opened(ledger: Ledger, inspection: str) -> History:
    history = ledger.history(inspection)
    return ledger.append(history, entry(history, Kind.OPENED))


def test_what_was_appended_is_read(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    history = opened(ledger, inspection)
    history = ledger.append(history, entry(history, Kind.FIELDWORK_SUBMITTED))
    assert ledger.history(inspection) == history
    assert inspection in ledger.inspections()


def test_the_next_try_recognises_a_write_whose_reply_was_lost(objects: Objects, inspection: str) -> None:
    class LosesTheFirstReply:
        lost = False

        def __getattr__(self, name: str):
            return getattr(objects, name)

        def create(self, key: str, data: bytes, media_type: str) -> bool:
            done = objects.create(key, data, media_type)
            if not self.lost:
                self.lost = True
                raise EndpointConnectionError(endpoint_url="http://127.0.0.1")
            return done

    ledger = Ledger(LosesTheFirstReply())
    history = ledger.history(inspection)
    first = entry(history, Kind.OPENED)
    with pytest.raises(EndpointConnectionError):
        ledger.append(history, first)
    assert ledger.append(history, first) == ledger.history(inspection)


def test_the_place_of_another_entry_is_not_taken(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    history = opened(ledger, inspection)
    after = ledger.append(history, entry(history, Kind.FIELDWORK_SUBMITTED, n=1))
    with pytest.raises(AlreadyWrittenError, match=f"{inspection} entry 1"):
        ledger.append(history, entry(history, Kind.FIELDWORK_SUBMITTED, n=2))
    assert ledger.history(inspection) == after


def test_a_gap_is_refused(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    history = opened(ledger, inspection)
    after = history.followed_by(entry(history, Kind.FIELDWORK_SUBMITTED).to_bytes())
    objects.create(f"ledger/{inspection}/00000002.json", entry(after, Kind.FIELDWORK_RECORDED).to_bytes(), "x/y")
    with pytest.raises(ChainBrokenError, match=r"entry 1: expected 00000001\.json"):
        ledger.history(inspection)


def test_a_second_version_is_refused_even_with_the_same_bytes(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    opened(ledger, inspection)
    key = f"ledger/{inspection}/00000000.json"
    overwrite(objects, key, objects.read(key), "application/json")
    with pytest.raises(ChainBrokenError, match="a second version of entry 0"):
        ledger.history(inspection)


def test_a_stray_object_in_the_folder_is_refused(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    opened(ledger, inspection)
    objects.create(f"ledger/{inspection}/notes.txt", b"x", "text/plain")
    with pytest.raises(ChainBrokenError, match="found notes"):
        ledger.history(inspection)


def test_a_deleted_entry_is_refused(s3_objects: S3Objects, inspection: str) -> None:
    ledger = Ledger(s3_objects)
    history = opened(ledger, inspection)
    ledger.append(history, entry(history, Kind.FIELDWORK_SUBMITTED))
    s3_objects._client.delete_object(Bucket=s3_objects._bucket, Key=f"ledger/{inspection}/00000001.json")
    with pytest.raises(ChainBrokenError, match="a second delete marker of entry 1"):
        ledger.history(inspection)
    assert inspection in ledger.inspections()


def test_a_delete_marker_alone_is_refused(s3_objects: S3Objects, inspection: str) -> None:
    ledger = Ledger(s3_objects)
    history = opened(ledger, inspection)
    ledger.append(history, entry(history, Kind.FIELDWORK_SUBMITTED))
    where = {"Bucket": s3_objects._bucket, "Key": f"ledger/{inspection}/00000001.json"}
    (version,) = s3_objects._client.list_object_versions(Bucket=where["Bucket"], Prefix=where["Key"])["Versions"]
    s3_objects._client.delete_object(**where)
    s3_objects._client.delete_object(**where, VersionId=version["VersionId"])
    with pytest.raises(ChainBrokenError, match="found a delete marker"):
        ledger.history(inspection)


def test_an_entry_deleted_with_all_its_versions_is_a_gap(s3_objects: S3Objects, inspection: str) -> None:
    ledger = Ledger(s3_objects)
    history = opened(ledger, inspection)
    ledger.append(history, entry(history, Kind.FIELDWORK_SUBMITTED))
    key = f"ledger/{inspection}/00000000.json"
    listed = s3_objects._client.list_object_versions(Bucket=s3_objects._bucket, Prefix=key)
    for version in listed["Versions"]:
        s3_objects._client.delete_object(Bucket=s3_objects._bucket, Key=key, VersionId=version["VersionId"])
    with pytest.raises(ChainBrokenError, match=r"entry 0: expected 00000000\.json, once, found 00000001\.json"):
        ledger.history(inspection)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda _: b"",
        lambda data: data + b"\n",
        lambda data: data.replace(b'"n":1', b'"n":2') + b" ",
        lambda data: data.replace(b'"seq":1', b'"seq":2'),
        lambda data: data.replace(b'"prev":"', b'"prev":"0')[:-1] + b"}",
        lambda data: data.replace(b"pat.howells", b"pat.howelz").replace(b'"prev":"', b'"prev":"' + b"0" * 64, 1),
    ],
)
def test_other_bytes_in_the_next_place_are_refused(objects: Objects, inspection: str, spoil) -> None:
    ledger = Ledger(objects)
    history = opened(ledger, inspection)
    data = spoil(entry(history, Kind.FIELDWORK_SUBMITTED, n=1).to_bytes())
    assert objects.create(f"ledger/{inspection}/00000001.json", data, "application/json")
    with pytest.raises(ChainBrokenError, match=f"{inspection} entry 1"):
        ledger.history(inspection)
    # Whoever had read before it came does not write over it either.
    with pytest.raises(AlreadyWrittenError):
        ledger.append(history, entry(history, Kind.FIELDWORK_SUBMITTED, n=1))
    assert objects.read(f"ledger/{inspection}/00000001.json") == data


def test_an_entry_of_another_inspection_does_not_fit(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    opened(ledger, inspection)
    other = f"{inspection}-2"
    objects.create(f"ledger/{other}/00000000.json", objects.read(f"ledger/{inspection}/00000000.json"), "x/y")
    with pytest.raises(ChainBrokenError, match=f"{other} entry 0: expected an entry of {other}"):
        ledger.history(other)
    assert len(ledger.history(inspection).recorded) == 1


def test_an_illegal_entry_is_not_written(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    history = opened(ledger, inspection)
    legal = entry(history, Kind.FIELDWORK_SUBMITTED)
    for wrong in (
        legal.model_copy(update={"kind": Kind.PUBLISHED}),
        legal.model_copy(update={"prev": "0" * 64}),
        legal.model_copy(update={"seq": 2}),
        legal.model_copy(update={"id": history.recorded[0].entry.id}),
    ):
        with pytest.raises(ChainBrokenError):
            ledger.append(history, wrong)
    assert ledger.history(inspection) == history


def test_of_many_appenders_one_wins_and_the_others_change_nothing(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    history = opened(ledger, inspection)

    def append(number: int) -> bool:
        try:
            ledger.append(history, entry(history, Kind.FIELDWORK_SUBMITTED, n=number))
        except AlreadyWrittenError:
            return False
        return True

    with ThreadPoolExecutor(6) as appenders:
        won = list(appenders.map(append, range(6)))
    assert won.count(True) == 1
    after = ledger.history(inspection)
    assert [one.entry.facts for one in after.recorded] == [{}, {"n": won.index(True)}]


def test_an_inspection_that_was_never_opened_has_an_empty_ledger(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    assert ledger.history(inspection).recorded == ()
    assert inspection not in ledger.inspections()
