"""Deflate: by Intel's ISA-L where it is installed (``xlbudget[fast]``), ten times as fast as zlib's level 6 and an
eighth longer. The same contents give the same bytes on the same machine, and the same members on every machine.
"""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import Any

LEVEL = 6
_RAW = -15


def _engine() -> tuple[Any, int]:
    try:
        return import_module("isal.isal_zlib"), 1
    except ImportError:
        return zlib, LEVEL


_MODULE, _LEVEL = _engine()


def deflate(content: bytes) -> bytes:
    """Return contents as a raw deflate stream."""
    engine = _MODULE.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    packed: bytes = engine.compress(content) + engine.flush()
    return packed
