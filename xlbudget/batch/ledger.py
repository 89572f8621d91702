"""What was made from what, so that a second run passes over what has not changed.

The ledger is a file of JSON lines, one a finished workbook, appended as it is finished. The last line of a
name counts; a line that was cut off is passed over, and its workbook is made again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from xlbudget import __version__
from xlbudget.batch.jobs import Done, Made, Status, digest


class Entry(NamedTuple):
    """One finished workbook: its contents and its result as digests, and what was found in it."""

    made: Made
    report: Mapping[str, Any]


@cache
def shape(verb: str | None) -> str:
    """Return the digest of all that shapes a result beside its input: version, template, rules, verb."""
    from importlib.resources import files

    from xlbudget.resources import STANDARD_WORKBOOK, resource

    catalogue = files("xlbudget").joinpath("catalogue.toml").read_bytes()
    parts = (__version__.encode(), (verb or "").encode(), catalogue, resource(STANDARD_WORKBOOK).read_bytes())
    return digest(b"".join(digest(part).encode() for part in parts))


class Ledger:
    """The ledger of one output folder. Only where each entry lies is kept in memory."""

    def __init__(self, path: Path, shape: str) -> None:
        self._path = path
        self._shape = shape
        self._file: BinaryIO = path.open("a+b")
        self._places: dict[bytes, int] = {}
        self._index()

    def _index(self) -> None:
        self._file.seek(0)
        at = 0
        for line in self._file:
            if line.endswith(b"\n"):
                name = _name(line)
                if name is not None:
                    self._places[_key(name)] = at
            at += len(line)
            cut_off = not line.endswith(b"\n")
            if cut_off:
                self._file.write(b"\n")

    def find(self, name: str) -> Entry | None:
        """Return what was made of a file by the same program, ``None`` where nothing was."""
        at = self._places.get(_key(name))
        if at is None:
            return None
        self._file.seek(at)
        try:
            line = json.loads(self._file.readline())
            if line["name"] != name or line["shape"] != self._shape:
                return None
            return Entry(Made(line["source"], line["result"]), line["report"])
        except (ValueError, KeyError, TypeError):
            return None  # damaged: the workbook is made again

    def add(self, done: Done) -> None:
        """Append a finished workbook; raises ``OSError`` where the disk is full."""
        if done.status is not Status.DONE or done.made is None:
            return
        line = {"name": done.name, "shape": self._shape, **done.made._asdict(), "report": done.report}
        self._file.seek(0, 2)
        self._places[_key(done.name)] = self._file.tell()
        self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _name(line: bytes) -> str | None:
    try:
        return str(json.loads(line)["name"])
    except (ValueError, KeyError, TypeError):
        return None


def _key(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogateescape"), digest_size=12).digest()
