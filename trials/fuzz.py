"""Let a fuzzer look for inputs that a reader of ours neither reads nor refuses: `python -m trials.fuzz TARGET`.

Needs atheris, which is no dependency of the project. What is found belongs into tests/intake/corpus/<target>/.
"""

import io
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

PROMISE = "every input is read or refused in one sentence"
CORPUS = Path(__file__).parents[1] / "tests" / "intake" / "corpus"
LONGEST = 4_096
EXCEL = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
EXCEL += b'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A"><Table>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OPEN = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))


def sheet_of(content: bytes) -> bytes:
    """Return a workbook whose sheet holds `content` where its rows would stand."""
    relations = f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/'
    return _zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>'.encode(),
            "_rels/.rels": f'{relations}officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
            "xl/_rels/workbook.xml.rels": f'{relations}worksheet" Target="sheet1.xml"/></Relationships>'.encode(),
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="1"/>'
            '<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>'.encode(),
            "xl/sheet1.xml": f'<worksheet xmlns="{MAIN}">'.encode() + content + b"</worksheet>",
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>a</t></si></sst>'.encode(),
        }
    )


def open_document(content: bytes) -> bytes:
    """Return an .ods whose table holds `content`."""
    head = f'<office:document-content {OPEN}><office:body><office:spreadsheet><table:table table:name="A">'
    tail = b"</table:table></office:spreadsheet></office:body></office:document-content>"
    return _zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": head.encode() + content + tail,
        }
    )


def _zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def read(content: bytes) -> None:
    """Read a file of any kind: sheets, or one sentence that names the file."""
    from cchc_analysis.errors import CchcError
    from cchc_analysis.intake.contents import read_sheets

    said, sheets = "a.bin", []
    try:
        sheets = read_sheets(content, "a.bin")
    except CchcError as error:
        said = error.en
    if not (sheets or (said != "a.bin" and said.startswith("a.bin") and "\n" not in said)):
        raise AssertionError(said)
    for sheet in sheets:
        _look_for_header(sheet.cells)


def _look_for_header(cells: "object") -> None:
    import pandas as pd

    from cchc_analysis.intake.headers import find_header
    from cchc_analysis.intake.vocabulary import load_vocabulary

    assert isinstance(cells, pd.DataFrame)
    meaning = load_vocabulary().meaning
    find_header(cells.iloc[:50], lambda header: (sum(meaning(cell.text) is not None for cell in header.cells), 0))


def values(content: bytes) -> None:
    """Parse lines as each kind of value: a value or a mark for every cell, and no number that is none."""
    from cchc_analysis.intake.codes import parse_booleans, parse_category
    from cchc_analysis.intake.dates import parse_timestamps
    from cchc_analysis.intake.survey_numbers import parse_seconds, parse_weights
    from cchc_analysis.intake.terms import parse_terms
    from cchc_analysis.intake.values import parse_codes, parse_numbers, parse_texts

    lines = content.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode("utf-8").split("\n")
    cells = np.array([*lines, None], dtype=object)
    for month_first in (False, True):
        moments = parse_timestamps(cells, month_first=month_first)
        if (~np.isnat(moments.local) & moments.unreadable).any():
            raise AssertionError(f"a moment that is unreadable: {lines}")
    for parsed in (
        *(parse_numbers(cells, money=money) for money in (False, True)),
        *(parse_weights(cells)[0], parse_seconds(cells)),
    ):
        if (parsed.values < 0).any() or np.isinf(parsed.values).any():  # noqa: PD011
            raise AssertionError(f"a number that is none: {lines}")
    for found in (parse_texts(cells), parse_codes(cells), parse_category(cells, "status")):
        if len(found.values) != len(cells):
            raise AssertionError(f"a cell that is lost: {lines}")
    parse_booleans(cells, "paid_online")
    parse_terms(cells)


