"""`ncpi verify`: recompute everything and say what is not what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from desk import options
from desk.printing import console, errors_for_people, print_json

if TYPE_CHECKING:
    from storage.verification import Finding, Verified


def verify_command(inspection: options.InspectionOrAll = None, as_json: options.Json = False) -> None:
    """Recompute everything: chains, artefacts, approvals, published bytes. Exit status 1 if anything was altered.

    Examples: ncpi verify; ncpi verify south-wales-2015 --json
    """
    from desk.office import open_reading_room  # noqa: PLC0415
    from storage.verification import verify_inspection, verify_public  # noqa: PLC0415

    with errors_for_people(as_json=as_json):
        stores = open_reading_room()
        everything = stores.ledger.inspections()
        ids = (inspection,) if inspection else everything
        verified: list[Verified] = []
        with console().status("verifying") as progress:
            for number, one in enumerate(ids, start=1):
                progress.update(f"verifying {one} ({number} of {len(ids)})")
                verified.append(verify_inspection(stores, one))
        stray = () if inspection else verify_public(stores, everything)
        findings = [finding for one in verified for finding in one.findings] + list(stray)
        _print_verified(verified, findings, as_json=as_json)
    if findings:
        raise typer.Exit(1)


def _print_verified(verified: list[Verified], findings: list[Finding], *, as_json: bool) -> None:
    from dataclasses import asdict  # noqa: PLC0415

    if as_json:
        print_json({"verified": [asdict(one) for one in verified], "findings": [asdict(one) for one in findings]})
        return
    printer = console()
    for one in verified:
        word = "verified" if not one.findings else "BROKEN"
        printer.print(
            f"{one.inspection}: {word}, {one.entries} entries, {one.artefacts} artefacts, "
            f"{one.published} published files" + (f", head {one.head[:16]}…" if one.head else ""),
            markup=False,
        )
    for finding in findings:
        place = f" entry {finding.entry}" if finding.entry is not None else ""
        printer.print(f"  [{finding.layer}] {finding.inspection}{place}: {finding.message}", markup=False)
    printer.print("Everything is what was written." if not findings else f"{len(findings)} findings.", markup=False)
