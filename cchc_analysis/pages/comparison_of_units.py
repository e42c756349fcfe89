"""The part of the processing-time page that compares units fairly."""

import pandas as pd

from cchc_analysis import charts, display, measures, wording
from cchc_analysis.study import Study
from cchc_analysis.wording import pick, word

UNITS_NEEDED = 2
"""Below this many units with dossiers there is nothing to compare."""


def compared_units(study: Study) -> pd.DataFrame:
    """Return the comparison of units with labels in the order of the register, empty where there are too few."""
    rows = study.unit_comparison()
    order = {unit: place for place, unit in enumerate(study.registry.units())}
    place = rows["unit"].map(lambda unit: order.get(unit, len(order)))
    rows = rows.assign(label=rows["unit"].map(study.unit_name), _place=place)
    rows = rows.sort_values("_place", kind="stable", ignore_index=True).drop(columns="_place")
    return rows if len(rows) >= UNITS_NEEDED else rows.iloc[:0]


def funnel_block(rows: pd.DataFrame, study: Study) -> str:
    """Show the funnel of units with the finding that rests on their procedures, and what one share for all would say."""
    language = study.language
    say = wording.comparison_of_units
    figure = charts.comparison_of_units.funnel(rows, measures.funnel_lines(rows), language)
    description = pick(
        language,
        "Trên: tỷ lệ đúng hạn theo biểu II.06a của từng đơn vị và vùng dao động ngẫu nhiên quanh mức chung. Dưới: chênh lệch so với tỷ "
        "lệ đúng hạn chung của chính các thủ tục đơn vị làm, kèm khoảng tin cậy 95%. Tam giác: khác biệt rõ sau khi đã tính đến việc so "
        "sánh nhiều đơn vị (tỷ lệ phát hiện sai không quá 5%); ô tròn trống: quá ít hồ sơ để kết luận. Không xếp hạng.",
        "Above: on-time share by form II.06a of each unit, and the range of chance around the overall share. Below: difference from the "
        "overall on-time share of the unit's own procedures, with 95% interval. Triangles differ clearly with so many compared (false "
        "discovery rate at most 5%); hollow circles are too small to judge. No ranking.",
    )
    spread = measures.unit_spread(rows)
    remarks = say.crude_and_adjusted(rows, language)
    wider = say.spread(spread.phi, spread.p_value, language) if spread else ""
    block = display.figure_block(figure, say.units_apart(rows, language), description)
    return block + display.paragraphs([*remarks, *([wider] if wider else [])])


def verdict_words(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return columns `unit`, `expected_value` and `said`, the verdict in the reader's words."""
    said = rows["verdict"].map(lambda verdict: word(f"verdict_{verdict}", study.language))
    return rows[["unit", "expected_value"]].assign(said=said)
