"""Print what `benchmarks.hops --json FILE` measured as tables, the median over the rounds with least and most.

Run it as `python -m benchmarks.hops_table FILE`.
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Print a table for each count of instances, and one of what does not depend on it."""
    runs = json.loads(Path(sys.argv[1]).read_text())
    systems = list(dict.fromkeys(run["system"] for run in runs))
    counts = list(dict.fromkeys(count for run in runs for count in run["counts"]))
    for count in counts:
        _print(
            f"{count} at once",
            ("hop p50 s", "hop p95 s", "life p50 s", "wall s", "CPU-s a stage", "ended"),
            {
                system: [
                    *(
                        _spread([one[name] for one in of_count])
                        for name in ("hop_p50", "hop_p95", "life_p50", "wall_seconds")
                    ),
                    _spread([one["cpu_seconds_per_stage"]["all but S3"] for one in of_count]),
                    _ended(of_count),
                ]
                for system in systems
                if (of_count := [run["counts"][count] for run in runs if run["system"] == system])
            },
        )
    _print(
        "Whatever the count",
        ("cold start s", "memory idle MB", "memory after MB"),
        {
            system: [
                _spread([run["cold_start_seconds"] for run in of_system]),
                *(
                    _spread([round(sum(run["memory_megabytes"][when].values())) for run in of_system])
                    for when in ("idle", "after")
                ),
            ]
            for system in systems
            if (of_system := [run for run in runs if run["system"] == system])
        },
    )
    largest = counts[-1]
    for system in systems:
        measured = [run["counts"][largest]["cpu_seconds_per_stage"] for run in runs if run["system"] == system]
        shares = ", ".join(f"{title} {_spread([one[title] for one in measured])}" for title in measured[0])
        sys.stdout.write(f"- {system}, CPU-s a stage of {largest} at once: {shares}\n")


def _print(title: str, columns: tuple[str, ...], rows: dict[str, list[str]]) -> None:
    sys.stdout.write(f"\n### {title}\n\n| system | {' | '.join(columns)} |\n| --- |{' --- |' * len(columns)}\n")
    for system, cells in rows.items():
        sys.stdout.write(f"| {system} | {' | '.join(cells)} |\n")


def _spread(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "none"
    middle, least, most = statistics.median(known), min(known), max(known)
    return f"{middle:g}" if least == most else f"{round(middle, 3):g} ({least:g} to {most:g})"


def _ended(of_count: list[dict[str, Any]]) -> str:
    return ", ".join(f"{one['instances_ended']} of {one['instances']}" for one in of_count)


if __name__ == "__main__":
    main()
