"""The parts of the digitisation page that rest on registers beside the dossiers; each says when its register is missing."""

import pandas as pd
from IPython.display import HTML

from cchc_analysis import charts, display, measures, wording
from cchc_analysis.frames import first_row, records
from cchc_analysis.pages.fractions import fraction_columns, in_words, without_untold
from cchc_analysis.pages.labels import labelled
from cchc_analysis.pages.plan_figures import promised
from cchc_analysis.plan import Plan
from cchc_analysis.schema import PAYMENT_METHODS
from cchc_analysis.study import Study
from cchc_analysis.tables import TableColumn, html_table
from cchc_analysis.wording import pick, word

say = wording.registers
NAMES_SHOWN = 3
METHOD_PLACES = {method: place for place, method in enumerate((*PAYMENT_METHODS, ""))}
MONTHS_OF_A_TREND = 3
"""Months with requests below which no line is drawn."""


def _missing(study: Study, title: str, kind: str) -> HTML:
    return display.html(display.section(title, say.not_taken_in(kind, study.language)))


def _shares(study: Study, rows: pd.DataFrame, caption: str, interval: bool = True, note: str = "") -> str:
    first = TableColumn("label", pick(study.language, "Chỉ số", "Measure"))
    columns = [first, *fraction_columns(study, interval)]
    shown, untold = without_untold(rows.assign(n_not_stated=rows.get("n_not_stated", 0)), study.language)
    remarks = " ".join(text for text in (note, untold) if text)
    return html_table(in_words(shown, study.language), columns, caption, study.language, note=remarks)


def _by(study: Study, rows: pd.DataFrame, by: str, caption: str, over: str, under: str) -> str:
    """Write one measure group by group."""
    language = study.language
    columns = [
        TableColumn("label", word(by, language)),
        TableColumn("numerator", over, "count"),
        TableColumn("denominator", under, "count"),
        TableColumn("value", pick(language, "Tỷ lệ", "Share"), "share", lower="lower", upper="upper"),
        TableColumn("n_not_stated", pick(language, "Không ghi", "Not stated"), "count"),
    ]
    return html_table(labelled(study, rows.reset_index(drop=True), by), columns, caption, language)


def post_and_copies(study: Study) -> HTML:
    """Show what came and went by post or online, and certified copies."""
    language = study.language
    title = pick(
        language,
        "Bưu chính, trả kết quả và chứng thực bản sao điện tử",
        "Post, return of results and electronic certified copies",
    )
    caption = pick(language, "Bưu chính công ích và trả kết quả trực tuyến", "Public post and results returned online")
    block = display.section(title) + _shares(study, study.postal(), caption)
    if not study.has_register("e_copies"):
        return display.html(block + display.paragraphs([say.not_taken_in("e_copies", language)]))
    caption = pick(language, "Chứng thực bản sao trong kỳ", "Certified copies in the period")
    block += _shares(study, study.copies(), caption, note=_copies_note(study))
    return display.html(block + _copies_figure(study))


def _copies_note(study: Study) -> str:
    forms = study.copies_by_form()
    n = {form: int(forms.loc[forms["form"] == form, "copies"].sum()) for form in ("electronic", "paper")}
    return say.copies_issued(n["electronic"], n["paper"], study.language)


def _copies_figure(study: Study) -> str:
    language = study.language
    rows = study.copies("month")
    rows = rows[rows["measure"] == "copies_electronic"].reset_index(drop=True)
    known = rows[rows["denominator"] > 0]
    if len(known) < MONTHS_OF_A_TREND:
        return ""
    shown = rows[rows["month"] >= known["month"].min()].reset_index(drop=True)
    inside = [month.label for month in study.months() if month.months[0] in study.period.months]
    label = wording.digitisation.name("copies_electronic", language)
    figure = charts.digitisation.shares_by_month({label: shown}, inside, language)
    description = pick(
        language,
        "Tỷ lệ yêu cầu cấp bản điện tử trong số yêu cầu đã chứng thực từng tháng, với khoảng tin cậy 95%.",
        "Share of electronic ones among the requests certified each month, with 95% intervals.",
    )
    finding = say.copies_trend(shown, inside, language)
    return display.figure_block(figure, finding, description)


