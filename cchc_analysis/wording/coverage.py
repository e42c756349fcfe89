"""The sentence that warns of a comparison with a period which the exports cover only in part."""

from cchc_analysis.errors import Language
from cchc_analysis.formats import day, number
from cchc_analysis.measures import SLACK_WORKING_DAYS, Coverage
from cchc_analysis.wording.words import in_sentence, pick


def base_covered(found: Coverage, title: str, language: Language) -> str:
    """Warn that the period changes are measured against is not covered; "" where it is. `title`: of that period."""
    if found.state == "whole":
        return ""
    if found.state == "none" or found.first_on is None or found.last_on is None:
        return pick(
            language,
            f"Tệp kết xuất không có hồ sơ nào tiếp nhận trong {title}: không so sánh được với kỳ này.",
            f"The exports have no dossier received in {title}: nothing can be compared with it.",
        )
    why = "; ".join(_reasons(found, language))
    return pick(
        language,
        f"Tệp kết xuất chỉ có một phần của {title} ({why}): mức thay đổi so với kỳ này có thể do thiếu dữ liệu.",
        f"The exports cover only a part of {title} ({why}): changes against it may come from what is missing.",
    )


def _reasons(found: Coverage, language: Language) -> list[str]:
    reasons = []
    if found.days_before > SLACK_WORKING_DAYS and found.first_on is not None:
        reasons.append(
            pick(
                language,
                f"hồ sơ đầu tiên tiếp nhận ngày {day(found.first_on)}, thiếu {number(found.days_before)} ngày làm việc đầu kỳ",
                f"the first dossier was received on {day(found.first_on, 'en')}, {number(found.days_before, 'en')} working days in",
            )
        )
    if found.days_after > SLACK_WORKING_DAYS and found.last_on is not None:
        reasons.append(
            pick(
                language,
                f"hồ sơ cuối cùng tiếp nhận ngày {day(found.last_on)}, thiếu {number(found.days_after)} ngày làm việc cuối kỳ",
                f"the last dossier was received on {day(found.last_on, 'en')}, {number(found.days_after, 'en')} working days "
                "before its end",
            )
        )
    if found.months_without:
        months = ", ".join(in_sentence(month.title(language), language) for month in found.months_without)
        reasons.append(pick(language, f"không có hồ sơ tiếp nhận: {months}", f"nothing received: {months}"))
    return reasons
