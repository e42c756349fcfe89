"""Parts III and IV of the report: the plan commitment by commitment, what falls short, and what the office adds."""

from cchc_analysis import wording
from cchc_analysis.documents.blocks import Block, Heading, Paragraph, Table, figures_table
from cchc_analysis.documents.facts import Facts
from cchc_analysis.documents.tasks import missing_lines
from cchc_analysis.frames import records
from cchc_analysis.pages.overview import evidence_sentence
from cchc_analysis.tables import TableColumn
from cchc_analysis.wording import document, pick
from cchc_analysis.wording import document_body as say

WIDTHS = (1.1, 6.6, 2.3, 4.2, 2.3)


def assessment(facts: Facts) -> list[Block]:
    """Return the third part: the table of commitments, what falls short, and causes that figures do not tell."""
    language, summary = facts.language, wording.scorecard_summary
    counted = summary.status_counts(facts.rows, facts.study.as_of.date(), language)
    return [
        Heading(1, pick(language, "III. ĐÁNH GIÁ CHUNG", "III. ASSESSMENT")),
        Heading(2, pick(language, "1. Mức độ thực hiện các cam kết của kế hoạch", "1. The plan's commitments")),
        Paragraph(counted),
        commitment_table(facts),
        Heading(2, pick(language, "2. Tồn tại, hạn chế", "2. What falls short")),
        *(Paragraph(text, "item") for text in summary.to_decide(facts.rows, language)),
        *(Paragraph(text, "item") for text in missing_lines(facts)),
        *(Paragraph(text, "item") for text in [evidence_sentence(facts.board)] if text),
        *(Paragraph(text, "item") for text in summary.unjudged(facts.rows, language)),
        Heading(2, pick(language, "3. Nguyên nhân", "3. Causes")),
        Paragraph(document.to_fill(pick(language, "nguyên nhân", "causes"), language), "fill"),
    ]


def commitment_table(facts: Facts) -> Table:
    """Return a line for each commitment that concerns the unit: what was promised, the figure, and how it stands."""
    language = facts.language
    lines = facts.rows.assign(
        words=[f"{say.sentence_case(row['name'])} ({row['owners']})" for row in records(facts.rows)],
        figure=[say.result(row, language) for row in records(facts.rows)],
        told=[wording.scorecard.status(status, language) for status in facts.rows["status"]],
    )
    columns = [
        TableColumn("commitment", pick(language, "Mã", "No.")),
        TableColumn("words", pick(language, "Cam kết (đơn vị chủ trì)", "Commitment (who leads)")),
        TableColumn("goal_text", pick(language, "Chỉ tiêu", "Target")),
        TableColumn("figure", pick(language, "Kết quả trong kỳ", "Figure of the period")),
        TableColumn("told", pick(language, "Đánh giá", "Status")),
    ]
    caption = pick(language, "Bảng 2. Thực hiện các cam kết của kế hoạch", "Table 2. The commitments of the plan")
    note = pick(
        language,
        "Kết quả: tỷ lệ (tử số/mẫu số; khoảng tin cậy 95%). Đánh giá theo chỉ tiêu cả năm, với số liệu đã có.",
        "Figure: share (numerator/denominator; 95% interval). The status is about the whole year, as known so far.",
    )
    return figures_table(lines, columns, caption, language, note=note, widths=WIDTHS)


def outlook(facts: Facts) -> list[Block]:
    """Return the fourth part, which the office writes."""
    language = facts.language
    return [
        Heading(1, pick(language, "IV. PHƯƠNG HƯỚNG, NHIỆM VỤ TRỌNG TÂM", "IV. TASKS AHEAD")),
        Paragraph(document.to_fill(pick(language, "phương hướng, nhiệm vụ kỳ tới", "tasks ahead"), language), "fill"),
        Heading(1, pick(language, "V. KIẾN NGHỊ, ĐỀ XUẤT", "V. PROPOSALS")),
        Paragraph(document.to_fill(pick(language, "kiến nghị, đề xuất", "proposals"), language), "fill"),
    ]
