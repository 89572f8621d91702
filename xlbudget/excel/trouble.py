"""What a macro says when it cannot go on: a short sentence; the details go to a log that stays on the PC."""

from __future__ import annotations

import hashlib
import os
import sys
import traceback
from datetime import datetime
from pathlib import Path

from xlbudget.errors import XlbudgetError

LONGEST = 900
"""Letters of a message box; Windows shows about a thousand."""
LARGEST_LOG = 1 << 20


def log_path() -> Path:
    """Return where unexpected errors are written."""
    local = os.environ.get("LOCALAPPDATA")
    folder = Path(local) / "xlbudget" if local else Path.home() / ".xlbudget"
    return folder / "xlbudget.log"


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a text that fits into a box."""
    return text if len(text) <= longest else text[:longest].rsplit("\n", 1)[0].rstrip() + "\n…"


def explained(error: BaseException) -> str:
    """Return what to tell of an error: our own errors as they are, others by a code and the log's path."""
    if isinstance(error, XlbudgetError):
        return shortened(str(error))
    code = error_code(error)
    where = recorded(error, code)
    return (
        "예상하지 못한 문제로 멈췄습니다. 통합 문서는 누르기 전과 같습니다.\n"
        f"오류 번호: {code}\n기록: {where}\n이 번호와 기록 파일을 담당자에게 보내 주세요."
    )


def error_code(error: BaseException) -> str:
    """Return a code that is the same whenever the same thing goes wrong at the same place."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].name}:{frames[-1].lineno}" if frames else ""
    return "XB-" + hashlib.sha256(f"{type(error).__name__}:{place}".encode()).hexdigest()[:6].upper()


def recorded(error: BaseException, code: str) -> str:
    """Write an error with its traceback to the log and return where; an old log is kept beside it."""
    path = log_path()
    details = "".join(traceback.format_exception(error))
    entry = f"{datetime.now():%Y-%m-%d %H:%M:%S} {code} Python {sys.version.split()[0]}\n{details}\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".old.log"))
        with path.open("a", encoding="utf-8") as log:
            log.write(entry)
    except OSError as failure:
        return f"{path} (쓰지 못했습니다: {failure.strerror})"
    return str(path)
