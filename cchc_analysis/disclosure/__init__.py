"""What may be published: small counts are hidden, and others with them until nothing hidden can be computed back."""

from cchc_analysis.disclosure.attack import ranges
from cchc_analysis.disclosure.linked import Cell, LinkedTables, link
from cchc_analysis.disclosure.protect import THRESHOLD, hide, small

__all__ = ["THRESHOLD", "Cell", "LinkedTables", "hide", "link", "ranges", "small"]
