"""Fixtures that every test may use."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None)  # a busy machine is no failure
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parent.parent


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs LibreOffice where it is missing; where it is required, fail instead."""
    if item.get_closest_marker("office") is None or shutil.which("soffice"):
        return
    reason = "LibreOffice(soffice)가 없어 건너뜁니다"
    if os.environ.get("XLBUDGET_REQUIRE_OFFICE"):
        pytest.fail("LibreOffice(soffice)가 있어야 합니다", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real data, kept beside the checkout; tests on it skip where it is absent."""
    folder = Path(os.environ.get("XLBUDGET_CORPUS", ROOT.parent / "shared" / "corpus"))
    if not folder.is_dir():
        pytest.skip("실제 자료 폴더(corpus)가 없어 건너뜁니다")
    return folder


@pytest.fixture(scope="session")
def cases() -> Path:
    """The folder of our own test cases."""
    return ROOT / "tests" / "cases"
