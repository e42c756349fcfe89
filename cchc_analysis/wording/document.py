"""Words of the report as a document: its head and foot after Decree 30/2020, its headings, and what is left to fill in."""

from datetime import date

from cchc_analysis.errors import Language
from cchc_analysis.wording.words import pick, uncapitalised

CODE = "BC-UBND"
"""Abbreviation of a report (báo cáo) that a People's Committee issues."""

COUNTRY = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM")
MOTTO = ("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness")
TYPE = ("BÁO CÁO", "REPORT")
ANNEX = ("Phụ lục", "Annex")

FIELDS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("directing", ("Công tác chỉ đạo, điều hành và tuyên truyền cải cách hành chính", "Direction and communication")),
    ("institutions", ("Cải cách thể chế", "Reform of institutions")),
    ("procedures", ("Cải cách thủ tục hành chính", "Reform of administrative procedures")),
    ("organisation", ("Cải cách tổ chức bộ máy hành chính nhà nước", "Reform of the organisation")),
    ("civil_service", ("Cải cách chế độ công vụ", "Reform of the civil service")),
    ("finance", ("Cải cách tài chính công", "Reform of public finance")),
    ("digital", ("Xây dựng và phát triển chính quyền điện tử, chính quyền số", "Electronic and digital government")),
    ("satisfaction", ("Mức độ hài lòng của người dân, doanh nghiệp", "Satisfaction of citizens and businesses")),
)  # fmt: skip
"""Fields of reform in the order of the report → their headings."""


def field(name: str, language: Language) -> str:
    """Return the heading of a field of reform.

    >>> field("institutions", "vi")
    'Cải cách thể chế'
    """
    return pick(language, *dict(FIELDS)[name])


def committee(name: str, language: Language) -> tuple[str, ...]:
    """Return the People's Committee of a place as it stands at the head of a document.

    >>> committee("Phường 1", "vi")
    ('ỦY BAN NHÂN DÂN', 'PHƯỜNG 1')
    """
    return pick(language, "ỦY BAN NHÂN DÂN", "PEOPLE'S COMMITTEE OF"), name.upper()


def committee_in_text(name: str, language: Language) -> str:
    """Return the People's Committee of a place as it stands in a sentence.

    >>> committee_in_text("Thành phố Vũng Tàu", "vi"), committee_in_text("Phường 1", "vi")
    ('Ủy ban nhân dân thành phố Vũng Tàu', 'Ủy ban nhân dân Phường 1')
    """
    # The word before a name is small, before a number large (Decree 30/2020, Annex II).
    vi = name if any(letter.isdigit() for letter in name) else uncapitalised(name)
    return pick(language, f"Ủy ban nhân dân {vi}", f"People's Committee of {name}")


def addressee(above: str, through: str, language: Language) -> str:
    """Write whom a report is sent to: the committee above, through an office where there is one.

    >>> addressee("Thành phố Vũng Tàu", "Phòng Nội vụ", "vi")
    'Ủy ban nhân dân thành phố Vũng Tàu (qua Phòng Nội vụ)'
    """
    committee_above = committee_in_text(above, language)
    if not through:
        return committee_above
    return pick(language, f"{committee_above} (qua {through})", f"{committee_above} (through the {through})")


def issuer_in_text(issuer: tuple[str, ...], name: str, is_committee: bool, language: Language) -> str:
    """Return who reports as it stands in a sentence, "" where the head leaves it open; `name`: of the unit.

    >>> issuer_in_text(("ỦY BAN NHÂN DÂN", "PHƯỜNG 1"), "Phường 1", True, "vi")
    'Ủy ban nhân dân Phường 1'
    """
    if is_committee:
        return committee_in_text(name, language)
    return "" if issuer[0].startswith("[") else name


def plain_issuer(name: str, language: Language) -> tuple[str, ...]:
    """Return the name of another office at the head of its document, a place to fill in where it is not known."""
    return (name.upper() or pick(language, "[TÊN CƠ QUAN BAN HÀNH]", "[NAME OF THE ISSUING BODY]"),)


