"""What every page has: its head with period, unit and warnings, and its foot with definitions and origin."""

from collections.abc import Sequence
from html import escape

from IPython.display import HTML

from cchc_analysis import display
from cchc_analysis.editions import INTERNAL_MARK
from cchc_analysis.errors import Language
from cchc_analysis.formats import day, number
from cchc_analysis.measures import ACCOUNTS
from cchc_analysis.pages.methods import METHODS, method_title
from cchc_analysis.pages.titles import TITLES
from cchc_analysis.study import Study
from cchc_analysis.version import VERSION
from cchc_analysis.wording import document_body, pick, plural, uncapitalised


def page_head(study: Study, page: str) -> HTML:
    """Show title, unit, period, how far the data go, and what a reader must know before reading."""
    vi, en = TITLES[page]
    language, period = study.language, study.period
    lines = [
        f"<h1>{escape(pick(language, vi, en))}: {escape(study.unit_name())}, {escape(period.title(language))}</h1>",
        f'<p class="subtitle">{escape(_window_line(study))}</p>',
    ]
    if study.warehouse.synthetic:
        text = pick(
            language,
            "Dữ liệu giả lập: mọi hồ sơ trên trang này do máy tính tạo ra để minh họa, không phải số liệu thật của địa phương nào.",
            "Synthetic data: every dossier behind this page was generated for illustration and describes no real place.",
        )
        lines.append(f'<p class="banner">{escape(text)}</p>')
    if page != "published":
        lines.append(f'<p class="internal">{escape(pick(language, *INTERNAL_MARK))}</p>')
    lines += [f'<p class="warning">{escape(text)}</p>' for text in _warnings(study)]
    return display.html("\n".join(lines))


def _window_line(study: Study) -> str:
    language, period = study.language, study.period
    kind = {
        "accounting": pick(language, "kỳ báo cáo chốt ngày 14", "accounting months, 15th to 14th"),
        "calendar": pick(language, "kỳ tính theo tháng dương lịch", "calendar months"),
    }[period.window]
    return pick(
        language,
        f"Từ ngày {day(period.start, language)} đến ngày {day(period.end, language)} ({kind}) · Số liệu tính đến hết ngày {day(study.as_of, language)}",
        f"{day(period.start, language)} to {day(period.end, language)} ({kind}) · Data up to the end of {day(study.as_of, language)}",
    )


def _warnings(study: Study) -> list[str]:
    language, period = study.language, study.period
    found = list(period.warnings(language)) + _other_units(study)
    if study.as_of.date() < period.end:
        found.insert(
            0,
            document_body.still_open(study.as_of, period.end, language),
        )
    return found


def _other_units(study: Study) -> list[str]:
    """Say that rows are told under other units than those the files name."""
    if study.units_on is None or not study.warehouse.moved:
        return []
    on = day(study.units_on, study.language)
    return [
        pick(
            study.language,
            f"Số liệu của mọi năm được quy về đơn vị hành chính có hiệu lực ngày {on}: "
            "hồ sơ của đơn vị cũ tính cho đơn vị kế thừa.",
            f"All years are told under the administrative units of {on}: dossiers of a former unit count for its successor.",
        )
    ]


def definitions(study: Study, entries: Sequence[tuple[str, str]], page: str = "") -> HTML:
    """Show how a page was computed: the definitions and methods it rests on, then where its figures come from.

    `page`: one of pages.methods.METHODS; without it the folder of all methods is named.
    A method is named by title and file; `publish_reports` makes links of them.
    """
    items = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in entries)
    title = pick(
        study.language,
        "Số liệu được tính như thế nào: định nghĩa, cách tính, nguồn",
        "How this was computed: definitions, methods, origin",
    )
    origin = f'<p class="origin">{escape(origin_line(study))}</p>'
    listed = methods_list(page, study.language)
    return display.html(f"<h2>{escape(title)}</h2><dl>{items}</dl>{listed}{origin}{sources(study, page)}")


SHOWN_OF_HASH = 16
"""Characters of a hash that a page shows: enough to tell files apart by eye."""

RECOMPUTED: dict[str, tuple[str, ...]] = {
    "processing_time": (
        *("form_06a --by field", "on_time --by month", "on_time --rule strict", "outcomes", "working_days", "time_cut"),
        *("pending", "backlog", "integrity"),
    ),
    "digitisation": ("digitisation", "online_share", "cashless", "postal", "payment_forms", "catalogue", "matching"),
    "satisfaction": ("satisfaction", "satisfaction_waves", "survey_forms", "ratings"),
    "service_quality": ("service_quality", "one_stop_evaluation"),
    "published": ("form_06a --by field", "on_time", "digitisation", "online_share", "cashless"),
}
"""Page → the measures its figures are, as `cchc measures` knows them."""


def sources(study: Study, page: str) -> str:
    """Write what the figures of a page are made of: the measures that compute them again and the files read, with hashes.

    Every table and figure of a published page links here.
    """
    language = study.language
    lead = pick(
        language,
        "Nguồn của từng con số: lệnh tính lại, tệp đầu vào và mã băm",
        "Where each figure comes from: commands that compute it again, input files and their hashes",
    )
    return (
        f'<details class="sources" id="sources"><summary>{escape(lead)}</summary>'
        f"{recomputing(study, page)}{_files_read(study)}</details>"
    )


