"""Ids, digests, names, keys and paths, as they are given to the commands and to whatever makes a key of them."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError
from typer.testing import CliRunner

from deployments.program import program
from desk.acts.opening import open_inspection
from desk.acts.uploads import inspection_named_in
from schemas.documents.pack import RETURN
from schemas.errors import NcpiError, RejectedError
from schemas.identifiers import InspectionId, PersonId, is_inspection_id
from storage import keys
from tests.corpus.case import CANARY, Case, Refusals
from tests.support.returns import write_fieldwork
from tests.support.world import MANAGER, World

# As every record of ours is set, whose errors show nothing of what they refuse.
_SILENT: Final = ConfigDict(hide_input_in_errors=True)
_INSPECTION_ID: Final = TypeAdapter(InspectionId, config=_SILENT)
_PERSON_ID: Final = TypeAdapter(PersonId, config=_SILENT)
DIGEST: Final = "0123456789abcdef" * 4

INSPECTIONS: Final = {
    "nothing": "",
    "climbs": f"../../{CANARY}",
    "climbs-behind": f"south-wales-2015/../../{CANARY}",
    "absolute": f"/etc/{CANARY}",
    "backslashes": f"..\\..\\{CANARY}",
    "drive": f"C:\\{CANARY}",
    "percent": f"%2e%2e%2f{CANARY}",
    "percent-twice": "%252e%252e%252f",
    "overlong-percent": "%c0%ae%c0%ae/",
    "dots-alone": "..",
    "wide-dots": "\uff0e\uff0e\uff0fetc",
    "line-end": "south-wales-2015\n",
    "return": "south-wales-2015\r",
    "line-before": "\nsouth-wales-2015",
    "line-within": "south-wales-2015\nkent-2015",
    "nul": "south-wales-2015\0.json",
    "space": "south-wales-2015 ",
    "spaces-within": "south wales 2015",
    "capital": "South-Wales-2015",
    "dotless-i": "w\u0131ltshire-2015",
    "long-s": "e\u017fsex-2015",
    "cyrillic": "\u043aent-2015",
    "wide-letters": "\uff4b\uff45\uff4e\uff54-2015",
    "arabic-digits": "kent-\u0662\u0660\u0661\u0665",
    "wide-digits": "kent-\uff12\uff10\uff11\uff15",
    "superscript": "kent-201\u2075",
    "long-dash": "kent\u20132015",
    "zero-width": "kent-2015\u200b",
    "right-to-left": "\u202e5102-tnek",
    "combining": "kent\u0301-2015",
    "tag": "kent-2015\U000e0041",
    "number-1": "kent-2015-1",
    "number-10": "kent-2015-10",
    "year-of-19": "kent-1999",
    "no-year": "kent",
    "force-alone": "kent-",
    "two-hyphens": "kent--2015",
    "five-parts": "aa-bb-cc-dd-ee-2015",
    "long": "k" * 90 + "-2015",
    "very-long": "a-" * 500_000 + "2015",
    "markup": f"<img src=x onerror={CANARY}>",
    "order": f"kent-2015; rm -rf {CANARY}",
    "database": f"kent-2015' or '{CANARY}'='",
    "template": "{{ kent }}-2015",
    "address": f"s3://bucket/{CANARY}",
    "star": "*",
    "unknown-force": "atlantis-2015",
    "surrogate": "kent-2015\udcff",
}
PERSONS: Final = {
    "nothing": "",
    "one-name": "wendy",
    "with-capitals": f"Wendy.{CANARY}",
    "service": "ncpi",
    "climbs": "../wendy.williams",
    "space": "wendy williams",
    "line-end": "wendy.williams\n",
    "option": "--role",
    "address": f"{CANARY}@example.org",
    "accent": "zo\u00eb.williams",
    "look-alike": "wend\u0443.williams",
    "wide-dot": "wendy\uff0ewilliams",
    "four-names": "a.b.c.d",
    "long": "w" * 61 + ".williams",
    "digits": "wendy.williams2",
    "nul": "wendy.\0williams",
    "colour": "\x1b[31mwendy.williams",
}
DIGESTS: Final = {
    "nothing": "",
    "short": "0" * 11,
    "capitals": "A" * 64,
    "long": "0" * 65,
    "line-end": "0" * 64 + "\n",
    "climbs": "../" + "0" * 61,
    "words": f"the {CANARY} one",
    "wide": "\uff10" * 64,
    "arabic": "\u0660" * 64,
    "prefix": "sha256:" + "0" * 57,
    "hexadecimal": "0x" + "0" * 62,
    "very-long": "0" * 1_000_000,
}
KEYS: Final = {
    "nothing": "",
    "folder": "ledger/kent-2015/",
    "climbs": "ledger/kent-2015/../kent-2016/00000000.json",
    "another-folder": "artefacts/kent-2015/00000000.json",
    "line-end": "ledger/kent-2015/00000000.json\n",
    "short": "ledger/kent-2015/0000000.json",
    "long": "ledger/kent-2015/000000000.json",
    "minus": "ledger/kent-2015/-0000001.json",
    "plus": "ledger/kent-2015/+0000001.json",
    "underscore": "ledger/kent-2015/0000_001.json",
    "arabic-digits": "ledger/kent-2015/" + "\u0661" * 8 + ".json",
    "capital": "ledger/kent-2015/00000000.JSON",
    "behind": f"ledger/kent-2015/00000000.json.{CANARY}",
    "twice": "ledger/ledger/kent-2015/00000000.json",
    "backslashes": "ledger\\kent-2015\\00000000.json",
}
NAMES: Final = {
    "climbs": "../report.html",
    "absolute": "/report.html",
    "folder": "a/report.html",
    "hidden": ".html",
    "no-ending": "report",
    "two-endings": "report.html.exe",
    "capital": "Report.html",
    "line-end": "report.html\n",
    "nul": "report.html\0",
    "device": "con",
    "wide-dot": "report\uff0ehtml",
    "stream": "report.html::$data",
}


def _link(path: Path) -> None:
    path.symlink_to(Path(__file__))


def _link_to_nothing(path: Path) -> None:
    path.symlink_to("/nowhere/at/all")


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def _link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _hole(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200_000_000_000)


def _unreadable(path: Path) -> None:
    # The user that runs the tests may read everything, so it is a file of the system that nobody can read.
    path.symlink_to("/proc/self/mem")


def _nothing(path: Path) -> None:
    assert not path.exists()


PLACES: Final[dict[str, tuple[str, Callable[[Path], None]]]] = {
    "missing": ("file-missing", _nothing),
    "folder": ("file-missing", lambda path: path.mkdir()),
    "link": ("file-missing", _link),
    "link-to-nothing": ("file-missing", _link_to_nothing),
    "link-to-itself": ("file-missing", _link_to_itself),
    "link-to-a-device": ("file-missing", _link_to_a_device),
    "link-to-memory": ("file-missing", _unreadable),
    "pipe": ("file-missing", os.mkfifo),
    "hole": ("file-too-large", _hole),
}


def _try_inspection(text: str) -> Refusals:
    refusals = Refusals()
    with _refused(refusals):
        _INSPECTION_ID.validate_python(text)
        assert is_inspection_id(text)
        open_inspection(World().context, text, MANAGER)
    for make in (
        keys.ledger_folder,
        lambda one: keys.ledger_entry(one, 0),
        lambda one: keys.artefact(one, DIGEST),
        lambda one: keys.public_file(one, "review", "report.html"),
        lambda one: keys.public_record(one, "review"),
        lambda one: open_inspection(World().context, one, MANAGER),
        lambda one: World().history(one),
    ):
        with _refused(refusals):
            made = make(text)
            assert text == INSPECTIONS["unknown-force"], f"it is taken: {made!r:.200}"
    if not text.startswith("-"):
        _run(refusals, ["status", text])
    return refusals


def _try_person(text: str) -> Refusals:
    refusals = Refusals()
    with _refused(refusals):
        _PERSON_ID.validate_python(text)
    _run(refusals, ["open", "kent", "--year", "2015", "--role", "programme-manager", f"--person={text}"])
    return refusals


def _try_digest(text: str) -> Refusals:
    refusals = Refusals()
    with _refused(refusals):
        keys.artefact("kent-2015", text)
    who = ["--person", "dru.sharpling", "--role", "hmi"]
    _run(refusals, ["approve", "kent-2015", f"--draft={text}", *who])
    return refusals


def _try_key(text: str) -> Refusals:
    refusals = Refusals()
    assert keys.parse_ledger_entry(text) is None
    refusals.add_words("none", "")
    return refusals


def _try_name(text: str) -> Refusals:
    refusals = Refusals()
    with _refused(refusals):
        keys.public_file("kent-2015", "review", text)
    return refusals


def _try_place(place: tuple[str, Callable[[Path], None]]) -> Refusals:
    name, make = place
    refusals = Refusals()
    with tempfile.TemporaryDirectory() as folder:
        written = write_fieldwork(Path(folder))
        (written / name).unlink()
        make(written / name)
        world = World()
        world.open()
        with _refused(refusals):
            world.submit("fieldwork", written)
        if name == RETURN:
            with suppress(RejectedError):
                assert inspection_named_in(written) is None
    return refusals


@contextmanager
def _refused(refusals: Refusals) -> Iterator[None]:
    try:
        yield
    except NcpiError as error:
        refusals.add_error(error)
    except ValidationError as error:
        refusals.add_words("ValidationError", str(error))


def _run(refusals: Refusals, words: list[str]) -> None:
    """Run a command that must end as wrong input before it looks for a server."""
    done = CliRunner().invoke(program, words)
    assert done.exit_code in {2, 4, 5} and not isinstance(done.exception, Exception), repr(done.exception)[:200]  # noqa: PT018
    assert CANARY not in done.output, "a command repeats what was sent"
    assert len(done.output) < 4_000
    refusals.names.add(f"exit {done.exit_code}")


def _cases(what: str, values: dict[str, Any], attempt: Callable[[Any], Refusals], expected: str) -> tuple[Case, ...]:
    return tuple(
        Case(
            id=f"identifiers/{what}/{name}",
            what=f"{name} for {what}",
            build=lambda value=value: (attempt, value),
            expected=expected,
        )
        for name, value in values.items()
    )


def _places(name: str) -> tuple[Case, ...]:
    return tuple(
        Case(
            id=f"identifiers/{name}/{what}",
            what=f"{what} for {name}",
            build=lambda make=make: (_try_place, (name, make)),
            expected=expected,
        )
        for what, (expected, make) in PLACES.items()
    )


CASES: Final = (
    *_cases("inspection", INSPECTIONS, _try_inspection, "NotFoundError"),
    *_cases("person", PERSONS, _try_person, "exit 2"),
    *_cases("digest", DIGESTS, _try_digest, "exit 2"),
    *_cases("key", KEYS, _try_key, "none"),
    *_cases("name", NAMES, _try_name, "NotFoundError"),
    *_places(RETURN),
    *_places("cases.csv"),
)


def prepare() -> None:
    """Run a command once: the first of a process loads what all others use."""
    _try_person("pat.howells")


def check(case: Case, sent: tuple[Callable[[Any], Refusals], Any]) -> None:
    attempt, value = sent
    signal.alarm(30)  # a pipe that is opened is waited for
    refusals = attempt(value)
    assert case.expected in refusals.names, sorted(refusals.names)
