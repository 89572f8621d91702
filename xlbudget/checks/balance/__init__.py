"""The balance engine: which figure of a record is wrong, why, and what it probably was.

It judges named figures by identities between them, knows rounding from error, and works in exact numbers.

>>> system = System.from_equations(["a + b == c"], inequalities=["a >= 0", "b >= 0"])
>>> diagnose(system, {"a": 1_234, "b": 5_000, "c": 6_243}).candidates[0].mechanism
'transposition'
"""

from __future__ import annotations

from xlbudget.checks.balance.diagnose import ComponentDiagnosis, Diagnosis, diagnose
from xlbudget.checks.balance.equations import EquationError, Identity, parse
from xlbudget.checks.balance.intervals import Precision
from xlbudget.checks.balance.localise import Caps
from xlbudget.checks.balance.mechanisms import Mechanism
from xlbudget.checks.balance.ranking import Candidate, Hints
from xlbudget.checks.balance.system import System

__all__ = [
    "Candidate",
    "Caps",
    "ComponentDiagnosis",
    "Diagnosis",
    "EquationError",
    "Hints",
    "Identity",
    "Mechanism",
    "Precision",
    "System",
    "diagnose",
    "parse",
]
