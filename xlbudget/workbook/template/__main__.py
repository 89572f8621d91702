"""``python -m xlbudget.workbook.template [OUT]`` builds the standard workbook."""

from __future__ import annotations

import sys

from xlbudget.workbook.template import main

sys.exit(main(sys.argv[1:]))
