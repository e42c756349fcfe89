"""The exploring notebook: choose measure, period, unit, groups, rule and language; see figure, table and how it was
computed."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import ipywidgets
from IPython.display import HTML

from cchc_analysis import display, wording
from cchc_analysis.errors import CchcError, Language
from cchc_analysis.pages.explore_figures import EXPLORED, GROUPS, RULES, Choice, block, code_of, sentence
from cchc_analysis.pages.frame import page_head
from cchc_analysis.periods import Kind, ReportPeriod, parse_period
from cchc_analysis.study import ALL_UNITS, Study, open_study, units_of
from cchc_analysis.wording import pick

say = wording.explore

LANGUAGES = (("Tiếng Việt", "vi"), ("English", "en"))
KINDS: tuple[tuple[Kind, int], ...] = (("year", 12), ("half", 6), ("nine_months", 12), ("quarter", 3), ("month", 1))
"""Kind of period and how many months lie between two of a kind."""

HINT = (
    "Đổi một lựa chọn, hình và bảng đổi theo. Không có kết nối với máy tính toán (sổ tay đã lưu, trang in) thì đây là "
    "trạng thái ban đầu.",
    "Change a choice, and figure and table follow. Without a running kernel (a saved notebook, a print) this is the "
    "first state.",
)


def head(study: Study) -> HTML:
    """Show title, unit, period and what a reader must know, as on every page."""
    return page_head(study, "explore")


def periods_of(study: Study) -> list[str]:
    """Return the labels of the periods to choose from: of every year with dossiers, the one asked for included."""
    last = max(study.warehouse.as_of.year, study.period.year)
    first = min(_first_year(study), study.period.year)
    found = [
        ReportPeriod(kind, year * 12 + month, study.period.window).label
        for year in range(first, last + 1)
        for kind, step in KINDS
        for month in range(0, 12, step)
    ]
    return list(dict.fromkeys([*found, study.period.label]))


def _first_year(study: Study) -> int:
    """Return the year of the first receipt of the unit; that of the period where there is none."""
    flow = study.flow() if study.warehouse.has_rows else None
    return int(flow["received_month"].min()) // 12 if flow is not None and len(flow) else study.period.year


def unit_choices(study: Study) -> list[tuple[str, str]]:
    """Return name and id of the units to choose from: the whole, then those with dossiers in their official order."""
    order = {unit: place for place, unit in enumerate(study.registry.units())}
    found = sorted({*units_of(study.warehouse), study.unit} - {ALL_UNITS}, key=lambda u: (order.get(u, len(order)), u))
    return [(study.unit_name(unit), unit) for unit in (ALL_UNITS, *found)]


def panel(*, data: str, period: str, unit: str = ALL_UNITS, as_of: str = "", language: Language = "vi") -> "Panel":
    """Return the choices with their figure and table, for JupyterLab; elsewhere the first state as plain HTML.

    The arguments are those of `open_study`, the first state of the choices. Raises its errors; what a later choice
    cannot give is said in one sentence in place of the figure.
    """
    return Panel(data, as_of, open_study(data=data, period=period, unit=unit, as_of=as_of, language=language))


@dataclass
class Panel:
    """The controls of the notebook and what they show; `choose` sets one of them as a click does."""

    data: str
    as_of: str
    first: Study
    _studies: dict[tuple[str, str, str], Study] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        study = self.first
        self._studies[self._key(study.period.label, study.unit, study.language)] = study
        self._quiet = False
        # JupyterLab may be set to handle each control in a thread of its own.
        self._one_at_a_time = threading.RLock()
        # Once, and never again: each is a model of its own, which a page would have to fetch before a later message.
        looks = {"style": {"description_width": "8rem"}, "layout": {"width": "26rem", "max_width": "98%"}}
        self.controls = {name: ipywidgets.Dropdown(**looks) for name in say.CONTROLS}
        self.shown = ipywidgets.HTML()
        # JupyterLab dresses tables and paragraphs of this class.
        self.shown.add_class("jp-RenderedHTMLCommon")
        self._fill(study.language)
        for name, value in self._first_values().items():
            self.controls[name].value = value
        self._show()
        for name, control in self.controls.items():
            control.observe(self._changed, names="value")
            control.add_class(f"cchc-{name}")

    def _first_values(self) -> dict[str, str]:
        study = self.first
        by = "unit" if study.is_whole else "month"
        chosen = {"measure": "on_time", "by": by, "rule": _rule_value(*RULES[0])}
        return {**chosen, "period": study.period.label, "unit": study.unit, "language": study.language}

    @staticmethod
    def _key(period: str, unit: str, language: str) -> tuple[str, str, str]:
        return period, unit, language

    def _fill(self, language: Language) -> None:
        """Write labels and options in a language; what is chosen stays chosen."""
        options = self._options(language)
        for name, control in self.controls.items():
            kept = control.value
            # One message for all of it: label, options and choice change together.
            with control.hold_sync():
                control.description = pick(language, *say.CONTROLS[name])
                control.options = options[name]
                if kept is not None:
                    control.value = kept

    def _options(self, language: Language) -> dict[str, Sequence[tuple[str, str]]]:
        study = self.first
        units = unit_choices(study if language == study.language else self._open(study.period.label, "all", language))
        return {
            "measure": [(say.name(name, language), name) for name in EXPLORED],
            "period": [(parse_period(label).title(language), label) for label in periods_of(study)],
            "unit": units,
            "by": [(pick(language, *say.GROUPS[name]), name) for name in GROUPS],
            "rule": [(say.rule(*rule, language), _rule_value(*rule)) for rule in RULES],
            "language": LANGUAGES,
        }

    def choose(self, **values: str) -> None:
        """Set controls by name, such as unit="phuong-1", as a reader does."""
        for name, value in values.items():
            self.controls[name].value = value

    def _changed(self, change: Any) -> None:
        with self._one_at_a_time:
            if self._quiet:
                return
            if change["owner"] is self.controls["language"]:
                self._quiet = True
                try:
                    self._fill(self._language)
                finally:
                    self._quiet = False
            self._show()

    @property
    def _language(self) -> Language:
        chosen: Language = self.controls["language"].value
        return chosen

    def _open(self, period: str, unit: str, language: Language) -> Study:
        key = self._key(period, unit, language)
        if key not in self._studies:
            self._studies[key] = open_study(
                data=self.data, period=period, unit=unit, as_of=self.as_of, language=language
            )
        return self._studies[key]

    def _show(self) -> None:
        values = {name: control.value for name, control in self.controls.items()}
        rule, denominator = values["rule"].split("/")
        choice = Choice(values["measure"], values["by"], rule, denominator)
        self.controls["rule"].disabled = not EXPLORED[choice.measure].takes_rule
        self.shown.value = self._block(choice, values["period"], values["unit"])

    def _block(self, choice: Choice, period: str, unit: str) -> str:
        """Return what a choice shows; an error of ours is one sentence."""
        try:
            study = self._open(period, unit, self._language)
        except CchcError as error:
            return sentence(error.message(self._language))
        return block(study, choice, code_of(choice, self.data, period, unit, self.as_of, self._language))

    @property
    def box(self) -> Any:
        """The controls above what they show, as one widget."""
        choices = ipywidgets.HBox(list(self.controls.values()), layout={"flex_flow": "row wrap"})
        return ipywidgets.VBox([choices, self.shown])

    def static(self) -> str:
        """Return the present state as plain HTML: what is chosen, then what it shows."""
        language = self._language
        chosen = [
            (str(control.description), (str({value: name for name, value in control.options}[control.value]),))
            for control in self.controls.values()
        ]
        return display.paragraphs([pick(language, *HINT)], "note") + display.answers(chosen) + str(self.shown.value)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Show widgets where there is a kernel behind them, the first state as HTML everywhere else."""
        bundle: dict[str, Any] = self.box._repr_mimebundle_()
        return {**bundle, "text/plain": pick(self._language, *HINT), "text/html": self.static()}


def _rule_value(rule: str, denominator: str) -> str:
    return f"{rule}/{denominator}"


def terms_used(study: Study) -> list[tuple[str, str]]:
    """Return the definitions behind the choices: the rules of on time and the interval."""
    language = study.language
    return [
        (
            pick(language, "Tỷ lệ đúng hạn", "On-time share"),
            pick(
                language,
                "Số hồ sơ đúng hạn chia cho số hồ sơ tính đến; quy tắc và mẫu số ghi dưới mỗi bảng.",
                "Dossiers on time over dossiers counted; rule and denominator stand below each table.",
            ),
        ),
        (
            pick(language, "Khoảng tin cậy 95%", "95% interval"),
            pick(
                language,
                "Với tỷ lệ hồ sơ: khoảng Wilson; với khảo sát: theo thiết kế mẫu; chỉ số đếm toàn bộ thì không có.",
                "For shares of dossiers Wilson's; for a survey by its design; none where everything is counted.",
            ),
        ),
    ]
