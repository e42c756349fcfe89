"""Part I of the report: which days, which data, and what they do not tell."""

from cchc_analysis import wording
from cchc_analysis.documents.blocks import Block, Heading, Paragraph
from cchc_analysis.documents.facts import Facts
from cchc_analysis.frames import first_row
from cchc_analysis.pages.frame import origin_line
from cchc_analysis.study import Study
from cchc_analysis.wording import document_body as say
from cchc_analysis.wording import in_sentence, pick


def general(facts: Facts) -> list[Block]:
    """Return the first part: period, data, and their limits."""
    study, language = facts.study, facts.language
    blocks: list[Block] = [Heading(1, pick(language, "I. TÌNH HÌNH CHUNG", "I. GENERAL"))]
    if study.warehouse.synthetic:
        blocks.append(Paragraph(say.synthetic(language), "remark"))
    blocks.append(Heading(2, pick(language, "1. Kỳ báo cáo và số liệu", "1. Period and data")))
    blocks.append(Paragraph(say.window(study.period.start, study.period.end, study.as_of, language)))
    blocks.append(Paragraph(origin_line(study)))
    limits = [text for text in limits_of(study) if text]
    if limits:
        blocks.append(Heading(2, pick(language, "2. Giới hạn của số liệu", "2. Limits of the data")))
        blocks += [Paragraph(text, "item") for text in limits]
    return blocks


def limits_of(study: Study) -> list[str]:
    """Return what a reader must know before reading: windows, gaps, registers that are not there."""
    language, period = study.language, study.period
    told = list(period.warnings(language))
    if study.as_of.date() < period.end:
        told.insert(0, say.still_open(study.as_of, period.end, language))
    if study.warehouse.has_rows:
        base = in_sentence(study.base.title(language), language)
        told.append(wording.coverage.base_covered(study.coverage(study.base), base, language))
    absent = [kind for kind in wording.registers.REGISTERS if not study.has_register(kind)]
    names = [pick(language, *wording.registers.REGISTERS[kind]) for kind in absent]
    if not study.surveys():
        names.append(pick(language, "kết quả khảo sát mức độ hài lòng", "a survey of satisfaction"))
    told.append(say.without_data(names, language))
    refused = study.rejected()
    if len(refused):
        told.append(say.rejected_rows(int(refused["n_rows"].sum()), language))
    return told


def has_dossiers(study: Study) -> bool:
    """Tell whether there was any dossier to handle in the period."""
    return study.warehouse.has_rows and bool(first_row(study.form_06a())["received"])
