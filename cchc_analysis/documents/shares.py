"""Shares of dossiers and registers, each in the sentence that the pages say it in."""

from collections.abc import Iterable

from cchc_analysis import measures, wording
from cchc_analysis.documents.facts import Facts
from cchc_analysis.errors import Language
from cchc_analysis.pages.plan_figures import target
from cchc_analysis.plan_measures import share_row
from cchc_analysis.wording import pick

say = wording.digitisation


def share_lines(facts: Facts, names: Iterable[str]) -> list[str]:
    """Return a sentence for each share that the data at hand tell, with the target of the year where there is one."""
    return [line for name in names if (line := share_line(facts, name))]


def share_line(facts: Facts, name: str) -> str:
    """Say a share with its counts and interval, against its target, and what is left out; "" where nothing tells it."""
    study, language = facts.study, facts.language
    row = share_row(study, facts.plan, name)
    if row is None or not row["denominator"]:
        return ""
    over, under = say.fraction(name, language)
    head = f"{say.name(name, language)} ({over} / {under})"
    goal = target(study, facts.plan, name)
    parts = [
        say.told(row, head, head, language),
        say.against(row, goal, language) if goal else "",
        say.left_out(row, language) if "n_not_stated" in row else "",
        _since(name, language),
    ]
    return " ".join(part for part in parts if part)


def _since(name: str, language: Language) -> str:
    if name not in measures.DIGITISATION_MEASURES:
        return ""
    return pick(
        language,
        "Chỉ tính hồ sơ tiếp nhận từ ngày bắt đầu số hóa của từng cấp.",
        "Only dossiers received from the start of the duty of each tier are counted.",
    )
