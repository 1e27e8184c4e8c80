"""Small valid returns, made by hand, for tests that need one and not South Wales."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any, Final

from schemas.documents.tables import CASE_AUDIT, CASE_TYPES, PROGRESS, ReturnContext, theme_column
from schemas.programme.versions import FOUR_GRADES, Theme

GRADES = ("good", "adequate", "requires improvement", "inadequate")
_DAY: Final = dt.date(2015, 2, 1)
EXPECTATIONS: Final = len(
    CASE_AUDIT.rules(ReturnContext(rows=0, grades=FOUR_GRADES, window_start=_DAY, window_end=_DAY))
)
"""How many expectations the case audit of a programme with four grades must meet."""


def case_rows(count: int = 12, **changes: dict[str, str]) -> list[dict[str, str]]:
    """Make case rows; `row_3={"inspector_grade": "superb"}` changes the fourth."""
    rows = []
    for number in range(count):
        row = {
            "case_reference": f"CA-{number + 1:04d}",
            "case_type": CASE_TYPES[number % 3],
            "date_opened": "2014-09-01",
            "date_examined": "2015-02-25",
            "self_assessed": "yes" if number < 4 else "no",
            "self_assessed_grade": "good" if number < 4 else "",
            "inspector_grade": GRADES[number % 4],
            "referred_back": "yes" if number == 5 else "no",
            "rationale": "SYNTHETIC: long enough a reason to follow",
            **{theme_column(theme): "yes" for theme in Theme},
        }
        rows.append(row | changes.get(f"row_{number}", {}))
    return rows


def as_csv(rows: list[dict[str, str]], columns: tuple[str, ...] = CASE_AUDIT.column_names) -> bytes:
    """Write rows as the CSV a person would send."""
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def _finding(identifier: str, polarity: str, theme: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "polarity": polarity,
        "theme": theme,
        "text": f"Finding {identifier} as the inspectors put it.",
        "source": "inspection team",
    }


def fieldwork_return(inspection: str = "south-wales-2015", *, live: bool = False, **changes: Any) -> dict[str, Any]:
    """Make a fieldwork return for twelve cases; a live one has no publication date from history."""
    return {
        "kind": "fieldwork-return",
        "inspection": inspection,
        "force": inspection.rsplit("-20", 1)[0],
        "programme": "v1-2014",
        "fieldwork": {
            "start": {"date": "2015-02", "source": "test"},
            "end": {"date": "2015-03", "source": "test"},
            "methods": ["case file reviews", "interviews"],
        },
        "team": {"lead_inspector": "rhian.morgan", "inspectors": ["tom.ellis"], "hmi": "Dru Sharpling"},
        "findings": [_finding("I1", "pleased", "leadership"), _finding("I2", "concerned", "police-detention")],
        "recommendations": [
            {
                "id": "REC-2015-01",
                "text": "Do one thing.",
                "timescale": "three months",
                "findings": ["I2"],
                "is_synthetic": True,
            },
            {
                "id": "REC-2015-02",
                "text": "Do another.",
                "timescale": "immediately",
                "findings": ["I2"],
                "is_synthetic": True,
            },
        ],
        "case_audit": {
            "file": "cases.csv",
            "rows": 12,
            "grades": dict.fromkeys(GRADES, 3),
            "is_synthetic": True,
        },
        "quotation": {"speaker": "Dru Sharpling", "paragraphs": ["We saw things."], "is_synthetic": True},
        **({} if live else {"published": {"date": "2015-07", "source": "test"}}),
        **changes,
    }


def review_return(inspection: str = "south-wales-2015", *, live: bool = False, **changes: Any) -> dict[str, Any]:
    """Make a review return that answers `fieldwork_return`."""
    return {
        "kind": "review-return",
        "inspection": inspection,
        "fieldwork": {
            "start": {"date": "2016-02", "source": "test"},
            "end": {"date": "2016-02", "source": "test"},
            "methods": ["case file reviews"],
        },
        "team": {"lead_inspector": "rhian.morgan", "inspectors": [], "hmi": "Wendy Williams"},
        "findings": [_finding("R1", "concerned", "police-detention")],
        "finding_progress": [
            {"finding": "I1", "outcome": "not assessed", "review_findings": [], "basis": "inspection team"},
            {"finding": "I2", "outcome": "still a concern", "review_findings": ["R1"], "basis": "inspection team"},
        ],
        "progress": {"file": "progress.csv", "rows": 2, "is_synthetic": True},
        "quotation": {"speaker": "Wendy Williams", "paragraphs": ["We looked again."], "is_synthetic": True},
        **({} if live else {"published": {"date": "2016-06-30", "source": "test"}}),
        **changes,
    }


def progress_rows() -> list[dict[str, str]]:
    """Make the progress rows that go with `review_return`."""
    return [
        {
            "recommendation": identifier,
            "outcome": outcome,
            "date_assessed": "2016-02-10",
            "evidence": "SYNTHETIC: long enough an account to follow",
        }
        for identifier, outcome in (("REC-2015-01", "achieved"), ("REC-2015-02", "still a concern"))
    ]


def write_fieldwork(folder: Path, inspection: str = "south-wales-2015", **changes: Any) -> Path:
    """Write a valid fieldwork return into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "return.json").write_text(json.dumps(fieldwork_return(inspection, **changes)))
    (folder / "cases.csv").write_bytes(as_csv(case_rows()))
    return folder


def write_review(folder: Path, inspection: str = "south-wales-2015", **changes: Any) -> Path:
    """Write a valid review return into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "return.json").write_text(json.dumps(review_return(inspection, **changes)))
    (folder / "progress.csv").write_bytes(as_csv(progress_rows(), PROGRESS.column_names))
    return folder
