"""Blocks of the digitisation page, one for each notebook cell; the plan says what the figures are held against."""

import pandas as pd
from IPython.display import HTML

from cchc_analysis import charts, display, measures, wording
from cchc_analysis.formats import day
from cchc_analysis.pages.digital_summary import summary as summary
from cchc_analysis.pages.fractions import fraction_columns, in_words, without_untold
from cchc_analysis.pages.labels import labelled
from cchc_analysis.pages.online_service import online as online
from cchc_analysis.pages.online_service import payments as payments
from cchc_analysis.pages.plan_figures import commitments as commitments
from cchc_analysis.pages.plan_figures import from_start, target, year_of
from cchc_analysis.pages.registers import catalogue as catalogue
from cchc_analysis.pages.registers import control as control
from cchc_analysis.pages.registers import feedback as feedback
from cchc_analysis.pages.registers import post_and_copies as post_and_copies
from cchc_analysis.plan import Plan
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick, word

say = wording.digitisation


def digitised(study: Study, plan: Plan, by: str) -> HTML:
    """Show the shares month by month and in all, the year to come, and units or fields."""
    parts = (_months(study, plan), _year_ends(study, plan), _groups(study, plan, by))
    return display.html("".join(parts))


def _months(study: Study, plan: Plan) -> str:
    """Show the three shares: month by month from the start on, and of all dossiers beside those under the duty."""
    language = study.language
    title = pick(language, "Số hóa", "Digitisation")
    monthly = study.digitisation("month", plan.starts)
    if not monthly["denominator"].sum():
        nothing = pick(
            language,
            "Không có hồ sơ nào thuộc diện phải số hóa và có ghi thông tin số hóa.",
            "No dossier is under the duty to digitise and states whether it was.",
        )
        return display.section(title, nothing) + _digitised_table(study, plan)
    goal = target(study, plan, "result_digitised")
    end = study.year_end("result_digitised", plan.starts, goal)
    shown = ("result_digitised", "documents_digitised", "documents_reused")
    first = monthly.loc[monthly["denominator"] > 0, "month"].min()
    series = {
        say.name(name, language): monthly[(monthly["measure"] == name) & (monthly["month"] >= first)] for name in shown
    }
    inside = [month.label for month in study.months() if month.months[0] in study.period.months]
    expected = None if end.value is None else (end.value, float(end.lower or 0), float(end.upper or 0))
    trend = None if end.trend is None or not end.months_left else (end.trend.value, end.trend.lower, end.trend.upper)
    figure = charts.digitisation.shares_by_month(
        series, inside, language, None if goal is None else float(goal.share), expected, trend
    )
    starts = "; ".join(
        f"{day(start.starts_on, language)} ({', '.join(word(tier, language).lower() for tier in start.tiers)})"
        for start in plan.digitisation.starts
    )
    description = pick(
        language,
        f"Tỷ lệ hồ sơ từng tháng với khoảng tin cậy 95%, chỉ tính hồ sơ tiếp nhận từ ngày bắt đầu: {starts}. Hình thoi: kết quả được số "
        f"hóa của cả năm nếu giữ nhịp độ các tháng gần nhất (rỗng) và nếu xu hướng tiếp tục (đặc).{_source(study, plan)}",
        f"Monthly shares with 95% intervals, only dossiers received from the start on: {starts}. Diamonds: results digitised in the "
        f"whole year at the pace of the last months (hollow) and if the trend goes on (full).{_source(study, plan)}",
    )  # fmt: skip
    name = say.name("result_digitised", language)
    so_far = from_start(study, plan, "result_digitised")
    finding = " ".join(
        [say.told(so_far, name, name, language), say.against(so_far, goal, language) if goal else ""]
    ).strip(" .")
    return display.section(title) + display.figure_block(figure, finding, description) + _digitised_table(study, plan)


def _source(study: Study, plan: Plan) -> str:
    """Say where the number of the target stands."""
    dated = plan.target("result_digitised", year_of(study))
    if dated is None:
        return ""
    return pick(study.language, f" Mục tiêu: {dated.source.vi}.", f" Target: {dated.source.en}.")


def _digitised_table(study: Study, plan: Plan) -> str:
    language = study.language
    scopes = {
        "all": pick(language, "Mọi hồ sơ", "All dossiers"),
        "from_start": pick(language, "Từ ngày bắt đầu", "From the start on"),
    }
    rows = pd.concat([study.digitisation(), study.digitisation((), plan.starts)], ignore_index=True)
    rows, untold = without_untold(rows, language)
    rows = in_words(rows, language).assign(scope=rows["rule"].map(scopes))
    columns = [
        TableColumn("label", pick(language, "Chỉ số", "Measure")),
        TableColumn("scope", pick(language, "Phạm vi", "Scope")),
        *fraction_columns(study),
        TableColumn("n_before_start", pick(language, "Trước ngày bắt đầu", "Before the start"), "count"),
    ]
    caption = pick(
        language,
        "Số hóa trong kỳ: tử số, mẫu số và hồ sơ không tính (trong ngoặc: khoảng tin cậy 95%)",
        "Digitisation in the period: numerator, denominator and what is left out (in brackets: 95% interval)",
    )
    return html_table(rows, columns, caption, language, note=untold)


def _groups(study: Study, plan: Plan, by: str) -> str:
    """Show the three shares of units or fields, dossiers from the start on."""
    language = study.language
    rows = study.digitisation(by, plan.starts)
    table = rows[[by]].drop_duplicates(ignore_index=True)
    parts = ["numerator", "denominator", "value", "lower", "upper"]
    for name in measures.DIGITISATION_MEASURES:
        own = rows.loc[rows["measure"] == name, [by, *parts]]
        table = table.merge(own.rename(columns={part: f"{name}_{part}" for part in parts}), on=by, how="left")
    columns = [TableColumn("label", word(by, language))]
    for name in measures.DIGITISATION_MEASURES:
        group = say.name(name, language)
        columns += [
            TableColumn(f"{name}_denominator", pick(language, "Mẫu số", "Out of"), "count", group=group),
            TableColumn(
                f"{name}_value",
                pick(language, "Tỷ lệ", "Share"),
                "share",
                lower=f"{name}_lower",
                upper=f"{name}_upper",
                group=group,
            ),
        ]
    title = pick(language, f"Số hóa theo {word(by, language).lower()}", f"Digitisation by {word(by, language).lower()}")
    caption = pick(
        language,
        f"{title}, hồ sơ từ ngày bắt đầu (trong ngoặc: khoảng tin cậy 95%)",
        f"{title}, dossiers from the start on (in brackets: 95% interval)",
    )
    markup = html_table(labelled(study, table, by), columns, caption, language)
    return display.section(title) + markup


def _year_ends(study: Study, plan: Plan) -> str:
    """Show where each share ends the year at the present pace and what its target asks of the dossiers to come."""
    language = study.language
    lines = []
    for name in ("result_digitised", "documents_digitised", "resolved_online", "received_online"):
        starts = plan.starts if name in measures.DIGITISATION_MEASURES else None
        goal = target(study, plan, name)
        told = say.outlook(study.year_end(name, starts, goal), goal, name, language)
        lines.append(f"{say.name(name, language)}. {told}")
    title = pick(language, f"Dự kiến cả năm {year_of(study)}", f"Outlook for {year_of(study)}")
    return display.section(title) + display.paragraphs(lines)


def terms_used(study: Study) -> list[tuple[str, str]]:
    """Return the definitions the page rests on."""
    return say.definitions(study.language)
