"""The verifier of one file, loaded as a stranger would."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]


def _stand_alone() -> Any:
    spec = importlib.util.spec_from_file_location("ncpi_verify", ROOT / "verifier" / "ncpi_verify.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["ncpi_verify"] = module
    spec.loader.exec_module(module)
    return module


STAND_ALONE: Final = _stand_alone()
