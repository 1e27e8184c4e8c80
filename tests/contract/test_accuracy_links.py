"""The link that a force gets, on the real S3 server: it opens one file of one draft for its time, and nothing else."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
import pytest

from desk.acts.accuracy import SHOWN, AccuracyLink, accuracy_links, comment_on_accuracy, open_accuracy, page_for_force
from desk.acts.holds import change_hold
from schemas.documents.publication import Draft
from schemas.errors import IllegalMoveError
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD
from schemas.people.roles import Role
from storage import keys
from storage.record.accuracy_copies import AccuracyCopies
from storage.record.artefacts import Artefacts
from storage.record.presigned import link_to_private
from storage.s3.objects import open_bucket
from storage.settings import Bucket, Duty, Settings
from tests.support.people import signer
from tests.support.returns import write_fieldwork
from tests.support.world import INSPECTION, LEAD, MANAGER, World

pytestmark = pytest.mark.live
LIAISON = signer("gwyn.rees", Role.FORCE_LIAISON, "south-wales")
REFUSED: Final = {400, 401, 403, 404, 405}


@pytest.fixture
def world(live_settings: Settings, tmp_path: Path) -> World:
    """Return a drafted report; everything private of it is on the real server as well."""
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    stored = open_bucket(Bucket.PRIVATE, Duty.INTAKE, live_settings)
    for key, versions in world.private_objects.stored.items():
        stored.create(key, versions[-1], "application/octet-stream")
    world.stores = replace(world.stores, artefacts=Artefacts(stored), accuracy_copies=AccuracyCopies(stored))
    world.context = replace(world.context, stores=world.stores)
    world.now = dt.datetime.now(dt.UTC).replace(microsecond=0)  # the server's clock is the real one
    return world


def opened(world: World, settings: Settings, *, days: int = 10) -> tuple[AccuracyLink, ...]:
    open_accuracy(world.context, INSPECTION, world.draft(), world.now + dt.timedelta(days=days), LEAD)
    return accuracy_links(world.context, INSPECTION, settings)


def changed(address: str, *, path: str | None = None, **query: str) -> str:
    parts = urlsplit(address)
    pairs = dict(parse_qsl(parts.query)) | query
    return urlunsplit(parts._replace(path=path or parts.path, query=urlencode(pairs)))


def test_the_links_give_exactly_the_page_and_the_pdf_of_the_draft(world: World, live_settings: Settings) -> None:
    until = world.now + dt.timedelta(days=10)
    links = opened(world, live_settings)
    draft = world.stores.artefacts.read_document(Draft, INSPECTION, world.draft())
    digests = {file.name: file.sha256 for file in draft.files}
    assert [link.name for link in links] == list(SHOWN)
    for link in links:
        answer = httpx.get(link.address)
        assert answer.status_code == 200
        drafted = world.stores.artefacts.read(INSPECTION, digests[link.name])
        assert answer.content == (page_for_force(drafted, until) if link.name.endswith(".html") else drafted)
        ending = link.name.rpartition(".")[2]
        named = f'inline; filename="{INSPECTION}-initial-report-draft.{ending}"'
        assert answer.headers["content-disposition"] == named
        assert link.until <= world.now + dt.timedelta(days=7)


def test_a_link_opens_nothing_else(world: World, live_settings: Settings) -> None:
    """Nor does it write, delete, list or tell of anything, wherever it is pointed and however it is altered."""
    page, pdf = opened(world, live_settings, days=2)
    data = httpx.get(page.address).content
    private = f"/{Bucket.PRIVATE.value}"
    for key in world.private_objects.stored:
        if f"{private}/{key}" != urlsplit(page.address).path:
            assert httpx.get(changed(page.address, path=f"{private}/{key}")).status_code in REFUSED, key
    ledger = keys.ledger_entry(INSPECTION, 0)
    for path in (private, f"{private}/", f"/{Bucket.LEDGER.value}/{ledger}", f"/{Bucket.LEDGER.value}", "/"):
        assert httpx.get(changed(page.address, path=path)).status_code in REFUSED, path
    for method in ("PUT", "POST", "DELETE", "HEAD"):
        assert httpx.request(method, page.address).status_code in REFUSED, method
    signature = dict(parse_qsl(urlsplit(pdf.address).query))["X-Amz-Signature"]
    for alteration in (
        {"X-Amz-Expires": "604800"},
        {"X-Amz-Signature": signature},
        {"X-Amz-Credential": "admin/20261125/us-east-1/s3/aws4_request"},
        {"versions": ""},
        {"acl": ""},
        {"response-content-disposition": "attachment"},
        {"list-type": "2"},
    ):
        assert httpx.get(changed(page.address, **alteration)).status_code in REFUSED, alteration
    assert httpx.get(page.address.partition("?")[0]).status_code in REFUSED
    assert httpx.get(page.address).content == data


def test_a_link_ends_with_its_time(live_settings: Settings) -> None:
    stored = Artefacts(open_bucket(Bucket.PRIVATE, Duty.INTAKE, live_settings)).store(
        INSPECTION, b"a draft", "text/html"
    )
    now = dt.datetime.now(dt.UTC)
    until = now + dt.timedelta(seconds=3)
    address, ends = link_to_private(stored.key, "draft.html", until=until, now=now, settings=live_settings)
    assert ends <= until
    assert httpx.get(address).content == b"a draft"
    # The server counts whole seconds, so it may give one more.
    deadline = until + dt.timedelta(seconds=2)
    while (status := httpx.get(address).status_code) == 200:
        assert dt.datetime.now(dt.UTC) < deadline, "the link outlives its time"
        time.sleep(0.1)
    assert status == 403
    assert dt.datetime.now(dt.UTC) >= now + dt.timedelta(seconds=2), "it ended early"


def test_a_link_lasts_no_longer_than_the_check(world: World, live_settings: Settings) -> None:
    page, pdf = opened(world, live_settings, days=2)
    assert page.until == pdf.until <= world.now + dt.timedelta(days=2)
    expires = int(dict(parse_qsl(urlsplit(page.address).query))["X-Amz-Expires"])
    assert expires <= 2 * 86_400


def test_a_link_is_renewed_by_asking_again_until_the_force_has_answered(world: World, live_settings: Settings) -> None:
    until = world.now + dt.timedelta(days=10)
    recorded = open_accuracy(world.context, INSPECTION, world.draft(), until, LEAD)
    assert open_accuracy(world.context, INSPECTION, world.draft(), until, LEAD) == recorded
    links = [one for _ in range(2) for one in accuracy_links(world.context, INSPECTION, live_settings)]
    assert [httpx.get(one.address).status_code for one in links] == [200] * 4
    comment_on_accuracy(world.context, INSPECTION, world.draft(), [], LIAISON)
    assert [httpx.get(one.address).status_code for one in links] == [404] * 4
    with pytest.raises(IllegalMoveError, match="expected a draft whose facts the force may check now"):
        accuracy_links(world.context, INSPECTION, live_settings)


@pytest.mark.parametrize("end", ["returned", "held", "opened anew", "its time"])
def test_a_link_ends_with_what_it_was_for_and_stays_dead(world: World, live_settings: Settings, end: str) -> None:
    """At once, not at its expiry; nor does it open the version that the server keeps."""
    links = opened(world, live_settings)
    answer = httpx.get(links[0].address)
    assert answer.status_code == 200
    if end == "returned":
        world.return_draft("Finding I2 needs its numbers checked")
    elif end == "held":
        change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, "Nobody may visit the force.")
        change_hold(world.context, LIFT_HOLD, INSPECTION, MANAGER, "The force may be visited.")
        assert httpx.get(accuracy_links(world.context, INSPECTION, live_settings)[0].address).status_code == 200
    elif end == "opened anew":
        assert httpx.get(opened(world, live_settings, days=5)[0].address).status_code == 200
    else:
        after = world.now + dt.timedelta(days=10)
        assert world.stores.accuracy_copies.remove_all_ended(world.stores.ledger, after) >= len(links)
    assert [httpx.get(one.address).status_code for one in links] == [404, 404]
    kept = changed(links[0].address, versionId=answer.headers["x-amz-version-id"])
    assert httpx.get(kept).status_code == 403


def test_a_link_is_neither_recorded_nor_shown_by_accident(world: World, live_settings: Settings) -> None:
    links = opened(world, live_settings)
    for link in links:
        signature = dict(parse_qsl(urlsplit(link.address).query))["X-Amz-Signature"]
        assert signature not in repr(link)
        for objects in (world.ledger_objects, world.private_objects, world.public_objects):
            assert not any(signature.encode() in one for versions in objects.stored.values() for one in versions)
        assert signature not in str(world.events)


@pytest.mark.parametrize("past", [0, 1], ids=["at its end", "after it"])
def test_there_is_no_link_when_the_time_is_over(world: World, live_settings: Settings, past: int) -> None:
    until = world.now + dt.timedelta(days=1)
    open_accuracy(world.context, INSPECTION, world.draft(), until, LEAD)
    world.now = until + dt.timedelta(seconds=past - 1)
    with pytest.raises(IllegalMoveError):
        accuracy_links(world.context, INSPECTION, live_settings)
