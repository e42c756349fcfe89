"""What a report is made from: a study, the plan it is held against, and the plan's scorecard told in words."""

from dataclasses import dataclass

import pandas as pd

from cchc_analysis.documents.outline import FieldName, Outline, outline_of
from cchc_analysis.errors import Language
from cchc_analysis.pages.overview import board_of
from cchc_analysis.pages.overview_rows import Board
from cchc_analysis.plan import Plan
from cchc_analysis.study import Study
from cchc_analysis.wording import in_sentence


@dataclass(frozen=True)
class Facts:
    """The scorecard of a study against a plan, as the overview page tells it, and where each commitment is told."""

    board: Board
    fields: dict[FieldName, tuple[str, ...]]

    @property
    def study(self) -> Study:
        """Data, period and unit."""
        return self.board.study

    @property
    def plan(self) -> Plan:
        """What the figures are held against."""
        return self.board.plan

    @property
    def rows(self) -> pd.DataFrame:
        """The rows of the scorecard in words (see overview_rows.told_rows), computed once."""
        return self.board.rows

    @property
    def language(self) -> Language:
        """The language of the report."""
        return self.study.language

    @property
    def period(self) -> str:
        """The period as it stands in a sentence."""
        return in_sentence(self.study.period.title(self.language), self.language)

    def rows_of(self, field: FieldName) -> pd.DataFrame:
        """Return the rows of the scorecard that are told in a field, in the order of the outline."""
        ids = self.fields[field]
        own = self.rows[self.rows["commitment"].isin(ids)]
        return own.sort_values("commitment", key=lambda names: names.map(ids.index), ignore_index=True)


def facts_of(study: Study, plan: Plan, outline: Outline | None = None) -> Facts:
    """Return what a report on a study needs."""
    return Facts(board_of(study, plan), outline_of(plan, outline))
