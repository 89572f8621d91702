"""Independent readers of VBA projects, imported without the warnings that they give on import."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import olefile
    import pyopenvba
    from oletools.olevba import VBA_Parser, decompress_stream
    from pyopenvba import ExcelFile
    from pyopenvba.interpreter._parse import parse_module

__all__ = ["ExcelFile", "VBA_Parser", "decompress_stream", "olefile", "parse_module", "pyopenvba"]