def recomputing(study: Study, page: str) -> str:
    """Write how an auditor computes the figures of a page again, and proves the files they rest on.

    Empty for a page whose figures are no measures of the command line.
    """
    if page not in RECOMPUTED:
        return ""
    on = f" --units-on {study.units_on.isoformat()}" if study.units_on else ""
    asked = f"--period {study.period.label} --unit {study.unit} --as-of {study.as_of.date().isoformat()}{on}"
    commands = "".join(
        f"<li><code>cchc measures {escape(measure)} --warehouse {pick(study.language, 'KHO', 'WAREHOUSE')} "
        f"{escape(asked)}</code></li>"
        for measure in RECOMPUTED[page]
    )
    lead = pick(
        study.language,
        "Tính lại từng con số (tử số, mẫu số, quy tắc, khoảng thời gian):",
        "Compute each figure again (numerator, denominator, rule, window):",
    )
    return f"<p>{escape(lead)}</p><ul>{commands}</ul>"


def _files_read(study: Study) -> str:
    """List the files that the warehouse was made of, with the start of their hashes."""
    language = study.language
    listed = "".join(
        f"<li>{escape(entry['file'])} <code>{escape(entry['sha256'][:SHOWN_OF_HASH])}</code></li>"
        for entry in study.warehouse.inputs()
    )
    lead = pick(
        language,
        f"Tệp đã nạp và {SHOWN_OF_HASH} ký tự đầu của mã băm SHA-256 (đầy đủ trong manifest.json; cchc verify đối chiếu cả trang "
        "với các tệp đó):",
        f"Files taken in and the first {SHOWN_OF_HASH} characters of their SHA-256 (all of it in manifest.json; cchc verify holds the "
        "whole site against them):",
    )
    return f"<p>{escape(lead)}</p><ul>{listed}</ul>"


def methods_list(page: str, language: Language) -> str:
    """Write the methods a page rests on, each by its title and file; all of them by folder where none are listed.

    >>> methods_list("nothing", "en")
    '<p>Formulas, sources and worked examples: <code>docs/methods</code></p>'
    """
    lead = pick(
        language,
        "Công thức, nguồn và ví dụ tính tay (bằng tiếng Anh): ",
        "Formulas, sources and worked examples: ",
    )
    named = [
        f'<span class="method">{escape(method_title(name, language))} <code>docs/methods/{escape(name)}.md</code></span>'
        for name in METHODS.get(page, ())
    ]
    return f"<p>{lead}{' · '.join(named) or '<code>docs/methods</code>'}</p>"


def origin_line(study: Study) -> str:
    """Say which files the figures come from, how many rows were taken and left, and which version computed them."""
    language, total = study.language, study.warehouse.intake["total"]
    if not study.warehouse.has_rows:
        return _surveys_origin(study)
    n = {key: number(total[key], language) for key in ("read", "accepted", "rejected", "duplicates", "skipped")}
    registers = [
        pick(
            language,
            f"{uncapitalised(register.kind.vi)} ({number(register.intake['total']['accepted'], language)} dòng được nhận)",
            f"{uncapitalised(register.kind.en)} ({plural(register.intake['total']['accepted'], 'accepted row')})",
        )
        for register in study.warehouse.registers()
    ]
    beside = pick(language, "Nạp kèm: ", "Beside them: ") + "; ".join(registers) + ". " if registers else ""
    files = number(len(study.warehouse.intake["files"]), language)
    return pick(
        language,
        f"Nguồn: {files} tệp kết xuất; đọc {n['read']} dòng = {n['accepted']} dòng được nhận + {n['rejected']} dòng bị loại + "
        f"{n['duplicates']} dòng trùng + {n['skipped']} dòng bỏ qua (dòng nhóm, dòng tổng, chữ ký…). "
        f"{beside}Mã trạng thái dữ liệu {study.warehouse.state}. cchc-analysis {VERSION}.",
        f"Source: {plural(len(study.warehouse.intake['files']), 'export file')}; {plural(total['read'], 'row')} read = {n['accepted']} accepted + {n['rejected']} rejected + "
        f"{plural(total['duplicates'], 'duplicate')} + {n['skipped']} skipped (band, total, signature rows …). "
        f"{beside}State of the data {study.warehouse.state}. cchc-analysis {VERSION}.",
    )


def _surveys_origin(study: Study) -> str:
    """Say where the figures come from when surveys and registers alone were taken in."""
    language, tables = study.language, study.warehouse.registers()
    total = {name: sum(table.intake["total"][name] for table in tables) for name in ACCOUNTS}
    n = {name: number(total[name], language) for name in ACCOUNTS}
    n_files = sum(len(table.intake["files"]) for table in tables)
    surveys_alone = len(tables) == len(study.warehouse.surveys())
    what, file = (
        ("khảo sát", "survey file") if surveys_alone else ("sổ theo dõi, khảo sát", "file of registers or surveys")
    )
    files = plural(n_files, file, "" if surveys_alone else "files of registers or surveys")
    return pick(
        language,
        f"Nguồn: {number(n_files, language)} tệp {what}; đọc {n['read']} dòng = {n['accepted']} dòng được nhận + {n['rejected']} dòng bị loại + "
        f"{n['duplicates']} dòng trùng + {n['skipped']} dòng bỏ qua. Mã trạng thái dữ liệu {study.warehouse.state}. cchc-analysis {VERSION}.",
        f"Source: {files}; {plural(total['read'], 'row')} read = {n['accepted']} accepted + {n['rejected']} rejected + "
        f"{plural(total['duplicates'], 'duplicate')} + {n['skipped']} skipped. State of the data {study.warehouse.state}. cchc-analysis {VERSION}.",
    )
