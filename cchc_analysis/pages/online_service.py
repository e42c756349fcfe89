"""The part of the digitisation page on online service: the share in every reading, and hours of sending."""

from IPython.display import HTML

from cchc_analysis import charts, display, measures, wording
from cchc_analysis.formats import number, share
from cchc_analysis.frames import records
from cchc_analysis.pages.fractions import fraction_columns, in_words
from cchc_analysis.pages.labels import labelled
from cchc_analysis.pages.plan_figures import target
from cchc_analysis.pages.registers import payment_register
from cchc_analysis.plan import Plan
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick, word

say = wording.digitisation


def online(study: Study, plan: Plan, by: str) -> HTML:
    """Show the online share in every reading, then by unit or field, and in which hours dossiers are sent."""
    return display.html(_readings(study, plan) + _online_by(study, plan, by))


def _readings(study: Study, plan: Plan) -> str:
    """Write the online share in every reading of the plan, with numerator and denominator in words."""
    language = study.language
    title = pick(language, "Dịch vụ công trực tuyến", "Online service")
    rows = in_words(study.online_share(), language)
    goal = target(study, plan, "resolved_online")
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
    columns = [TableColumn("label", pick(language, "Cách tính", "Reading")), *fraction_columns(study)]
    if goal:
        columns.append(TableColumn("verdict", say.goal(goal, language).capitalize()))
    caption = pick(
        language, "Tỷ lệ trực tuyến, sáu cách tính đặt cạnh nhau", "The online share, six readings side by side"
    )
    table = html_table(rows.assign(verdict=verdicts), columns, caption, language, note=_procedures_note(study))
    return display.section(title) + display.figure_block(figure, finding, description) + table


def _procedures_note(study: Study) -> str:
    row = measures.single_row(study.online_procedures())
    return pick(
        study.language,
        f"Thủ tục có hồ sơ trực tuyến: {row['numerator']}/{row['denominator']} thủ tục có hồ sơ tiếp nhận trong kỳ.",
        f"Procedures with an online dossier: {row['numerator']} of the {row['denominator']} with dossiers received in the period.",
    )  # fmt: skip


def _online_by(study: Study, plan: Plan, by: str) -> str:
    """Show the online share of units or fields against the plan, and in which hours online dossiers were sent."""
    language = study.language
    goal = target(study, plan, "resolved_online")
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
    markup = html_table(labelled(study, rows, by), columns, title, language)
    return display.section(title) + _hours_figure(study, sentence) + markup


def _hours_figure(study: Study, finding: str) -> str:
    """Write when dossiers are sent, online and at the counter."""
    language = study.language
    rows = measures.hour_profile(study.online_by_hour())
    online = rows[rows["channel"] == "online"]
    if not online["n"].sum():
        return display.paragraphs([finding])
    opens, lunch_from, lunch_to, closes = (mark / 3600 for mark in study.calendar.office_hours.marks)
    figure = charts.digitisation.sent_by_hour(rows, [(opens, lunch_from), (lunch_to, closes)], language)
    n = {
        channel: number(rows.loc[rows["channel"] == channel, "n"].sum(), language) for channel in ("online", "counter")
    }
    description = pick(
        language,
        f"Tỷ lệ hồ sơ nộp trong từng giờ, theo hình thức (trực tuyến n = {n['online']}, trực tiếp n = {n['counter']}); nền xanh là giờ làm việc. Hai đường gần trùng nhau là dấu hiệu hồ sơ trực tuyến có thể do cán bộ nhập hộ tại quầy.",
        f"Share of dossiers sent in each hour, by channel (online n = {n['online']}, counter n = {n['counter']}); office hours are shaded. Two lines that nearly coincide are a mark that staff may type online dossiers in.",
    )
    return display.figure_block(figure, finding.rstrip("."), description)


def payments(study: Study, by: str) -> HTML:
    """Show procedures and dossiers with a fee, and those paid online, in all and by unit or field."""
    language = study.language
    whole = in_words(study.cashless(), language)
    columns = [TableColumn("label", pick(language, "Chỉ số", "Measure")), *fraction_columns(study, interval=False)]
    title = pick(language, "Thanh toán không dùng tiền mặt", "Payment without cash")
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
    by_caption = pick(
        language,
        f"Thanh toán trực tuyến theo {word(by, language).lower()}",
        f"Paid online by {word(by, language).lower()}",
    )
    return display.html(
        display.section(title)
        + html_table(whole, columns, caption, language)
        + html_table(labelled(study, rows, by), groups, by_caption, language)
        + payment_register(study, by)
    )
