"""Is the record what was written, on a page: the layers, the seals, and how to check it without trusting us."""

from __future__ import annotations

from audit.pages.tables import things_table
from audit.pages.words import NONE, cut_short, moment, number
from audit.verification.verdict import verdict_of_check
from reports.layout.blocks import Block, Bullets, Column, Facts, Notice, Paragraph, Run, Section, Words, words
from schemas.audit.check import LAYER_WORDS, RecordCheck, SealCoverage, VerifiedLayer
from schemas.counts import counted


def proof_section(check: RecordCheck | None, seals: SealCoverage | None, inspection: str = "") -> Section:
    """Lay out what verification found, how far everything is sealed, and how readers can check it themselves."""
    return Section(
        "proof",
        "Is the record what was written?",
        _layers(check, seals),
        (
            Section("seals", "Seals", _seals(seals)),
            Section("check-yourself", "How to check this yourself", _how_to_check(inspection)),
        ),
    )


def proof_words(check: RecordCheck | None, seals: SealCoverage | None) -> str:
    """Return what verification found and what it could not check, in a sentence or two."""
    if check is None:
        return "Not verified for this report."
    return verdict_of_check(check.layers, check.faults_in_all, check.unfitting, seals.unsealed if seals else 0)


def proof_notice(check: RecordCheck | None, fault: str | None) -> tuple[Notice, ...]:
    """Return warnings of a record that is not what was written, or that could not be read."""
    notices: tuple[Notice, ...] = ()
    if fault:
        notices += (Notice("A part of the record could not be read", (fault,)),)
    if check is not None and check.faults_in_all > check.unfitting:
        found = counted(check.faults_in_all, "fault")
        text = (
            f"Verification found {found}. Until each is explained nothing on this page can be relied on. They are "
            "listed under “Is the record what was written?”."
        )
        notices += (Notice("The record is not what was written", (text,)),)
    elif check is not None and check.unfitting:
        unfitting = tuple(f"{one.message}." for one in check.faults)
        notices += (Notice("What you gave does not fit this record", unfitting),)
    return notices


def _layers(check: RecordCheck | None, seals: SealCoverage | None) -> tuple[Block, ...]:
    if check is None:
        return (Paragraph(words("The record was not verified for this report. The commands below do it.")),)
    return (
        Paragraph(words(proof_words(check, seals))),
        *things_table(
            "What was verified, layer by layer",
            check.layers,
            (
                (Column("What must hold", share=10), _layer),
                (Column("Checked", share=6), lambda one: one.checked),
                (Column("Faults", is_number=True, share=2), lambda one: number(one.faults)),
                (Column("Not checked, because not given", share=7), lambda one: one.missing or NONE),
            ),
            note="The word in brackets names the layer; docs/ledger.md says what each refuses.",
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
            left_out=cut_short(len(check.faults), check.faults_in_all, "faults"),
        ),
    )


def _layer(one: VerifiedLayer) -> Words:
    return words(f"{LAYER_WORDS[one.layer]} ", Run(f"({one.layer})", is_code=True))


def _seals(seals: SealCoverage | None) -> tuple[Block, ...]:
    if seals is None:
        return (Paragraph(words("The seals were not read for this report.")),)
    if seals.fault:
        return (Notice("The seals could not be read", (seals.fault,)),)
    of_all = counted(seals.entries, "entry", "entries")
    verb = "is" if seals.unsealed == 1 else "are"
    unsealed = (
        f"{seals.unsealed:,} of {of_all} {verb} not sealed yet: until the next seal only the S3 server keeps them from "
        "being altered."
        if seals.unsealed
        else "Every entry is sealed."
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
