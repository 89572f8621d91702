"""What differs between two states of one project: two rounds, two drafts, two years.

Pure: two projects with their figures in, a tuple of ``Change`` out. Nothing is matched by likeness: items go by
name, lines by their words or their expression, settled years by the year, projects of two folders by name and
department.
"""

from xlbudget.comparison.change import Change, Kind, Side, count
from xlbudget.comparison.compare import compare, conditions
from xlbudget.comparison.matching import Matched, project_key

__all__ = ["Change", "Kind", "Matched", "Side", "compare", "conditions", "count", "project_key"]
