"""Names and sentences of the registers beside the dossiers: payments, feedback, certified copies, catalogue, matching."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import number, share
from cchc_analysis.wording.words import pick, plural

Figures = Mapping[str, Any]

NAMES: dict[str, tuple[str, str]] = {
    "payments_online": ("Lượt thanh toán trực tuyến", "Payments made online"),
    "payments_cashless": ("Lượt thanh toán không dùng tiền mặt", "Payments without cash"),
    "amount_online": ("Số tiền thanh toán trực tuyến (đồng)", "Amount paid online (dong)"),
    "dossiers_paid_online": ("Hồ sơ có thanh toán trực tuyến", "Dossiers paid online"),
    "payments_agree": ("Danh sách hồ sơ và sổ thanh toán khớp nhau", "Dossier list and payments agree"),
    "feedback_answered": ("Phản ánh, kiến nghị đã trả lời", "Feedback answered"),
    "feedback_on_time": ("Phản ánh, kiến nghị trả lời đúng hạn", "Feedback answered in time"),
    "hotline_on_time": ("Phản ánh qua đường dây nóng trả lời đúng hạn", "Hotline messages answered in time"),
    "feedback_satisfied": ("Hài lòng với trả lời", "Satisfied with the answer"),
    "copies_electronic": ("Chứng thực bản sao điện tử", "Certified copies issued electronically"),
    "copies_certified": ("Yêu cầu chứng thực đã giải quyết", "Certification requests done"),
    "procedures_offered_online": ("Thủ tục đủ điều kiện đã cung cấp trực tuyến", "Eligible procedures offered online"),
    "procedures_integrated": ("Thủ tục đủ điều kiện đã cung cấp trực tuyến và tích hợp", "Eligible procedures online and integrated"),
    "procedures_with_dossiers": ("Thủ tục trực tuyến có phát sinh hồ sơ", "Online procedures with dossiers"),
    "procedures_with_online_dossiers": ("Thủ tục trực tuyến có phát sinh hồ sơ trực tuyến", "Online procedures with online dossiers"),
    "procedures_payable_online": ("Thủ tục có phí, lệ phí cho thanh toán trực tuyến", "Procedures with a fee payable online"),
    "procedures_published": ("Thủ tục đã được công khai", "Procedures published"),
    "dossiers_in_catalogue": ("Hồ sơ có thủ tục trong danh mục", "Dossiers whose procedure is in the catalogue"),
    "dossiers_controlled": ("Hồ sơ trong sổ thứ hai có trên phần mềm một cửa", "Dossiers of the second register in the one-stop system"),
    "conflict_received_on": ("Khác ngày tiếp nhận", "Other day of receipt"),
    "conflict_unit": ("Khác đơn vị", "Other unit"),
    "conflict_closed_only_here": ("Một cửa đã xong, sổ thứ hai chưa xong", "Closed in the one-stop system only"),
    "conflict_closed_only_there": ("Một cửa chưa xong, sổ thứ hai đã xong", "Closed in the second register only"),
    "conflict_finished_on": ("Khác ngày kết thúc", "Other day of the end"),
    "posted_in": ("Tiếp nhận qua bưu chính công ích", "Received by public post"),
    "posted_out": ("Trả kết quả qua bưu chính công ích", "Returned by public post"),
    "returned_online": ("Trả kết quả trực tuyến", "Returned online"),
    "result_electronic": ("Trả kết quả bản điện tử", "Electronic result"),
    "reused_from_store": ("Thành phần hồ sơ lấy từ Kho dữ liệu Cổng DVCQG", "Documents taken from the national store"),
    "reused_from_results": ("Thành phần hồ sơ lấy từ kết quả hồ sơ khác", "Documents taken from earlier results"),
}  # fmt: skip
"""Measure → (Vietnamese, English) name."""

FRACTIONS: dict[str, tuple[str, str, str, str]] = {
    "payments_online": ("lượt thanh toán trực tuyến", "lượt đã thanh toán có ghi hình thức", "online payments", "payments made, method stated"),
    "payments_cashless": ("lượt trực tuyến, chuyển khoản, thẻ", "lượt đã thanh toán có ghi hình thức", "online, transfer and card payments", "payments made, method stated"),
    "amount_online": ("đồng thanh toán trực tuyến", "đồng đã thanh toán có ghi hình thức", "dong paid online", "dong paid, method stated"),
    "dossiers_paid_online": ("hồ sơ có ít nhất một lượt trực tuyến", "hồ sơ có thanh toán trong kỳ", "dossiers with an online payment", "dossiers with a payment in the period"),
    "payments_agree": ("hồ sơ hai nơi ghi như nhau", "hồ sơ có ghi ở cả hai nơi", "dossiers with the same entry in both", "dossiers stated in both"),
    "feedback_answered": ("phản ánh đã trả lời", "phản ánh tiếp nhận trong kỳ", "messages answered", "messages received in the period"),
    "feedback_on_time": ("phản ánh trả lời không quá hạn", "phản ánh đến hạn trả lời trong kỳ", "messages answered by their due day", "messages due in the period"),
    "hotline_on_time": ("phản ánh đường dây nóng trả lời không quá hạn", "phản ánh đường dây nóng đến hạn trong kỳ", "hotline messages answered by their due day", "hotline messages due in the period"),
    "feedback_satisfied": ("đánh giá hài lòng, rất hài lòng", "phản ánh đã trả lời trong kỳ có đánh giá", "satisfied or very satisfied", "messages answered in the period and rated"),
    "copies_electronic": ("yêu cầu cấp bản điện tử", "yêu cầu đã chứng thực có ghi hình thức", "electronic requests", "requests certified, form stated"),
    "copies_certified": ("yêu cầu đã chứng thực", "yêu cầu tiếp nhận trong kỳ", "requests certified", "requests received in the period"),
    "procedures_offered_online": ("thủ tục đã cung cấp trực tuyến ở mọi nơi thực hiện", "thủ tục đủ điều kiện", "procedures offered online wherever handled", "eligible procedures"),
    "procedures_integrated": ("thủ tục đã cung cấp trực tuyến và tích hợp", "thủ tục đủ điều kiện", "procedures online and integrated", "eligible procedures"),
    "procedures_with_dossiers": ("thủ tục có hồ sơ tiếp nhận trong kỳ", "thủ tục có nơi đã cung cấp trực tuyến", "procedures with dossiers received", "procedures offered online anywhere"),
    "procedures_with_online_dossiers": ("thủ tục có hồ sơ trực tuyến trong kỳ", "thủ tục có nơi đã cung cấp trực tuyến", "procedures with online dossiers", "procedures offered online anywhere"),
    "procedures_payable_online": ("thủ tục cho thanh toán trực tuyến", "thủ tục có phí, lệ phí", "procedures payable online", "procedures with a fee"),
    "procedures_published": ("thủ tục đã công khai", "thủ tục có ngày quyết định công bố", "procedures published", "procedures with a decision"),
    "dossiers_in_catalogue": ("hồ sơ có thủ tục trong danh mục", "hồ sơ tiếp nhận có ghi thủ tục", "dossiers whose procedure is listed", "dossiers received, procedure stated"),
    "dossiers_controlled": ("hồ sơ có ở cả hai nơi", "hồ sơ trong sổ thứ hai", "dossiers found in both", "dossiers of the second register"),
    **{name: ("hồ sơ khác nhau", "hồ sơ có ở cả hai nơi", "dossiers that differ", "dossiers found in both") for name in NAMES if name.startswith("conflict_")},
    "posted_in": ("hồ sơ nộp qua bưu chính công ích", "hồ sơ tiếp nhận có ghi hình thức", "dossiers sent by post", "dossiers received, channel stated"),
    "posted_out": ("kết quả trả qua bưu chính công ích", "hồ sơ đã giải quyết có ghi hình thức trả", "results sent by post", "dossiers resolved, way of return stated"),
    "returned_online": ("kết quả trả trực tuyến", "hồ sơ đã giải quyết có ghi hình thức trả", "results returned online", "dossiers resolved, way of return stated"),
    "result_electronic": ("hồ sơ trả kết quả bản điện tử", "hồ sơ đã giải quyết, trừ hồ sơ rút, trả lại", "dossiers with an electronic result", "dossiers resolved, withdrawn ones left out"),
    "reused_from_store": ("hồ sơ có thành phần lấy từ kho", "hồ sơ tiếp nhận trong kỳ", "dossiers with documents from the store", "dossiers received"),
    "reused_from_results": ("hồ sơ có thành phần lấy từ kết quả trước", "hồ sơ tiếp nhận trong kỳ", "dossiers with documents from earlier results", "dossiers received"),
}  # fmt: skip
"""Measure → numerator and denominator in Vietnamese, then in English."""

REGISTERS: dict[str, tuple[str, str]] = {
    "payments": ("danh sách thanh toán phí, lệ phí", "the list of payments"),
    "feedback": ("sổ phản ánh, kiến nghị và đường dây nóng", "the log of feedback and the hotline"),
    "e_copies": ("sổ chứng thực bản sao", "the log of certified copies"),
    "procedures": ("danh mục thủ tục hành chính", "the catalogue of procedures"),
    "other_register": ("sổ theo dõi hoặc hệ thống thứ hai", "the second register"),
    "evidence": ("biểu minh chứng của các đơn vị", "the evidence of the offices"),
    "submissions": ("sổ theo dõi nộp báo cáo", "the list of reports handed in"),
    "self_scores": ("bảng tự chấm điểm", "the self-scoring"),
    "index_values": ("bảng chỉ số công bố", "the published values of indices"),
}
"""Kind of register → what it is called inside a sentence."""


def not_taken_in(kind: str, language: Language) -> str:
    """Say that a register is missing and how it is added.

    >>> not_taken_in("feedback", "en")
    'No data: the log of feedback and the hotline has not been taken in (cchc intake FILES --kind feedback).'
    """
    vi, en = REGISTERS[kind]
    return pick(
        language,
        f"Chưa có dữ liệu: chưa nạp {vi} (cchc intake TỆP --kind {kind}).",
        f"No data: {en} has not been taken in (cchc intake FILES --kind {kind}).",
    )


def controlled(row: Figures, language: Language) -> str:
    """Say how the one-stop list and the second register match."""
    n = {name: number(row[f"n_{name}"], language) for name in ("matched", "conflicting", "only_here", "only_there")}
    if not row["denominator"]:
        return pick(
            language,
            "Trong kỳ sổ thứ hai không có hồ sơ nào để đối chiếu.",
            "The second register has no dossier of the period to compare.",
        )
    return pick(
        language,
        f"{share(row['value'], 'vi')} hồ sơ trong sổ thứ hai có trên phần mềm một cửa: {n['matched']} khớp, {n['conflicting']} có ở cả "
        f"hai nơi nhưng khác nội dung, {n['only_there']} chỉ có trong sổ thứ hai; ngoài ra {n['only_here']} chỉ có trên phần mềm một cửa",
        f"{share(row['value'], 'en')} of the dossiers of the second register are in the one-stop system: {n['matched']} agree, "
        f"{n['conflicting']} are in both but differ, {n['only_there']} are only in the second register; {n['only_here']} more are only in the one-stop system",
    )  # fmt: skip


def scope_of_matching(language: Language) -> str:
    """Say which dossiers are compared."""
    return pick(
        language,
        "Chỉ đối chiếu các đơn vị có trong sổ thứ hai, theo mã hồ sơ hoặc mã hồ sơ khác (đã mã hóa). Khác nội dung: khác ngày tiếp nhận, "
        "đơn vị, tình trạng hoặc ngày kết thúc.",
        "Only units that the second register holds are compared, by dossier number or other number (hashed). Differing: other day of "
        "receipt, unit, state, or day of the end.",
    )


def lacking(n: int, names: list[str], language: Language) -> str:
    """Say how many eligible procedures are not offered or not integrated, and name some."""
    if not n:
        return pick(
            language,
            "Mọi thủ tục đủ điều kiện đều đã được cung cấp trực tuyến và tích hợp.",
            "Every eligible procedure is offered online and integrated.",
        )
    listed = "; ".join(names) + ("; …" if n > len(names) else ".")
    return pick(
        language,
        f"{number(n, 'vi')} thủ tục đủ điều kiện nhưng chưa cung cấp trực tuyến hoặc chưa tích hợp: {listed}",
        f"{plural(n, 'procedure')} eligible but not offered online or not integrated: {listed}",
    )


def contradiction(row: Figures, language: Language) -> str:
    """Say how many dossiers state something else than the register of payments; empty where none can be compared."""
    if not row["denominator"]:
        return ""
    differing = int(row["denominator"]) - int(row["numerator"])
    if not differing:
        return pick(
            language,
            "Danh sách hồ sơ và sổ thanh toán không mâu thuẫn nhau.",
            "The dossier list and the register of payments do not contradict each other.",
        )
    n, of = number(differing, language), number(row["denominator"], language)
    return pick(
        language,
        f"{n}/{of} hồ sơ có ghi ở cả hai nơi nhưng danh sách hồ sơ và sổ thanh toán mâu thuẫn về việc thanh toán trực tuyến.",
        f"For {n} of {of} dossiers stated in both, the dossier list and the register of payments contradict each other on paying online.",
    )


def copies_issued(electronic: int, paper: int, language: Language) -> str:
    """Say how many copies were issued in each form."""
    return pick(
        language,
        f"Số bản sao đã cấp trong kỳ: {number(electronic, 'vi')} bản điện tử, {number(paper, 'vi')} bản giấy.",
        f"Copies issued in the period: {number(electronic, 'en')} electronic, {number(paper, 'en')} on paper.",
    )


def copies_trend(monthly: pd.DataFrame, inside: list[str], language: Language) -> str:
    """Say where the share of electronic copies stood before the period and in its last month."""
    known = monthly[monthly["denominator"] > 0]
    last, first = known[known["month"].isin(inside)].tail(1), known.head(1)
    if not len(last) or last["month"].iloc[0] == first["month"].iloc[0]:
        return pick(language, "Chứng thực bản sao điện tử theo tháng", "Electronic certified copies by month")
    ends = [(_month(row["month"].iloc[0]), share(row["value"].iloc[0], language)) for row in (first, last)]
    return pick(
        language,
        f"Bản sao điện tử: {ends[0][1]} yêu cầu đã chứng thực (tháng {ends[0][0]}) → {ends[1][1]} (tháng {ends[1][0]})",
        f"Electronic copies: {ends[0][1]} of the requests certified ({ends[0][0]}) → {ends[1][1]} ({ends[1][0]})",
    )


def _month(label: str) -> str:
    year, month = label.split("-")[:2]
    return f"{int(month)}/{year}"


def feedback_note(rows: pd.DataFrame, language: Language) -> str:
    """Say what stands in no figure of the feedback; empty where there is nothing of the kind."""
    received = rows[rows["measure"] == "feedback_answered"]
    refused, undated = (int(received[name].sum()) for name in ("n_not_accepted", "n_without_due"))
    vi = [f"{number(refused, 'vi')} phản ánh không thuộc thẩm quyền hoặc không được tiếp nhận"] if refused else []
    en = [f"{number(refused, 'en')} not accepted"] if refused else []
    vi += [f"{number(undated, 'vi')} phản ánh không ghi hạn trả lời"] if undated else []
    en += [f"{number(undated, 'en')} without due date"] if undated else []
    if not vi:
        return ""
    return pick(language, f"Không tính: {'; '.join(vi)}.", f"Not counted: {'; '.join(en)}.")


def feedback(rows: pd.DataFrame, language: Language) -> str:
    """Say how much feedback was answered in time; `rows`: result of feedback_shares without groups."""
    found = {str(row["measure"]): row for row in rows.to_dict("records")}
    told = found.get("feedback_on_time")
    if told is None or not told["denominator"]:
        return pick(
            language,
            "Trong kỳ không có phản ánh, kiến nghị nào đến hạn trả lời.",
            "No feedback fell due in the period.",
        )
    late = int(told["denominator"]) - int(told["numerator"])
    return pick(
        language,
        f"{share(told['value'], 'vi')} phản ánh, kiến nghị đến hạn trong kỳ được trả lời đúng hạn; {number(late, 'vi')} trả lời chậm hoặc chưa trả lời",
        f"{share(told['value'], 'en')} of the feedback due in the period was answered in time; {number(late, 'en')} late or not answered",
    )
