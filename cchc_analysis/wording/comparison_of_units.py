"""Sentences of the comparison of units: who differs from what its procedures let expect, and who cannot be judged."""

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import number, points, share
from cchc_analysis.frames import records
from cchc_analysis.measures import verdict_counts
from cchc_analysis.wording.words import pick

NAMED = 4
"""Units named in a sentence; the others are counted."""


def units_apart(rows: pd.DataFrame, language: Language) -> str:
    """Say how many units differ from what their procedures let expect, by name, and how many cannot be judged.

    `rows`: result of unit_comparison with a `label` column, in the order to name.
    """
    counts = verdict_counts(rows)
    judged = counts["lower"] + counts["higher"] + counts["not_told_apart"]
    if not judged:
        head = pick(
            language,
            "Không so sánh được đơn vị nào với mức dự kiến theo các thủ tục của đơn vị",
            "No unit can be compared with what its procedures let expect",
        )
    elif judged == counts["not_told_apart"]:
        head = pick(
            language,
            f"Không đơn vị nào trong {judged} đơn vị so sánh được có tỷ lệ đúng hạn khác mức chung của chính các thủ tục mình làm",
            f"None of the {judged} units that can be judged differs from what its procedures let expect",
        )
    else:
        apart = judged - counts["not_told_apart"]
        head = pick(
            language,
            f"{apart}/{judged} đơn vị so sánh được có tỷ lệ đúng hạn khác mức chung của chính các thủ tục mình làm",
            f"{apart} of {judged} units that can be judged differ from what their procedures let expect",
        ) + _named(rows, language)
    return head + _not_judged(counts, language)


def _named(rows: pd.DataFrame, language: Language) -> str:
    parts = []
    for verdict, vi, en in (("lower", "thấp hơn", "lower"), ("higher", "cao hơn", "higher")):
        named = [
            f"{row['label']} ({points(row['difference'], language)})"
            for row in records(rows[rows["verdict"] == verdict])
        ]
        if named:
            parts.append(f"{pick(language, vi, en)}: {_listed(named, language)}")
    unit = pick(language, " điểm phần trăm", " points")
    return " – " + "; ".join(parts) + unit if parts else ""


def _not_judged(counts: dict[str, int], language: Language) -> str:
    text = ""
    if counts["too_small"]:
        text += pick(
            language,
            f"; {counts['too_small']} đơn vị có quá ít hồ sơ để kết luận",
            f"; {counts['too_small']} too small to judge",
        )
    if counts["no_peers"]:
        text += pick(
            language,
            f"; {counts['no_peers']} đơn vị làm những thủ tục không đơn vị nào khác làm nên không có gì để so sánh",
            f"; {counts['no_peers']} with procedures that no other unit handles, so with nothing to compare",
        )
    return text


def crude_and_adjusted(rows: pd.DataFrame, language: Language) -> list[str]:
    """Say what the comparison with one share for all would have told, and where it misleads, by name."""
    counts = verdict_counts(rows, "crude_verdict")
    overall = share(rows["overall"].iloc[0], language)
    first = pick(
        language,
        f"Nếu lấy một mức chung {overall} cho mọi đơn vị, {counts['lower']} đơn vị sẽ bị coi là thấp hơn và {counts['higher']} là cao hơn; "
        "nhưng mỗi đơn vị làm những thủ tục khác nhau.",
        f"Against one share of {overall} for all, {counts['lower']} units would be called lower and {counts['higher']} higher; "
        "but their procedures differ.",
    )
    unfair = rows[(rows["crude_verdict"] == "lower") & (rows["verdict"] != "lower")]
    return [first, *(_unfairly_low(row, language) for row in records(unfair)[:NAMED])]


def _unfairly_low(row: dict[str, object], language: Language) -> str:
    label, value = row["label"], share(row["value"], language)
    n, compared = int(str(row["denominator"])), int(str(row["n_compared"]))
    alone = number(n - compared, language)
    if compared == n:
        return pick(
            language,
            f"{label}: {value}, nhưng xét theo thủ tục thì chưa thấy khác mức dự kiến.",
            f"{label}: {value}, yet given its procedures not different from what is expected.",
        )
    if not compared:
        return pick(
            language,
            f"{label}: {value}; cả {alone} hồ sơ thuộc thủ tục chỉ đơn vị này làm, nên không tách được phần do đơn vị và phần do thủ tục.",
            f"{label}: {value}; all {alone} dossiers are of procedures only this unit handles, so unit and procedure cannot be told apart.",
        )
    late = number(row["late_compared"], language)
    expected = number(row["expected_late"], language, 1)
    return pick(
        language,
        f"{label}: {value}; ở {number(compared, language)} hồ sơ thuộc thủ tục đơn vị khác cũng làm có {late} hồ sơ quá hạn (dự kiến {expected}); "
        f"{alone} hồ sơ còn lại thuộc thủ tục chỉ đơn vị này làm, nên không tách được phần do đơn vị và phần do thủ tục.",
        f"{label}: {value}; among {number(compared, language)} dossiers of procedures that others handle too {late} were late ({expected} expected); "
        f"the other {alone} are of procedures only this unit handles, so unit and procedure cannot be told apart.",
    )


def spread(phi: float | None, p_value: float | None, language: Language) -> str:
    """Say whether units spread wider around the share of all than chance lets them; empty where they do not."""
    if phi is None or p_value is None or p_value > 0.05 or phi <= 1:
        return ""
    times = number(phi, language, 1)
    return pick(
        language,
        f"Chênh lệch giữa các đơn vị lớn hơn dao động ngẫu nhiên (phương sai gấp {times} lần), một phần vì thủ tục khác nhau.",
        f"Units differ more than by chance (variance {times} times as large), partly because their procedures differ.",
    )


def _listed(names: list[str], language: Language) -> str:
    if len(names) <= NAMED:
        return ", ".join(names)
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + pick(language, f" và {rest} đơn vị khác", f" and {rest} more")
