"""Blocks of the digitisation page, one for each notebook cell; the plan says what the figures are held against."""

from typing import Any

import pandas as pd
from IPython.display import HTML

from cchc_analysis import charts, display, measures, wording
from cchc_analysis.formats import day, share
from cchc_analysis.frames import records
from cchc_analysis.measures import Target
from cchc_analysis.pages.processing_time import _labelled
from cchc_analysis.plan import COMPARABLE, Commitment, Plan
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick, word

say = wording.digitisation


def _year(study: Study) -> int:
    return study.period.months[-1] // 12


def _promised(commitment: Commitment | None) -> Target | None:
    """Return what a commitment asks for, None where it gives no number to compare with."""
    if commitment is None or commitment.goal is None:
        return None
    operator: Any = commitment.operator
    return Target(operator, commitment.goal)


def _target(study: Study, plan: Plan, measure: str) -> Target | None:
    """Return the target of a measure: the plan's own number first, else the dated one of the year."""
    promised = _promised(plan.for_measure(measure)) if _year(study) == plan.year else None
    dated = plan.target(measure, _year(study))
    if promised is not None or dated is None or dated.goal is None:
        return promised
    return Target(dated.operator, dated.goal)


def _from_start(study: Study, plan: Plan, measure: str) -> dict[str, Any]:
    return dict(measures.single_row(study.digitisation((), plan.starts), measure=measure))


