"""Sentences on the end of the year: the trend scenario beside the pace, and what their difference means."""

from cchc_analysis.errors import Language
from cchc_analysis.formats import interval, number, points, share
from cchc_analysis.measures import YearEnd
from cchc_analysis.wording.words import pick


def beside_pace(end: YearEnd, language: Language) -> str:
    """Say where the year ends if the trend of its months goes on, how far that is from the pace, and what it changes.

    Empty where the year has no months or dossiers left, and where there is no pace either.
    """
    if end.value is None or end.trend_refused == "nothing_left":
        return ""
    if end.trend is None:
        return _refused(end, language)
    trend = end.trend
    value, ends = share(trend.value, language), interval(trend.lower, trend.upper, language, as_share=True)
    months = number(trend.n_months, language)
    told = pick(
        language,
        f"Nếu xu hướng của {months} tháng đã qua tiếp tục thì cả năm đạt khoảng {value} ({ends}), {_apart(trend.difference, language)}",
        f"If the trend of the {months} months so far goes on, the year ends near {value} ({ends}), {_apart(trend.difference, language)}",
    )
    return f"{told}{_contrast(trend.contrast, language)}."


def _refused(end: YearEnd, language: Language) -> str:
    if end.trend_refused == "few_months":
        return pick(
            language,
            "Chưa đủ 4 tháng trọn vẹn có hồ sơ để tính thêm kịch bản theo xu hướng.",
            "There are not yet 4 whole months with dossiers for a second scenario along their trend.",
        )
    return pick(
        language,
        "Không tính được kịch bản theo xu hướng: các tháng gần như toàn đạt hoặc toàn không đạt nên không có đường xu hướng nào khớp.",
        "No scenario along a trend: the months count nearly all or nearly none, so that no line fits them.",
    )


def _apart(difference: float, language: Language) -> str:
    apart = points(abs(difference), language).lstrip("+")
    if abs(difference) < 0.0005:
        return pick(language, "gần như không khác kịch bản giữ nhịp độ", "almost the same as at the present pace")
    if difference > 0:
        return pick(language, f"cao hơn kịch bản giữ nhịp độ {apart} điểm phần trăm", f"{apart} points above the pace")
    return pick(language, f"thấp hơn kịch bản giữ nhịp độ {apart} điểm phần trăm", f"{apart} points below the pace")


def _contrast(contrast: str, language: Language) -> str:
    """Say so where one scenario reaches the target and the other does not."""
    if contrast == "trend":
        return pick(
            language,
            "; chỉ kịch bản theo xu hướng đạt mục tiêu, nên chưa thể coi là sẽ đạt",
            "; only along the trend is the target reached, so it cannot be taken as safe",
        )
    if contrast == "pace":
        return pick(
            language,
            "; theo xu hướng thì không đạt mục tiêu dù giữ nhịp độ thì đạt",
            "; along the trend the target is missed, though the present pace would reach it",
        )
    return ""