def place(name: str, tier: str, language: Language) -> str:
    """Return the name of a place as it stands before the date: that of a city alone, that of a ward in full.

    >>> place("Thành phố Vũng Tàu", "city", "vi"), place("Phường 1", "ward", "vi")
    ('Vũng Tàu', 'Phường 1')
    """
    if tier == "city":
        return name.removeprefix("Thành phố ") if language == "vi" else name.removesuffix(" City")
    return name


def dated(where: str, on: date | None, language: Language) -> str:
    """Write place and date; days under 10 and the months 1 and 2 with a zero in front (Decree 30/2020, Annex I).

    >>> dated("Vũng Tàu", date(2023, 2, 5), "vi"), dated("Vũng Tàu", date(2023, 6, 14), "vi")
    ('Vũng Tàu, ngày 05 tháng 02 năm 2023', 'Vũng Tàu, ngày 14 tháng 6 năm 2023')
    >>> dated("", None, "vi")
    '……, ngày …… tháng …… năm ……'
    """
    where = where or "……"
    if on is None:
        return pick(language, f"{where}, ngày …… tháng …… năm ……", f"{where}, …… …… ……")
    month = f"{on.month:02d}" if on.month < 3 else str(on.month)
    return pick(language, f"{where}, ngày {on.day:02d} tháng {month} năm {on.year}", f"{where}, {on:%d/%m/%Y}")


def number_line(number: str, code: str, language: Language) -> str:
    """Write number and code of a document, with dots where they are not known.

    >>> number_line("", "BC-UBND", "vi"), number_line("12", "", "vi")
    ('Số: ……/BC-UBND', 'Số: 12/BC-……')
    """
    return f"{pick(language, 'Số', 'No.')}: {number or '……'}/{code or 'BC-……'}"


def subject(period: str, language: Language) -> str:
    """Write what the report is about; `period`: as it stands in a sentence.

    >>> subject("quý II/2023", "vi")
    'Kết quả công tác cải cách hành chính nhà nước quý II/2023'
    """
    return pick(
        language,
        f"Kết quả công tác cải cách hành chính nhà nước {period}",
        f"Results of state administrative reform, {period}",
    )


def opening(plan: str, issuer: str, period: str, language: Language) -> str:
    """Write the sentence that leads into the report; `plan`: title of the plan it answers, "" without one.

    >>> opening("Kế hoạch A", "Ủy ban nhân dân Phường 1", "quý II/2023", "vi")
    'Thực hiện Kế hoạch A, Ủy ban nhân dân Phường 1 báo cáo kết quả công tác cải cách hành chính quý II/2023 như sau:'
    """
    who = issuer or pick(language, "[tên cơ quan ban hành]", "[the issuing body]")
    if not plan:
        return pick(
            language,
            f"{who} báo cáo kết quả công tác cải cách hành chính {period} như sau:",
            f"{who} reports on administrative reform in {period} as follows:",
        )
    return pick(
        language,
        f"Thực hiện {plan}, {who} báo cáo kết quả công tác cải cách hành chính {period} như sau:",
        f"Under the {plan}, {who} reports on administrative reform in {period} as follows:",
    )


def closing(issuer: str, period: str, language: Language) -> str:
    """Write the last sentence, with the mark that ends a document.

    >>> closing("", "quý II/2023", "vi")
    'Trên đây là báo cáo kết quả công tác cải cách hành chính quý II/2023./.'
    """
    of = pick(language, f" của {issuer}", f" of the {issuer}") if issuer else ""
    return pick(
        language,
        f"Trên đây là báo cáo kết quả công tác cải cách hành chính {period}{of}./.",
        f"This is the report{of} on administrative reform in {period}./.",
    )


def to_fill(what: str, language: Language) -> str:
    """Write a place that the office fills in itself.

    >>> to_fill("phương hướng", "vi")
    '[Đơn vị bổ sung: phương hướng]'
    """
    return pick(language, f"[Đơn vị bổ sung: {what}]", f"[To be added by the office: {what}]")


def enclosed(code: str, language: Language) -> str:
    """Write the line below the title of an annex that says which report it belongs to."""
    return pick(
        language,
        f"(Kèm theo Báo cáo số ……/{code or 'BC-……'} ngày …… tháng …… năm ……)",
        f"(Enclosed with Report No. ……/{code or 'BC-……'} of …… …… ……)",
    )
