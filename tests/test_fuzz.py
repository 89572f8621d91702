"""What fuzzing has found stays found: every kept case is replayed, and so are seeds damaged at random."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fuzz.targets import PARTS, TARGETS, template
from xlbudget.resources import DEMO_PROJECT, STANDARD_WORKBOOK, resource

KEPT = sorted(path for path in (Path(__file__).parent / "cases" / "fuzz").iterdir() if path.suffix != ".md")


@pytest.mark.parametrize("path", KEPT, ids=[path.name for path in KEPT])
def test_a_case_that_was_found_is_survived(path: Path) -> None:
    TARGETS[path.name.partition("-")[0]](path.read_bytes())


def damaged(seed: bytes, chance: random.Random) -> bytes:
    """Return a seed with a few bytes flipped, cut out or doubled."""
    data = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data))
        length = chance.choice((1, 2, 8, 60))
        match chance.randrange(3):
            case 0:
                data[at : at + length] = chance.randbytes(length)
            case 1:
                del data[at : at + length]
            case _:
                data[at:at] = data[at : at + length]
    return bytes(data)


SEEDS = {
    "workbook": [resource(STANDARD_WORKBOOK).read_bytes()],
    "part": [bytes([number]) + template()[name] for number, name in enumerate(PARTS)],
    "project_json": [resource(DEMO_PROJECT).read_bytes()],
    "derivation": ["○ 회의 참석수당 150,000원*20명*3회(분기) = 9,000천원 × 50/100 △".encode()],
}


@pytest.mark.parametrize("target", SEEDS)
def test_damaged_input_is_refused_in_words(target: str) -> None:
    chance = random.Random(target)
    for _ in range(60):
        TARGETS[target](damaged(chance.choice(SEEDS[target]), chance))