def mapping(content: bytes) -> None:
    """Read a mapping file: a mapping, or one sentence."""
    from cchc_analysis.errors import MappingError
    from cchc_analysis.intake.mapping import parse_mapping

    try:
        parse_mapping(content.decode("utf-8", "replace"), "m.yaml")
    except MappingError as error:
        if "\n" in error.en:
            raise AssertionError(error.en) from None


def questionnaire(content: bytes) -> None:
    """Read a questionnaire, or refuse it in one sentence."""
    from cchc_analysis.errors import CchcError
    from cchc_analysis.questionnaires import read_questionnaire

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "q.yaml")
        path.write_bytes(content)
        try:
            read_questionnaire(path)
        except CchcError as error:
            if "\n" in error.en:
                raise AssertionError(error.en) from None


TARGETS: dict[str, Callable[[bytes], None]] = {
    "any": read,
    "csv": lambda content: read("Mã hồ sơ,Đơn vị\n".encode() + content),
    "html": lambda content: read(b"<table><tr><td>" + content),
    "excel-xml": lambda content: read(EXCEL + content + b"</Table></Worksheet></Workbook>"),
    "xlsx": lambda content: read(sheet_of(content)),
    "ods": lambda content: read(open_document(content)),
    "values": values,
    "mapping": mapping,
    "questionnaire": questionnaire,
}
"""Reader → what it does with bytes; raises nothing where the promise holds."""

BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "any": (
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"PAR1",
        b"\xff\xfea\x00",
        b"MIME-Version: 1.0\nContent-Type: text/html\n\n",
    ),
    "csv": (b'1;"a""b"\t|\r\n', b'="1"\r', b"sep=;\n"),
    "html": (b"a<td colspan=2 rowspan=3>b&nbsp;&#0;<tr><th>c</table>", b"<font><div><table><tr><td>x"),
    "excel-xml": (
        b'<Row ss:Index="3"><Cell ss:Index="2" ss:MergeDown="1"><Data ss:Type="DateTime">2023-06-01T00:00:00</Data>',
    ),
    "xlsx": (b'<sheetData><row r="1" hidden="1"><c r="A1" t="e"><f>1</f><v>#N/A</v></c></row></sheetData>',),
    "ods": (
        b'<table:table-row table:number-rows-repeated="2">'
        b'<table:table-cell office:value-type="date" office:date-value="2023-06-01"/></table:table-row>',
    ),
    "values": ("01/06/2023 07:30\n2023-06-01T00:00+07:00\n1.234,5 đ\n15 ngày làm việc\nCó\n45078\n".encode(),),
    "mapping": (b"columns: {field: [Area]}\ncodes: {channel: {Fax: post}}\ndate_order: day_first\n",),
    "questionnaire": (b"id: a\ntitle: {vi: a, en: b}\nquestions: []\n",),
}
"""Reader → what the fuzzer begins with."""


def main(arguments: Sequence[str]) -> None:
    """Fuzz one target; further arguments go to the fuzzer, such as -max_total_time=300."""
    if find_spec("atheris") is None:
        sys.exit("trials.fuzz needs atheris, which is not installed: pip install atheris==3.0.0")
    import atheris

    if not arguments or arguments[0] not in TARGETS:
        sys.exit(f"Name a target: {', '.join(TARGETS)}.")
    name, *given = arguments
    with atheris.instrument_imports(include=["cchc_analysis.intake", "cchc_analysis.text", "csv", "yaml"]):
        import cchc_analysis.intake.contents
        import cchc_analysis.intake.mapping
        import cchc_analysis.questionnaires  # noqa: F401
    with tempfile.TemporaryDirectory() as seeds:
        for number, beginning in enumerate(BEGINNINGS[name]):
            Path(seeds, f"seed-{number}").write_bytes(beginning)
        folders = [seeds, *([str(CORPUS / name)] if (CORPUS / name).is_dir() else [])]
        atheris.Setup(
            [sys.argv[0], f"-max_len={LONGEST}", "-timeout=20", "-rss_limit_mb=3000", *given, *folders], TARGETS[name]
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
