"""The whole of verification: list, read, examine every inspection, hold all of it against seals, notes and bytes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from audit.verification.anchors import Anchors
from audit.verification.artefacts import findings_of, read_artefacts
from audit.verification.finding import LAYERS, Layer, VerificationFinding, of_key
from audit.verification.ledger import Examined, examine
from audit.verification.listing import fingerprint, list_record
from audit.verification.public import PublicFiles, PublicLayer
from audit.verification.register import read_register
from audit.verification.seals import Sealing, hold_inspection, hold_notes, hold_register, read_seals
from audit.verification.snapshot import NoSnapshot, Snapshot, rules_of_this_program
from schemas.errors import NotFoundError
from storage import keys
from storage.s3.read_only import read_all

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from audit.verification.artefacts import Artefact
    from audit.verification.listing import Listing
    from domain.people.register import Register
    from storage.s3.read_only import ReadOnlyBuckets
    from storage.s3.versions import StoredVersion

_BATCH: Final = 100
"""How many ledgers are read at a time: enough for all readers, little enough for memory."""


@dataclass(frozen=True, slots=True)
class VerifiedInspection:
    """What was verified of one inspection."""

    inspection: str
    entries: int
    unsealed: int
    artefacts: int
    head: str
    findings: int


@dataclass(frozen=True, slots=True)
class VerifiedLayer:
    """What one layer checked, found, and lacked to check more."""

    layer: Layer
    checked: str
    findings: int
    lacked: str | None


@dataclass(slots=True)
class Verified:
    """Everything that was checked and found."""

    inspections: list[VerifiedInspection] = field(default_factory=list)
    layers: list[VerifiedLayer] = field(default_factory=list)
    findings: list[VerificationFinding] = field(default_factory=list)
    unsealed: int = 0
    """Entries that no seal holds yet."""
    seals: int = 0
    sealed_at: dt.datetime | None = None


def verify(
    buckets: ReadOnlyBuckets,
    inspection_id: str | None = None,
    *,
    anchors: Anchors | None = None,
    snapshot: Snapshot | None = None,
    with_bytes: bool = True,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _of: None,
) -> Verified:
    """Verify one inspection, or everything.

    Args:
        anchors: what is known from elsewhere; what was not given is said in the answer.
        snapshot: what was found whole before; everything is read and computed when left out.
        with_bytes: whether to read artefacts and public files too, by far the most bytes.
        progress: told what is being done, how much of it is done, of how much.

    Raises:
        NotFoundError: that inspection was never opened, and nothing else says that it was.
    """
    return _Verification(buckets, anchors or Anchors(), snapshot or NoSnapshot(), progress).run(
        inspection_id, with_bytes=with_bytes
    )


class _Verification:
    def __init__(
        self,
        buckets: ReadOnlyBuckets,
        anchors: Anchors,
        snapshot: Snapshot,
        progress: Callable[[str, int, int], None],
    ) -> None:
        self._buckets = buckets
        self._anchors = anchors
        self._snapshot = snapshot
        self._progress = progress
        self._verified = Verified()
        self._checked: dict[Layer, str] = {}
        self._lacked: dict[Layer, str] = {}

    def run(self, inspection_id: str | None, *, with_bytes: bool) -> Verified:
        self._progress("listing", 0, 0)
        listing = list_record(self._buckets.ledger, inspection_id)
        findings = self._verified.findings
        findings += listing.findings()
        register, sealing = self._register_and_seals(listing)
        if inspection_id and inspection_id not in listing.ledgers:
            if not sealing.chain.sealed_prefix(f"ledger/{inspection_id}").length:
                message = f"{inspection_id}: no such inspection; `ncpi status` lists them all"
                raise NotFoundError(message)
            listing.ledgers[inspection_id] = []
        everything = list(self._examined(listing, register))
        everything += self._gone(listing, sealing, inspection_id)
        for examined in everything:
            findings += hold_inspection(examined, sealing)
        artefacts = self._bytes(everything, inspection_id) if with_bytes else []
        self._conclude(everything, sealing, artefacts, len(listing.versions), with_bytes=with_bytes)
        return self._verified

    def _register_and_seals(self, listing: Listing) -> tuple[Register, Sealing]:
        records = list(self._stored(listing.register))
        register, found = read_register(records, self._anchors)
        self._verified.findings += found
        sealing, found = read_seals(list(self._stored(listing.seals)), register, self._anchors)
        self._verified.findings += found
        self._verified.findings += hold_register(records, sealing)
        self._verified.findings += hold_notes(self._anchors.notes, sealing)
        self._say_register(register, len(records), sealing)
        return register, sealing

    def _say_register(self, register: Register, records: int, sealing: Sealing) -> None:
        self._checked["register"] = f"{records} records"
        self._checked["seal"] = f"{sealing.chain.count} seals, {sealing.chain.size} records"
        self._checked["held"] = f"{len(self._anchors.notes)} notes"
        if not register.is_founded:
            self._lacked["signature"] = "a register; nobody's signature was checked"
        if self._anchors.register is None:
            self._lacked["register"] = "the digest of its first record (--register)"
        if not sealing.chain.count:
            self._lacked["seal"] = "seals; nothing is sealed"
        if not self._anchors.notes:
            self._lacked["held"] = "notes kept elsewhere (--note)"
        self._verified.seals = sealing.chain.count
        self._verified.sealed_at = sealing.times[-1] if sealing.times else None

    def _stored(self, versions: list[StoredVersion]) -> Iterator[tuple[str, bytes]]:
        """Read versions, from the snapshot where it has these very ones; what is gone or unreadable is left out."""
        unreadable: set[str] = set()
        known = {version.key: data for version in versions if (data := self._snapshot.bytes_of(version)) is not None}
        unknown = [version for version in versions if version.key not in known]
        fresh = dict(
            zip(
                (version.key for version in unknown),
                read_all(self._buckets.ledger, [version.key for version in unknown], unreadable),
                strict=True,
            )
        )
        self._verified.findings += [
            of_key(_layer_of(key), key, "the server lists it and cannot read it; its disk is damaged or was altered")
            for key in sorted(unreadable)
        ]
        for version in unknown:
            data = fresh[version.key]
            if data is not None and version.etag:
                self._snapshot.keep_bytes(version, data)
        for version in versions:
            data = known.get(version.key, fresh.get(version.key))
            if data is not None:
                yield version.key, data

    def _examined(self, listing: Listing, register: Register) -> Iterator[Examined]:
        rules = f"{rules_of_this_program()} {register.head}"
        names = list(listing.ledgers)
        for start in range(0, len(names), _BATCH):
            self._progress("entries", start, len(names))
            batch = names[start : start + _BATCH]
            fingerprints = {name: fingerprint(listing.ledgers[name]) for name in batch}
            known = {name: kept for name in batch if (kept := self._snapshot.examined(name, fingerprints[name], rules))}
            unknown = [name for name in batch if name not in known]
            stored = dict(self._stored([version for name in unknown for version in listing.ledgers[name]]))
            for name in batch:
                if name in known:
                    yield Examined.model_validate_json(known[name])
                    continue
                pairs = [(one.key, stored[one.key]) for one in listing.ledgers[name] if one.key in stored]
                examined, found = examine(name, pairs, register if register.is_founded else None)
                self._verified.findings += found
                if (
                    not found
                    and len(pairs) == len(listing.ledgers[name])
                    and all(one.etag for one in listing.ledgers[name])
                ):
                    self._snapshot.keep_examined(name, fingerprints[name], rules, examined.model_dump_json())
                yield examined

    def _gone(self, listing: Listing, sealing: Sealing, inspection_id: str | None) -> Iterator[Examined]:
        """Return an empty inspection for each of which something was sealed and nothing is left."""
        sealed = {chain.removeprefix("ledger/") for chain in sealing.chain.chains if chain.startswith("ledger/")}
        for name in sorted(sealed - listing.ledgers.keys()):
            if inspection_id in (None, name):
                yield Examined(inspection=name, head="", lines=(), artefacts=())

    def _bytes(self, everything: list[Examined], inspection_id: str | None) -> list[Artefact]:
        self._progress("artefacts", 0, 0)
        artefacts = list(read_artefacts(self._buckets.private, everything, self._snapshot, inspection_id))
        self._verified.findings += findings_of(artefacts)
        self._progress("public files", 0, 0)
        public = PublicLayer(PublicFiles(self._buckets.public, self._snapshot, inspection_id), artefacts)
        self._verified.findings += public.findings(everything, is_all=inspection_id is None)
        self._checked["artefact"] = f"{len(artefacts)} artefacts"
        self._checked["public"] = f"{public.checked} files"
        return artefacts

    def _conclude(
        self,
        everything: list[Examined],
        sealing: Sealing,
        artefacts: list[Artefact],
        versions: int,
        *,
        with_bytes: bool,
    ) -> None:
        verified, checked = self._verified, self._checked
        counted = Counter(finding.where for finding in verified.findings)
        by_inspection = Counter(one.inspection for one in artefacts)
        for one in everything:
            unsealed = sum(line.key not in sealing.place_of for line in one.lines)
            verified.unsealed += unsealed
            verified.inspections.append(
                VerifiedInspection(
                    one.inspection,
                    len(one.lines),
                    unsealed,
                    by_inspection[one.inspection],
                    one.head,
                    counted[one.inspection],
                )
            )
        entries = sum(len(one.lines) for one in everything)
        checked["versions"] = f"{versions} versions"
        checked["chain"] = checked["rule"] = f"{entries} entries of {len(everything)} inspections"
        checked["signature"] = "0 entries" if "signature" in self._lacked else f"{entries} entries"
        if not with_bytes:
            checked["artefact"] = checked["public"] = "nothing"
            self._lacked["artefact"] = self._lacked["public"] = "their bytes (left out: --ledger-only)"
        found = Counter(finding.layer for finding in verified.findings)
        verified.layers += [
            VerifiedLayer(layer, checked[layer], found[layer], self._lacked.get(layer)) for layer in LAYERS
        ]


def _layer_of(key: str) -> Layer:
    """Name the layer of what stands at a key of the ledger bucket."""
    if key.startswith(keys.REGISTER_PREFIX):
        return "register"
    return "seal" if key.startswith(keys.SEALS_PREFIX) else "chain"
