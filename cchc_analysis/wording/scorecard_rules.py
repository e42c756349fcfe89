"""The rule of each status and the definitions of the overview page, as docs/methods/scorecard.md has them."""

from cchc_analysis.errors import Language
from cchc_analysis.wording.words import pick

RULES: dict[str, tuple[str, str]] = {
    "met": (
        "năm của kế hoạch đã kết thúc và số liệu cả năm đạt chỉ tiêu, hoặc dù phần còn lại của năm thế nào thì vẫn đạt; việc phải làm thì mọi đơn vị phải báo cáo đều "
        "đã báo cáo và đã làm; chỉ yêu cầu cải thiện thì số liệu đã tốt lên vượt quá dao động ngẫu nhiên; khảo sát thì cả khoảng tin cậy 95% nằm về phía đạt và đã có đợt cuối của năm.",
        "the plan's year is over and its figure reaches the target, or will whatever comes; a task: every office that must report has reported that it is done; a direction without "
        "a number: the figure improved beyond noise; a survey: its whole 95% interval lies on the good side and the last wave of the year is in.",
    ),
    "on_track": (
        "chưa hết năm; khả năng đạt chỉ tiêu vào cuối năm từ 80% trở lên cả khi giữ nhịp độ và khi theo xu hướng (nếu tính được xu hướng); số liệu theo thời điểm thì hiện "
        "đạt mức yêu cầu; chỉ yêu cầu cải thiện thì số liệu không thay đổi vượt quá dao động ngẫu nhiên; việc phải làm thì đang thực hiện.",
        "the year is not over; the chance to reach the target at its end is 80% or more both at the present pace and along the trend (where one can be fitted); a figure that "
        "holds at a moment stands at what is asked for; a direction without a number: no change beyond noise; a task: under way.",
    ),
    "at_risk": (
        "chưa hết năm và một trong hai khả năng nói trên dưới 80%; số liệu theo thời điểm hiện chưa đạt mức yêu cầu; số liệu xấu đi vượt quá dao động ngẫu nhiên; khảo sát ở phía "
        "chưa đạt, hoặc khảo sát cuối năm chưa đủ phiếu để kết luận; có đơn vị chưa báo cáo dù đã đến hạn hoặc báo cáo là chưa làm.",
        "the year is not over and one of the two chances is below 80%; a figure that holds at a moment stands below what is asked for; the figure worsened beyond noise; a survey is "
        "on the bad side, or its last wave has too few forms to decide; an office has not reported although it was due, or reports that it is not done.",
    ),
    "missed": (
        "năm của kế hoạch đã kết thúc mà không đạt, hoặc không thể đạt nữa dù phần còn lại của năm đều tốt (chỉ tiêu 100% mà đã có một trường hợp không đạt); việc phải làm thì "
        "đơn vị báo cáo là chưa làm cho kỳ đã qua hoặc khi đã hết năm.",
        "the plan's year is over and the target was not reached, or it can no longer be reached whatever comes (a target of 100% with one that does not count); a task: reported as "
        "not done for a period that is past, or at the end of the year.",
    ),
    "not_measurable": (
        "kế hoạch không nêu con số, dẫn chiếu văn bản khác chưa có số liệu, hoặc dùng từ không định lượng (như “hầu hết”); số liệu nếu có vẫn được hiển thị.",
        'the plan gives no number, refers to a document that is not at hand, or uses words that cannot be measured ("most"); a figure, where there is one, is shown all the same.',
    ),
    "no_data": (
        "chưa có số liệu, sổ theo dõi hoặc báo cáo minh chứng. Thiếu báo cáo không bao giờ được tính là chưa làm hay bằng 0.",
        "there is no figure, register or evidence yet. A missing report is never counted as not done or as 0.",
    ),
}
"""Status → when a commitment has it."""

TERMS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Số liệu trong kỳ",
        "tử số và mẫu số đếm trong kỳ báo cáo của trang; kết luận đạt, chưa đạt ở cột này chỉ nói về kỳ, trạng thái nói về cả năm của kế hoạch.",
        "Figure of the period",
        "numerator and denominator counted in the period of the page; reached or not in this column speaks of the period alone, the status of the plan's whole year.",
    ),
    (
        "Xu hướng",
        "mức thay đổi so với kỳ trước, chỉ gọi là tăng hoặc giảm khi vượt quá dao động ngẫu nhiên (khoảng tin cậy 95% của chênh lệch không chứa 0). Đường nhỏ là các quý; nét đứt là chỉ tiêu.",
        "Trend",
        "change from the previous period, called up or down only beyond noise (the 95% interval of the difference does not hold 0). The small line shows the quarters; the dashes are the target.",
    ),
    (
        "Khả năng đạt",
        "xác suất số liệu cả năm đạt chỉ tiêu nếu các tháng còn lại giữ nhịp độ của ba tháng gần nhất, hoặc đi tiếp theo xu hướng các tháng; tính theo phân phối beta – nhị thức.",
        "Chance",
        "probability that the whole year reaches the target if its remaining months keep the pace of the last three, or follow the trend of the months; from a beta-binomial distribution.",
    ),
    (
        "Minh chứng",
        "điều đơn vị tự báo cáo cho những cam kết mà hồ sơ, sổ theo dõi và khảo sát không cho biết.",
        "Evidence",
        "what offices report themselves on commitments that no dossier, register or survey tells.",
    ),
)


def rule(status: str, language: Language) -> str:
    """Return the rule of a status in words."""
    return pick(language, *RULES[status])


def terms(language: Language) -> list[tuple[str, str]]:
    """Return the definitions the overview page rests on."""
    return [(vi, vi_text) if language == "vi" else (en, en_text) for vi, vi_text, en, en_text in TERMS]
