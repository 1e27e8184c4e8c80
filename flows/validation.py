"""Keep what a return was checked against and how it fared, beside what the stage records of it."""

from __future__ import annotations

from evidence.examination import Examination
from schemas.lifecycle.entry import Fact
from tasks.steps import Steps


def store_validation(steps: Steps, examination: Examination) -> dict[str, Fact]:
    """Store how the table fared, and return what the entry says of it: its digest; nothing if it was not checked."""
    validation = examination.validation
    if validation is None:
        return {}
    return {"validation": steps.store_document(validation, validation.inspection).sha256}