def _sentence(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def summary(study: Study, plan: Plan) -> HTML:
    """Show what a reader in a hurry takes away: results digitised, online shares, payment, each against its target."""
    language = study.language
    results = _from_start(study, plan, "result_digitised")
    since = pick(language, "tính từ ngày bắt đầu số hóa của từng cấp", "from the start of each tier")
    goal = _target(study, plan, "result_digitised")
    lines = [
        _sentence(
            say.told(results, f"Kết quả được số hóa, {since}", f"Results digitised, {since}", language),
            say.against(results, goal, language) if goal else "",
            say.left_out(results, language),
        )
    ]
    for name in ("resolved_online", "received_online"):
        row = measures.single_row(study.online_share(), measure=name)
        goal = _target(study, plan, name)
        over, under = say.fraction(name, language)
        head = f"{say.name(name, language)} ({over} / {under})"
        lines.append(
            _sentence(
                say.told(row, head, head, language),
                say.against(row, goal, language) if goal else "",
                say.left_out(row, language),
            )
        )
    paid = measures.single_row(study.cashless(), measure="fee_paid_online")
    head = say.name("fee_paid_online", language)
    lines.append(_sentence(say.told(paid, head, head, language), say.left_out(paid, language)))
    return display.html(display.paragraphs(lines, "summary"))


def _figure_of(study: Study, plan: Plan, measure: str | None) -> dict[str, Any] | None:
    """Return the row that tells a commitment, None where dossiers cannot."""
    if measure in measures.DIGITISATION_MEASURES:
        return _from_start(study, plan, measure)
    tables = {**dict.fromkeys(measures.ONLINE_MEASURES, study.online_share), "fee_paid_online": study.cashless}
    table = tables.get(measure or "")
    return dict(measures.single_row(table(), measure=measure)) if table else None


def commitments(study: Study, plan: Plan) -> HTML:
    """Show the commitments in the plan's words with the figure that tells each, and which need other registers."""
    language = study.language
    rows = [_commitment_row(study, plan, commitment) for commitment in plan.commitments]
    columns = [
        TableColumn("id", pick(language, "Mã", "No.")),
        TableColumn("quote", pick(language, "Nguyên văn kế hoạch", "In the plan's words")),
        TableColumn("section", pick(language, "Mục", "Section")),
        TableColumn("owners", pick(language, "Chủ trì", "Owner")),
        TableColumn("goal", pick(language, "Chỉ tiêu", "Target")),
        TableColumn("figure", pick(language, "Số liệu trong kỳ", "Figure of the period")),
        TableColumn("verdict", pick(language, "Đánh giá", "Verdict")),
        TableColumn("needs", pick(language, "Cần thêm dữ liệu", "Needs further data")),
    ]
    title = pick(language, "Cam kết của kế hoạch", "What the plan promises")
    sentence = pick(
        language,
        "Trang này chỉ dùng dữ liệu hồ sơ một cửa. Cam kết ghi ở cột cuối chỉ trả lời đầy đủ được khi có thêm sổ theo dõi nêu ở đó.",
        "This page uses dossiers of the one-stop system only. A commitment with an entry in the last column is answered in full "
        "only with the register named there.",
    )  # fmt: skip
    caption = pick(language, f"Cam kết: {plan.title.vi}", f"Commitments: {plan.title.en}")
    return display.html(display.section(title, sentence) + html_table(pd.DataFrame(rows), columns, caption, language))


def _commitment_row(study: Study, plan: Plan, commitment: Commitment) -> dict[str, str]:
    language = study.language
    row, goal = _figure_of(study, plan, commitment.measure), _promised(commitment)
    judged = row is not None and goal is not None and _year(study) == plan.year
    figure, told = pick(language, "Không đo được từ hồ sơ", "Dossiers cannot tell"), ""
    if row is not None:
        name = say.name(str(commitment.measure), language)
        figure = say.told(row, name, name, language)
        told = say.verdict(goal.verdict(row["numerator"], row["denominator"]), language) if goal else ""
    return {
        "id": commitment.id,
        "quote": f"“{commitment.quote}”",
        "section": commitment.section,
        "owners": ", ".join(study.unit_name(owner) for owner in commitment.owners),
        "goal": say.goal(goal, language) if goal else _no_number(commitment, study),
        "figure": figure,
        "verdict": told if judged else pick(language, "Không đánh giá", "Not judged"),
        "needs": commitment.needs.text(language) if commitment.needs else "",
    }


def _no_number(commitment: Commitment, study: Study) -> str:
    lead = pick(study.language, "Không có con số tại đây", "No number here")
    return f"{lead}: {commitment.source}" if commitment.operator not in COMPARABLE or commitment.goal is None else ""


def digitised(study: Study, plan: Plan) -> HTML:
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
        return display.html(display.section(title, nothing) + _digitised_table(study, plan))
    goal = _target(study, plan, "result_digitised")
    end = study.year_end("result_digitised", plan.starts, goal)
    shown = ("result_digitised", "documents_digitised", "documents_reused")
    first = monthly.loc[monthly["denominator"] > 0, "month"].min()
    series = {
        say.name(name, language): monthly[(monthly["measure"] == name) & (monthly["month"] >= first)] for name in shown
    }
    inside = [month.label for month in study.months() if month.months[0] in study.period.months]
    expected = None if end.value is None else (end.value, float(end.lower or 0), float(end.upper or 0))
    figure = charts.digitisation.shares_by_month(
        series, inside, language, None if goal is None else float(goal.share), expected
    )
    starts = "; ".join(
        f"{day(start.starts_on, language)} ({', '.join(word(tier, language).lower() for tier in start.tiers)})"
        for start in plan.digitisation.starts
    )
    description = pick(
        language,
        f"Tỷ lệ hồ sơ từng tháng với khoảng tin cậy 95%, chỉ tính hồ sơ tiếp nhận từ ngày bắt đầu: {starts}. Hình thoi: kết quả được số "
        f"hóa của cả năm nếu giữ nhịp độ các tháng gần nhất.{_source(study, plan)}",
        f"Monthly shares with 95% intervals, only dossiers received from the start on: {starts}. Diamond: results digitised in the "
        f"whole year at the pace of the last months.{_source(study, plan)}",
    )  # fmt: skip
    finding = say.outlook(end, goal, "result_digitised", language).rstrip(".")
    return display.html(
        display.section(title) + display.figure_block(figure, finding, description) + _digitised_table(study, plan)
    )


def _source(study: Study, plan: Plan) -> str:
    """Say where the number of the target stands."""
    dated = plan.target("result_digitised", _year(study))
    if dated is None:
        return ""
    return pick(study.language, f" Mục tiêu: {dated.source}.", f" Target: {dated.source}.")


def _digitised_table(study: Study, plan: Plan) -> str:
    language = study.language
    scopes = {
        "all": pick(language, "Mọi hồ sơ", "All dossiers"),
        "from_start": pick(language, "Từ ngày bắt đầu", "From the start on"),
    }
    rows = pd.concat([study.digitisation(), study.digitisation((), plan.starts)], ignore_index=True)
    rows = _in_words(rows, language).assign(scope=rows["rule"].map(scopes))
    columns = [
        TableColumn("label", pick(language, "Chỉ số", "Measure")),
        TableColumn("scope", pick(language, "Phạm vi", "Scope")),
        *_fraction_columns(study),
        TableColumn("n_before_start", pick(language, "Trước ngày bắt đầu", "Before the start"), "count"),
    ]
    caption = pick(
        language,
        "Số hóa trong kỳ: tử số, mẫu số và hồ sơ không tính (trong ngoặc: khoảng tin cậy 95%)",
        "Digitisation in the period: numerator, denominator and what is left out (in brackets: 95% interval)",
    )
    return html_table(rows, columns, caption, language)


def _in_words(rows: pd.DataFrame, language: Any) -> pd.DataFrame:
    words = {name: say.fraction(name, language) for name in rows["measure"].unique()}
    return rows.assign(
        label=rows["measure"].map(lambda name: say.name(name, language)),
        over=rows["measure"].map(lambda name: words[name][0]),
        under=rows["measure"].map(lambda name: words[name][1]),
    )


def _fraction_columns(study: Study, interval: bool = True) -> list[TableColumn]:
    language = study.language
    ends = ("lower", "upper") if interval else ("", "")
    return [
        TableColumn("over", pick(language, "Tử số là", "Numerator")),
        TableColumn("numerator", pick(language, "Tử số", "Count"), "count"),
        TableColumn("under", pick(language, "Mẫu số là", "Denominator")),
        TableColumn("denominator", pick(language, "Mẫu số", "Out of"), "count"),
        TableColumn("value", pick(language, "Tỷ lệ", "Share"), "share", lower=ends[0], upper=ends[1]),
        TableColumn("n_not_stated", pick(language, "Không ghi", "Not stated"), "count"),
    ]


def digitised_by(study: Study, plan: Plan, by: str) -> HTML:
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
    markup = html_table(_labelled(study, table, by), columns, caption, language)
    return display.html(display.section(title) + markup)


def year_ends(study: Study, plan: Plan) -> HTML:
    """Show where each share ends the year at the present pace and what its target asks of the dossiers to come."""
    language = study.language
    lines = []
    for name in ("result_digitised", "documents_digitised", "resolved_online", "received_online"):
        starts = plan.starts if name in measures.DIGITISATION_MEASURES else None
        goal = _target(study, plan, name)
        told = say.outlook(study.year_end(name, starts, goal), goal, name, language)
        lines.append(f"{say.name(name, language)}. {told}")
    title = pick(language, f"Dự kiến cả năm {_year(study)}", f"Outlook for {_year(study)}")
    return display.html(display.section(title) + display.paragraphs(lines))


def online(study: Study, plan: Plan) -> HTML:
    """Show the online share in every reading of the plan, with numerator and denominator in words."""
    language = study.language
    title = pick(language, "Dịch vụ công trực tuyến", "Online service")
    rows = _in_words(study.online_share(), language)
    goal = _target(study, plan, "resolved_online")
    verdicts = [
        say.verdict(goal.verdict(row["numerator"], row["denominator"]), language) if goal else ""
        for row in records(rows)
    ]
    figure = charts.digitisation.share_readings(
        rows, rows["label"].tolist(), language, None if goal is None else float(goal.share)
    )
    known = rows["value"].dropna()
    spread = (share(known.min(), language), share(known.max(), language)) if len(known) else ("", "")
    finding = (
        pick(
            language,
            f"Cùng một kỳ, tỷ lệ trực tuyến từ {spread[0]} đến {spread[1]} tùy cách tính",
            f"In one period the online share runs from {spread[0]} to {spread[1]}, depending on how it is counted",
        )
        if len(known)
        else pick(language, "Không có hồ sơ nào ghi hình thức tiếp nhận", "No dossier states its channel")
    )
    description = pick(
        language,
        "Hai cách đầu là hai câu của kế hoạch; các cách khác để đối chiếu.",
        "The first two are the plan's two sentences; the others are there to compare.",
    )
    columns = [TableColumn("label", pick(language, "Cách tính", "Reading")), *_fraction_columns(study)]
    if goal:
        columns.append(TableColumn("verdict", say.goal(goal, language).capitalize()))
    caption = pick(
        language, "Tỷ lệ trực tuyến, sáu cách tính đặt cạnh nhau", "The online share, six readings side by side"
    )
    table = html_table(rows.assign(verdict=verdicts), columns, caption, language, note=_procedures_note(study))
    return display.html(display.section(title) + display.figure_block(figure, finding, description) + table)


def _procedures_note(study: Study) -> str:
    row = measures.single_row(study.online_procedures())
    return pick(
        study.language,
        f"Thủ tục có hồ sơ trực tuyến: {row['numerator']}/{row['denominator']} thủ tục có hồ sơ tiếp nhận trong kỳ.",
        f"Procedures with an online dossier: {row['numerator']} of the {row['denominator']} with dossiers received in the period.",
    )  # fmt: skip


def online_by(study: Study, plan: Plan, by: str) -> HTML:
    """Show the online share of units or fields against the plan, and in which hours online dossiers were sent."""
    language = study.language
    goal = _target(study, plan, "resolved_online")
    rows = study.online_share(by)
    rows = rows[rows["measure"] == "resolved_online"].reset_index(drop=True)
    sent = study.sending_hours(by)
    own = sent[sent["measure"] == "online_in_office_hours"].reset_index(drop=True)
    rows = rows.merge(
        own[[by, "denominator", "value", "lower", "upper"]].rename(
            columns={"denominator": "n_sent", "value": "sent", "lower": "sent_lower", "upper": "sent_upper"}
        ),
        on=by,
        how="left",
    )
    rows["verdict"] = [
        say.verdict(goal.verdict(row["numerator"], row["denominator"]), language) if goal else ""
        for row in records(rows)
    ]
    hours = pick(language, "Nộp trong giờ làm việc", "Sent in office hours")
    columns = [
        TableColumn("label", word(by, language)),
        TableColumn("numerator", pick(language, "Trực tuyến", "Online"), "count"),
        TableColumn("denominator", pick(language, "Đã giải quyết", "Resolved"), "count"),
        TableColumn("value", pick(language, "Tỷ lệ", "Share"), "share", lower="lower", upper="upper"),
        *([TableColumn("verdict", say.goal(goal, language).capitalize())] if goal else []),
        TableColumn("n_sent", pick(language, "Hồ sơ trực tuyến", "Online dossiers"), "count", group=hours),
        TableColumn("sent", pick(language, "Tỷ lệ", "Share"), "share", "sent_lower", "sent_upper", group=hours),
    ]
    title = pick(
        language, f"Trực tuyến theo {word(by, language).lower()}", f"Online share by {word(by, language).lower()}"
    )
    whole = study.sending_hours()
    sentence = say.hours(
        measures.single_row(whole, measure="online_in_office_hours"),
        measures.single_row(whole, measure="counter_in_office_hours"),
        language,
    )
    markup = html_table(_labelled(study, rows, by), columns, title, language)
    return display.html(display.section(title, sentence) + markup)


def payments(study: Study, by: str) -> HTML:
    """Show procedures and dossiers with a fee, and those paid online, in all and by unit or field."""
    language = study.language
    whole = _in_words(study.cashless(), language)
    columns = [TableColumn("label", pick(language, "Chỉ số", "Measure")), *_fraction_columns(study, interval=False)]
    title = pick(language, "Thanh toán trực tuyến phí, lệ phí", "Fees paid online")
    caption = pick(language, "Phí, lệ phí của hồ sơ tiếp nhận trong kỳ", "Fees of the dossiers received in the period")
    rows = study.cashless(by)
    rows = rows[rows["measure"] == "fee_paid_online"].reset_index(drop=True)
    groups = [
        TableColumn("label", word(by, language)),
        TableColumn("numerator", pick(language, "Thanh toán trực tuyến", "Paid online"), "count"),
        TableColumn("denominator", pick(language, "Hồ sơ có phí, lệ phí", "Dossiers with a fee"), "count"),
        TableColumn("value", pick(language, "Tỷ lệ", "Share"), "share", lower="lower", upper="upper"),
        TableColumn("n_not_stated", pick(language, "Không ghi", "Not stated"), "count"),
    ]
    note = pick(
        language,
        "Dữ liệu hồ sơ chỉ cho biết có thanh toán trực tuyến hay không; thẻ và chuyển khoản tại quầy cần sổ thanh toán.",
        "Dossiers tell only whether a fee was paid online; cards and transfers at the counter need the register of payments.",
    )
    by_caption = pick(
        language,
        f"Thanh toán trực tuyến theo {word(by, language).lower()}",
        f"Paid online by {word(by, language).lower()}",
    )
    return display.html(
        display.section(title)
        + html_table(whole, columns, caption, language, note=note)
        + html_table(_labelled(study, rows, by), groups, by_caption, language)
    )


def terms_used(study: Study) -> list[tuple[str, str]]:
    """Return the definitions the page rests on."""
    return say.definitions(study.language)
