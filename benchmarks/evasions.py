"""Count how many evasions of the disclosure rules get through, by kind of data and by way.

Usage: python -m benchmarks.evasions [count] [seed]
"""

from __future__ import annotations

import random
import sys
from collections import Counter

from domain.disclosure import personal_data_across, personal_data_in
from schemas.text import CharacterError, publishable
from tests.support.evasions import Evasion, evasion


def is_refused(written: Evasion) -> bool:
    """Return whether intake refuses the texts: a character of them, or what they give away."""
    try:
        texts = [publishable(text) for text in written.texts]
    except CharacterError:
        return True
    return any(map(personal_data_in, texts)) or bool(personal_data_across(texts))


def main(count: int, seed: int) -> None:
    """Make evasions, and print how many get through with examples of each way."""
    rng = random.Random(seed)  # noqa: S311 - the seed makes the same ones again
    made: Counter[tuple[str, ...]] = Counter()
    through: Counter[tuple[str, ...]] = Counter()
    examples: dict[tuple[str, ...], Evasion] = {}
    for _ in range(count):
        written = evasion(rng)
        made[written.ways] += 1
        if not is_refused(written):
            through[written.ways] += 1
            examples.setdefault(written.ways, written)
    share = through.total() / count
    sys.stdout.write(f"{count:,} evasions (seed {seed}): {through.total():,} get through, {share:.2%}\n")
    for ways, number in through.most_common():
        example = " ¶ ".join(examples[ways].texts).encode("unicode_escape").decode()
        sys.stdout.write(f"{number:>6} of {made[ways]:>5}  {' + '.join(ways)}: {examples[ways].kind}: {example}\n")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *(10_000, 1)[len(given) :])
