"""Is the record what was written, on a page: the layers, the seals, and how to check it without trusting us."""

from __future__ import annotations

from audit.pages.tables import things_table
from audit.pages.words import NONE, cut_short, moment, number
from reports.layout.blocks import Block, Bullets, Column, Facts, Notice, Paragraph, Run, Section, words
from schemas.audit.check import RecordCheck, SealCoverage


def proof_section(check: RecordCheck | None, seals: SealCoverage | None, inspection: str = "") -> Section:
    """Lay out what verification found, how far everything is sealed, and how readers can check it themselves."""
    return Section(
        "proof",
        "Is the record what was written?",
        _layers(check),
        (
            Section("seals", "Seals", _seals(seals)),
            Section("check-yourself", "How to check this yourself", _how_to_check(inspection)),
        ),
    )


def proof_words(check: RecordCheck | None) -> str:
    """Return what verification found, in one sentence."""
    if check is None:
        return "Not verified for this report"
    if check.is_whole:
        return "Verified: everything that was checked is what was written"
    return f"NOT what was written: {check.faults_in_all:,} faults"


def proof_notice(check: RecordCheck | None, fault: str | None) -> tuple[Notice, ...]:
    """Return warnings of a record that is not what was written, or that could not be read."""
    notices: tuple[Notice, ...] = ()
    if fault:
        notices += (Notice("A part of the record could not be read", (fault,)),)
    if check is not None and not check.is_whole:
        text = (
            f"Verification found {check.faults_in_all:,} faults. Until they are explained nothing on this page can "
            "be relied on. They are listed under “Is the record what was written?”."
        )
        notices += (Notice("The record is not what was written", (text,)),)
    return notices


def _layers(check: RecordCheck | None) -> tuple[Block, ...]:
    if check is None:
        return (Paragraph(words("The record was not verified for this report. The commands below do it.")),)
    return (
        Paragraph(words(f"{proof_words(check)}.")),
        *things_table(
            "What was verified, layer by layer",
            check.layers,
            (
                (Column("Layer", share=3), lambda one: one.layer),
                (Column("Checked", share=7), lambda one: one.checked),
                (Column("Faults", is_number=True, share=3), lambda one: number(one.faults)),
                (Column("Missing for a full check", share=8), lambda one: one.missing or NONE),
            ),
            note="docs/ledger.md says what each layer holds.",
        ),
        *things_table(
            "What is not what was written",
            check.faults,
            (
                (Column("Layer", share=3), lambda one: one.layer),
                (Column("Where", share=6), lambda one: one.where),
                (Column("Entry", is_number=True, share=2), lambda one: number(one.entry)),
                (Column("Fault", share=14), lambda one: one.message),
            ),
            note=cut_short(len(check.faults), check.faults_in_all, "faults"),
        ),
    )


def _seals(seals: SealCoverage | None) -> tuple[Block, ...]:
    if seals is None:
        return (Paragraph(words("The seals were not read for this report.")),)
    if seals.fault:
        return (Notice("The seals could not be read", (seals.fault,)),)
    unsealed = (
        "Every entry is sealed."
        if not seals.unsealed
        else f"{seals.unsealed:,} of {seals.entries:,} entries are not sealed yet: until the next seal only the S3 "
        "server keeps them from being altered."
    )
    if seals.checkpoint is None:
        return (Paragraph(words(f"There is no seal yet. {unsealed}")),)
    newest = seals.checkpoint
    return (
        Facts(
            (
                ("Newest seal", words(f"number {newest.seal}, {moment(newest.at)}")),
                ("Log", words(newest.origin)),
                ("Covers", words(f"{newest.size:,} entries and records of the register")),
                ("Root", (Run(newest.root, is_code=True),)),
                ("Not sealed yet", words(unsealed)),
            )
        ),
        Paragraph(
            words(
                "Compare this root with a note of the same size that you were sent when it was sealed. If they differ, "
                "the record was rewritten."
            )
        ),
    )


def _how_to_check(inspection: str) -> tuple[Block, ...]:
    about = f" {inspection}" if inspection else ""
    steps = (
        (
            "With the system and the auditor’s key: ",
            f"ncpi audit verify{about} --register DIGEST --note FILE --cold",
            "",
        ),
        (
            "Without the system: copy the record out, ",
            f"ncpi audit export FOLDER{about}",
            ", and take the folder to a computer of your own.",
        ),
        (
            "There, with Python and its package cryptography alone: ",
            "python3 ncpi_verify.py FOLDER --register DIGEST --note FILE",
            ". That program shares no code with the system that wrote the record.",
        ),
        ("For one entry, without the rest: ", "ncpi audit prove ENTRY", " (the digest of the entry)."),
    )
    register = (
        "DIGEST: the SHA-256 of the register’s first record, noted on paper when it was founded. Without it a "
        "whole register of other people would pass."
    )
    notes = (
        "FILE: notes of seals that management was sent, the more the better. Without one of them a record that was "
        "rewritten as a whole, seals and all, would pass."
    )
    key = "The key that checks the notes, if you noted it: --seal-key KEY. Otherwise the register names it."
    return (
        Bullets(
            tuple(words(before, Run(command, is_code=True), after) for before, command, after in steps),
            is_numbered=True,
        ),
        Paragraph(words("What you need from elsewhere, for the record cannot vouch for itself:")),
        Bullets(tuple(words(text) for text in (register, notes, key))),
    )