def payment_register(study: Study, by: str) -> str:
    """Write the payments of the register by form, in all and by unit, and whether the dossier list agrees."""
    language = study.language
    if not study.has_register("payments"):
        return display.paragraphs([say.not_taken_in("payments", language)])
    rows = study.payment_forms()
    agreed = measures.single_row(rows, measure="payments_agree")
    caption = pick(language, "Sổ thanh toán: thu trong kỳ", "Register of payments: paid in the period")
    block = _shares(study, rows, caption, note=say.contradiction(agreed, language)) + _methods(study)
    if by != "unit":
        return block
    own = study.payment_forms(by)
    own = own[own["measure"] == "payments_cashless"]
    caption = pick(
        language,
        "Lượt thanh toán không dùng tiền mặt theo đơn vị (sổ thanh toán)",
        "Payments without cash by unit (register of payments)",
    )
    over, under = pick(language, "Không dùng tiền mặt", "Without cash"), pick(language, "Lượt đã thu", "Payments")
    return block + _by(study, own, by, caption, over, under)


def _methods(study: Study) -> str:
    language = study.language
    rows = study.payments_by_method()
    rows = rows.assign(label=[word(f"method_{method}", language) for method in rows["method"]])
    rows = rows.sort_values("method", key=lambda methods: methods.map(METHOD_PLACES), ignore_index=True)
    columns = [
        TableColumn("label", pick(language, "Hình thức", "Method")),
        TableColumn("n", pick(language, "Lượt đã thu", "Payments"), "count"),
        TableColumn("amount", pick(language, "Số tiền (đồng)", "Amount (dong)"), "count"),
        TableColumn("n_refunded", pick(language, "Đã hoàn", "Refunded"), "count"),
        TableColumn("n_failed", pick(language, "Không thành công", "Failed"), "count"),
    ]
    caption = pick(language, "Hình thức thanh toán trong kỳ", "Methods of payment in the period")
    return html_table(rows, columns, caption, language)


def catalogue(study: Study, plan: Plan) -> HTML:
    """Show what of the catalogue is offered online, integrated, used and payable, and the eligible ones that are not."""
    language = study.language
    title = pick(language, "Danh mục thủ tục trực tuyến", "Catalogue of online procedures")
    if not study.has_register("procedures"):
        return _missing(study, title, "procedures")
    rows = pd.concat([study.catalogue(), study.dossiers_in_catalogue()], ignore_index=True)
    goal = promised(plan.for_measure("procedures_integrated"))
    whole = measures.single_row(rows, measure="procedures_integrated")
    name = wording.digitisation.name("procedures_integrated", language)
    told = wording.digitisation.told(whole, name, name, language)
    judged = wording.digitisation.against(whole, goal, language) if goal else ""
    lacking = study.not_offered()
    each = lacking.drop_duplicates("procedure").head(NAMES_SHOWN)
    names = [row["procedure_name"] or row["procedure"] for row in records(each)]
    sentence = say.lacking(int(lacking["procedure"].nunique()), names, language)
    caption = pick(
        language,
        "Thủ tục còn hiệu lực vào ngày cuối kỳ; mỗi thủ tục tính một lần",
        "Procedures in force on the last day of the period, each counted once",
    )
    block = display.section(title, f"{told} {judged}".strip(), sentence) + _shares(study, rows, caption, interval=False)
    return display.html(block + _lacking_table(study, lacking))


