"""What a study says of the registers beside its dossiers: payments, feedback, copies, the catalogue, a second list."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Any

import narwhals as nw
import pandas as pd

from cchc_analysis import counting, measures
from cchc_analysis.counting import Clock, OnTimeRule
from cchc_analysis.counting.matching import Scope
from cchc_analysis.measures import official_tables
from cchc_analysis.measures.catalogue import Entries
from cchc_analysis.periods import ReportPeriod
from cchc_analysis.study_memory import remembered
from cchc_analysis.study_parts import StudyParts
from cchc_analysis.study_together import together
from cchc_analysis.units import UnitRegistry
from cchc_analysis.warehouse import Warehouse

By = str | tuple[str, ...]
Measure = Callable[[pd.DataFrame, ReportPeriod, tuple[str, ...]], pd.DataFrame]

TIER_OF_CATALOGUE = {
    "province": "province",
    "city": "city",
    "department": "city",
    "ward": "commune",
    "commune": "commune",
}
"""Tier of a unit (units.csv) → tier of the catalogue of procedures."""

PAYMENT_COUNTS: dict[str, Callable[..., pd.DataFrame]] = {
    "payment_forms": counting.count_payment_forms,
    "paying_dossiers": counting.count_paying_dossiers,
    "payment_agreement": counting.count_payment_agreement,
}


def dimensions(by: By) -> tuple[str, ...]:
    """Return the dimensions of a question without the months.

    >>> dimensions("unit"), dimensions(("unit", "month"))
    (('unit',), ('unit',))
    """
    keys = (by,) if isinstance(by, str) else tuple(by)
    return tuple(key for key in keys if key != "month")


class RegisterMeasures(ABC):
    """The part of a study that asks the registers.

    Every method returns a table with its columns and no row where its register has not been taken in: nothing is known
    then, and nothing is not zero. A row of a register belongs to the unit it names; a payment that names none, to the
    unit of its dossier.
    """

    warehouse: Warehouse
    period: ReportPeriod
    unit: str
    as_of: datetime
    registry: UnitRegistry
    parts: StudyParts | None
    _tables: dict[Any, pd.DataFrame]
    _answers: dict[Any, Any]

    @property
    @abstractmethod
    def clock(self) -> Clock:
        """Calendar, moment and month cut of every count of this study."""

    @property
    @abstractmethod
    def is_whole(self) -> bool:
        """Whether the study looks at all units."""

    @abstractmethod
    def months(self) -> list[ReportPeriod]:
        """Return the months of a series that ends with the period, as far back as the data go."""

    @abstractmethod
    def sent(self, by: By = ()) -> pd.DataFrame:
        """Return a count by channel, level and hour of sending (see counting.count_online)."""

    @abstractmethod
    def _counted(self, count: Callable[..., pd.DataFrame], *arguments: Any) -> pd.DataFrame: ...

    @abstractmethod
    def _measured(self, measure: Callable[[ReportPeriod, tuple[str, ...]], pd.DataFrame], by: By) -> pd.DataFrame: ...

    def _of_register(
        self, kind: str, name: str, count: Callable[[nw.LazyFrame[Any]], pd.DataFrame]
    ) -> pd.DataFrame | None:
        """Return a count of a register, those rows that belong to the unit; None where there is no such register."""
        if name not in self._tables:
            register = self.warehouse.register(kind)
            if register is None:
                return None
            self._tables[name] = self._own(count(register.rows()))
        return self._tables[name]

    def _own(self, counts: pd.DataFrame) -> pd.DataFrame:
        """Return the part of a count that belongs to the unit of the study."""
        return counts if self.is_whole else counts[counts["unit"] == self.unit].reset_index(drop=True)

    def _answer(
        self, kind: str, by: By, counts: pd.DataFrame | None, measure: Measure, columns: tuple[str, ...]
    ) -> pd.DataFrame:
        """Apply a measure to a count of a register, or return its columns where there is no such register."""
        keys = dimensions(by)
        counting.check_register_dimensions(kind, keys)
        if counts is None:
            return _unknown(by, columns)
        return self._measured(lambda period, groups: measure(counts, period, groups), by)

    def _payments(self, name: str) -> pd.DataFrame | None:
        """Return one of the three counts of payments, made together since they look at the same rows."""
        if name not in self._tables:
            register = self.warehouse.register("payments")
            if register is None:
                return None
            dossiers = self.warehouse.dossiers()
            rows = counting.classify_payments(register.rows(), dossiers, self.clock)
            for key, count in PAYMENT_COUNTS.items():
                self._tables[key] = self._own(count(rows, dossiers, self.clock, ("unit",)))
        return self._tables[name]

    @remembered
    @together
    def payment_forms(self, by: By = ()) -> pd.DataFrame:
        """Return how much was paid online or without cash, and whether the dossier list agrees.

        See measures.payment_shares, measures.dossiers_paid_online, measures.payments_agree; `by`: unit, month.
        """
        forms, payers, flags = (self._payments(name) for name in PAYMENT_COUNTS)

        def shares(counts: pd.DataFrame, period: ReportPeriod, keys: tuple[str, ...]) -> pd.DataFrame:
            tables = [measures.payment_shares(counts, period, keys)]
            tables += [] if payers is None else [measures.dossiers_paid_online(payers, period, keys)]
            tables += [] if flags is None else [measures.payments_agree(flags, period, keys)]
            return pd.concat(tables, ignore_index=True)

        columns = (*measures.INDICATOR_COLUMNS, *measures.PAYMENT_COLUMNS)
        return self._answer("payments", by, forms, shares, columns)

    @remembered
    @together
    def payments_by_method(self, by: By = ()) -> pd.DataFrame:
        """Return payments and dong by method (see measures.payments_by_method); `by`: unit, month."""
        forms = self._payments("payment_forms")
        return self._answer("payments", by, forms, measures.payments_by_method, measures.METHOD_COLUMNS)

    @remembered
    @together
    def feedback(self, by: By = (), source: str | None = None) -> pd.DataFrame:
        """Return messages answered, on time, to satisfaction (see measures.feedback_shares).

        `by`: unit, field, source, month. `source`: such as "hotline"; None takes all sources.
        """
        names = counting.REGISTER_DIMENSIONS["feedback"]
        counts = self._of_register(
            "feedback", "feedback", lambda rows: counting.count_feedback(rows, self.clock, names)
        )
        columns = (*measures.INDICATOR_COLUMNS, *measures.FEEDBACK_COLUMNS)

        def shares(counts: pd.DataFrame, period: ReportPeriod, keys: tuple[str, ...]) -> pd.DataFrame:
            return measures.feedback_shares(counts, period, keys, source)

        return self._answer("feedback", by, counts, shares, columns)

    def _copies(self) -> pd.DataFrame | None:
        return self._of_register(
            "e_copies", "e_copies", lambda rows: counting.count_copies(rows, self.clock, ("unit",))
        )

    @remembered
    @together
    def copies(self, by: By = ()) -> pd.DataFrame:
        """Return certified copies: electronic ones, and requests certified (see measures.copy_shares).

        `by`: unit, month.
        """
        columns = (*measures.INDICATOR_COLUMNS, *measures.COPY_COLUMNS)
        return self._answer("e_copies", by, self._copies(), measures.copy_shares, columns)

    @remembered
    @together
    def copies_by_form(self, by: By = ()) -> pd.DataFrame:
        """Return requests certified and their copies by form (see measures.copies_by_form); `by`: unit, month."""
        return self._answer("e_copies", by, self._copies(), measures.copies_by_form, measures.FORM_COLUMNS_OF_COPIES)

    def _entries(self, by_unit: bool = False) -> Entries | None:
        """Return the catalogue as this study looks at it, None where none has been taken in."""
        if "catalogue" not in self._tables:
            register = self.warehouse.register("procedures")
            if register is None:
                return None
            self._tables["catalogue"] = counting.count_catalogue(register.rows())
        table = self._tables["catalogue"]
        units = [self.unit]
        if self.is_whole:
            if not by_unit:
                return Entries(table)
            units = sorted({*self.sent()["unit"], *table["unit"]} - {""})
        tiers = {unit: TIER_OF_CATALOGUE.get(self.registry.tier(unit) or "", "") for unit in units}
        return Entries(table, tiers)

    @remembered
    @together
    def catalogue(self, by: By = (), published_within: int | None = None) -> pd.DataFrame:
        """Return what of the catalogue is offered online, integrated, used, payable, published.

        See measures.catalogue_shares; `by`: unit, field, tier, month.
        """
        counting.check_register_dimensions("procedures", dimensions(by))
        entries = self._entries("unit" in dimensions(by))
        columns = (*measures.INDICATOR_COLUMNS, "n_not_stated")
        if entries is None:
            return _unknown(by, columns)
        received, on = self.sent("procedure"), self.as_of.date()

        def shares(_: pd.DataFrame, period: ReportPeriod, keys: tuple[str, ...]) -> pd.DataFrame:
            return measures.catalogue_shares(entries, received, period, keys, on, published_within)

        return self._answer("procedures", by, entries.table, shares, columns)

    @remembered
    def listed_procedures(self) -> pd.DataFrame:
        """Return the procedures of the catalogue that hold at the end of the period and belong to the unit.

        Columns `procedure`, `procedure_name`, `field`, one row per procedure; none where there is no catalogue.
        """
        entries, columns = self._entries(), ["procedure", "procedure_name", "field"]
        if entries is None:
            return pd.DataFrame(columns=columns)
        held = entries.valid(min(self.as_of.date(), self.period.end))
        return held[columns].drop_duplicates("procedure").sort_values("procedure", ignore_index=True)

    def procedure_counts(self, by: By = ()) -> pd.DataFrame:
        """Return how many procedures the catalogue has by tier and level of service (see official_tables.
        catalogue_counts); `by`: unit. No row where there is no catalogue."""
        keys = dimensions(by)
        counting.check_register_dimensions("procedures", keys)
        entries = self._entries("unit" in keys)
        if entries is None:
            return pd.DataFrame(columns=[*keys, *official_tables.CATALOGUE_FIGURES])
        return official_tables.catalogue_counts(entries, min(self.as_of.date(), self.period.end), keys)

    def paid_procedures(self, by: By = ()) -> pd.DataFrame:
        """Return how many procedures have a payment for a dossier of the period (see official_tables.
        paid_procedure_counts); `by`: dimensions of dossiers. No row where there is no register of payments."""
        register, keys = self.warehouse.register("payments"), dimensions(by)
        if register is None:
            return pd.DataFrame(columns=[*keys, "paid_procedures"])
        if "paid_procedures" not in self._tables:
            dossiers, wanted = self.warehouse.dossiers(), ("unit", "procedure")
            self._tables["paid_procedures"] = self._own(
                counting.count_payment_agreement(register.rows(), dossiers, self.clock, wanted)
            )
        return official_tables.paid_procedure_counts(self._tables["paid_procedures"], self.period, keys)

    def not_offered(self) -> pd.DataFrame:
        """Return the procedures that are eligible and not offered online or not integrated (see
        measures.not_offered)."""
        entries = self._entries()
        if entries is None:
            return pd.DataFrame(columns=list(measures.NOT_OFFERED_COLUMNS))
        return measures.not_offered(entries, self.period, self.as_of.date())

    def dossiers_in_catalogue(self, by: By = ()) -> pd.DataFrame:
        """Return the share of dossiers whose procedure is in the catalogue (see measures.dossiers_in_catalogue).

        `by`: any dimension of dossiers.
        """
        entries, keys = self._entries(), dimensions(by)
        if entries is None:
            return _unknown(by, (*measures.INDICATOR_COLUMNS, "n_not_stated"))
        received = self.sent((*keys, "procedure"))
        return self._measured(
            lambda period, groups: measures.dossiers_in_catalogue(entries, received, period, groups), by
        )

    def _matched(self, scope: Scope) -> pd.DataFrame | None:
        def count(rows: nw.LazyFrame[Any]) -> pd.DataFrame:
            return counting.count_matching(self.warehouse.dossiers(), rows, self.clock, ("unit",), scope)

        return self._of_register("other_register", f"matching_{scope}", count)

    @remembered
    @together
    def matching(self, by: By = (), scope: Scope = "shared") -> pd.DataFrame:
        """Return the share of dossiers of the second register that the one-stop list holds.

        See measures.dossiers_controlled; `by`: unit, month. `scope`: "shared" or "all" (see counting.count_matching).
        """
        columns = (*measures.INDICATOR_COLUMNS, *measures.MATCHING_COLUMNS)

        def shares(counts: pd.DataFrame, period: ReportPeriod, keys: tuple[str, ...]) -> pd.DataFrame:
            return measures.dossiers_controlled(counts, period, keys, scope)

        return self._answer("other_register", by, self._matched(scope), shares, columns)

    @remembered
    @together
    def matching_conflicts(self, by: By = (), scope: Scope = "shared") -> pd.DataFrame:
        """Return in what the entries of a dossier differ (see measures.matching_conflicts); `by`: unit, month."""

        def shares(counts: pd.DataFrame, period: ReportPeriod, keys: tuple[str, ...]) -> pd.DataFrame:
            return measures.matching_conflicts(counts, period, keys, scope)

        return self._answer("other_register", by, self._matched(scope), shares, measures.INDICATOR_COLUMNS)


def _unknown(by: By, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return the columns of an answer without a row."""
    asked = (by,) if isinstance(by, str) else by
    return pd.DataFrame(columns=[*dimensions(by), *columns, *(["month"] if "month" in asked else [])])


REGISTER_MEASURES: dict[str, Callable[[RegisterMeasures, By, OnTimeRule], pd.DataFrame]] = {
    "payment_forms": lambda study, by, rule: study.payment_forms(by),
    "payments_by_method": lambda study, by, rule: study.payments_by_method(by),
    "feedback": lambda study, by, rule: study.feedback(by),
    "copies": lambda study, by, rule: study.copies(by),
    "copies_by_form": lambda study, by, rule: study.copies_by_form(by),
    "catalogue": lambda study, by, rule: study.catalogue(by),
    "not_offered": lambda study, by, rule: study.not_offered(),
    "dossiers_in_catalogue": lambda study, by, rule: study.dossiers_in_catalogue(by),
    "matching": lambda study, by, rule: study.matching(by),
    "matching_conflicts": lambda study, by, rule: study.matching_conflicts(by),
}
"""The measures of the command line that ask a register."""
