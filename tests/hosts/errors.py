"""The error that pywin32 raises, so that xlwings and our adapter meet in tests what they meet on Windows."""

from __future__ import annotations

EXCEPTION = -2147352567
REJECTED = -2147418111
RETRY_LATER = -2147417846
EDITING = -2146777998
_FAILED = -2146827284


class com_error(Exception):  # noqa: N801
    """``pywintypes.com_error``: hresult, strerror, excepinfo, argerror."""

    def __init__(self, text: str, hresult: int = EXCEPTION, scode: int = _FAILED) -> None:
        details = (0, "Excel", text, None, 0, scode) if hresult == EXCEPTION else None
        super().__init__(hresult, text, details, None)
        self.hresult, self.strerror, self.excepinfo, self.argerror = self.args


def busy() -> com_error:
    """Return what Excel answers while a dialog is open."""
    return com_error("Call was rejected by callee.", REJECTED)


def editing() -> com_error:
    """Return what Excel answers while a cell is being edited."""
    return com_error("", EXCEPTION, EDITING)