def _lacking_table(study: Study, lacking: pd.DataFrame) -> str:
    if not len(lacking):
        return ""
    language = study.language
    states = {flag: word(f"flag_{flag}", language) for flag in (-1, 0, 1)}
    rows = lacking.assign(
        label=lacking["procedure_name"].where(lacking["procedure_name"] != "", lacking["procedure"]),
        where=[study.unit_name(unit) if unit else word("every_unit", language) for unit in lacking["unit"]],
        offered=lacking["offered_online"].map(states),
        linked=lacking["integrated"].map(states),
    )
    columns = [
        TableColumn("label", word("procedure", language)),
        TableColumn("where", word("unit", language)),
        TableColumn("offered", pick(language, "Đã cung cấp trực tuyến", "Offered online")),
        TableColumn("linked", pick(language, "Đã tích hợp", "Integrated")),
    ]
    caption = pick(
        language,
        "Thủ tục đủ điều kiện nhưng chưa cung cấp trực tuyến hoặc chưa tích hợp",
        "Eligible procedures not offered online or not integrated",
    )
    return f"<details><summary>{caption}</summary>{html_table(rows, columns, caption, language)}</details>"


def control(study: Study) -> HTML:
    """Show how the one-stop list and a second register match, by unit, and in what the matched entries differ."""
    language = study.language
    title = pick(language, "Hồ sơ được kiểm soát qua phần mềm một cửa", "Dossiers under control of the one-stop system")
    if not study.has_register("other_register"):
        return _missing(study, title, "other_register")
    rows = study.matching()
    sentence = say.controlled(first_row(rows), language) if len(rows) else ""
    if not len(rows) or not first_row(rows)["denominator"]:
        return display.html(display.section(title, sentence or say.not_taken_in("other_register", language)))
    by_unit = labelled(study, study.matching("unit"), "unit")
    states = ("matched", "conflicting", "only_there", "only_here")
    columns = [
        TableColumn("label", word("unit", language)),
        *(TableColumn(f"n_{state}", word(f"match_{state}", language), "count") for state in states),
        TableColumn("value", pick(language, "Có trên một cửa", "In the one-stop system"), "share", "lower", "upper"),
    ]
    caption = pick(
        language, "Đối chiếu hai sổ, hồ sơ tiếp nhận trong kỳ", "The two lists, dossiers received in the period"
    )
    total = {**first_row(rows), "label": word("total", language)}
    table = html_table(by_unit, columns, caption, language, total, note=say.scope_of_matching(language))
    figure = charts.registers.matching(by_unit, by_unit["label"].tolist(), language)
    block = display.figure_block(figure, sentence, caption + ".") + table
    differ = pick(language, "Hồ sơ có ở cả hai nơi: khác nhau ở đâu", "Dossiers in both: in what they differ")
    return display.html(display.section(title) + block + _shares(study, study.matching_conflicts(), differ))


def feedback(study: Study, plan: Plan) -> HTML:
    """Show how feedback and hotline messages were handled, by source and by unit."""
    language = study.language
    title = pick(language, "Phản ánh, kiến nghị và đường dây nóng", "Feedback and hotline")
    if not study.has_register("feedback"):
        return _missing(study, title, "feedback")
    rows = study.feedback()
    goal = promised(plan.for_measure("hotline_on_time"))
    hotline = study.feedback(source="hotline")
    told = [say.feedback(rows, language) + "."]
    if len(hotline):
        row = measures.single_row(hotline, measure="feedback_on_time")
        name = wording.digitisation.name("hotline_on_time", language)
        judged = wording.digitisation.against(row, goal, language) if goal else ""
        told.append(f"{wording.digitisation.told(row, name, name, language)} {judged}".strip())
    caption = pick(language, "Phản ánh, kiến nghị trong kỳ", "Feedback in the period")
    block = display.section(title, *told) + _shares(study, rows, caption, note=say.feedback_note(rows, language))
    sources = study.feedback("source")
    sources = sources[sources["measure"] == "feedback_on_time"]
    by_source = pick(language, "Trả lời đúng hạn theo nguồn", "Answered in time by source")
    over, under = pick(language, "Đúng hạn", "In time"), pick(language, "Đến hạn trong kỳ", "Due in the period")
    block += _by(study, sources, "source", by_source, over, under)
    if study.is_whole:
        units = study.feedback("unit")
        units = units[units["measure"] == "feedback_on_time"]
        by_unit = pick(language, "Trả lời đúng hạn theo đơn vị", "Answered in time by unit")
        block += _by(study, units, "unit", by_unit, over, under)
    return display.html(block)
