"""Files made to exhaust a machine or to be run are refused in one sentence, in seconds, or read as text."""

import io
import resource
import time

import pytest
import xlsxwriter
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_analysis.errors import CchcError, InputError, MappingError
from cchc_analysis.intake.contents import read_sheets
from cchc_analysis.intake.mapping import parse_mapping
from cchc_analysis.yaml_limits import YamlLimitError, require_small

MAX_SECONDS, MAX_MEGABYTES = 4, 400
NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"


def far_cell() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Mã hồ sơ")
        sheet.write(1_048_575, 999, "x")
    return stream.getvalue()


def excel_xml(rows: str) -> bytes:
    head = f'<Workbook xmlns="{NAMESPACE}" xmlns:ss="{NAMESPACE}"><Worksheet ss:Name="A"><Table>'
    return f"{head}{rows}</Table></Worksheet></Workbook>".encode()


FAR = '<Row/><Row ss:Index="1048576"><Cell ss:Index="1000"><Data ss:Type="String">x</Data></Cell></Row>'
BROAD = "<table><tr><td colspan=1000>x</tr>" + "<tr><td>y</tr>" * 70_000 + "</table>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BILLION = (
    f'<!DOCTYPE w [<!ENTITY l0 "ha">{LAUGHS}]>'
    + excel_xml('<Row><Cell><Data ss:Type="String">&l11;</Data></Cell></Row>').decode()
)


@pytest.mark.parametrize(
    "content", [far_cell(), excel_xml(FAR), BROAD.encode()], ids=["far cell", "far cell in XML", "one broad row"]
)
def test_a_table_that_claims_more_cells_than_any_export_is_refused_before_it_costs_memory(content):
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match=r"a\.xls: the table reaches over [\d,]+ rows and 1,000 columns") as error:
        read_sheets(content, "a.xls")
    assert "\n" not in error.value.en + error.value.vi
    assert time.process_time() - began < MAX_SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MAX_MEGABYTES


def test_cells_merged_downwards_cost_no_more_than_the_rows_there_are():
    merged = '<Cell ss:MergeDown="65536"><Data ss:Type="String">x</Data></Cell>' * 900
    below = '<Row><Cell ss:Index="2"><Data ss:Type="String">y</Data></Cell></Row>'
    began = time.process_time()
    cells = read_sheets(excel_xml(f"<Row>{merged}</Row>{below}"), "a.xls")[0].cells
    assert cells.iloc[1, :3].tolist() == ["x", "y", "x"]
    assert time.process_time() - began < MAX_SECONDS


def test_entities_of_a_workbook_in_xml_never_grow():
    try:
        shown = read_sheets(BILLION.encode(), "a.xls")[0].cells.astype(str).to_numpy().tolist()
    except InputError as error:
        shown = [error.en]
    assert len(str(shown)) < 1_000


ALIASES = "a0: &a0 {k: v}\n" + "".join(
    f"a{n}: &a{n} {{{', '.join(f'k{m}: *a{n - 1}' for m in range(9))}}}\n" for n in range(1, 12)
)


@pytest.mark.parametrize("text", [ALIASES, "columns: &x {a: *x}", "columns: &x [*x]", "[" * 20_000, "a: " + "{" * 900])
def test_a_mapping_file_that_stands_for_a_huge_one_is_refused_in_one_sentence(text):
    began = time.process_time()
    with pytest.raises(MappingError) as error:
        parse_mapping(text, "m.yaml")
    assert "\n" not in error.value.en
    assert time.process_time() - began < MAX_SECONDS


def test_few_aliases_are_fine_and_many_are_not():
    assert require_small("a: &x {b: 1}\nc: *x\n")
    with pytest.raises(YamlLimitError):
        require_small(ALIASES)
    assert issubclass(YamlLimitError, yaml.YAMLError)


STARTS = (b"", b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"<table><tr><td>", b"<?xml version='1.0'?>", b"\xff\xfe", b"a;b\n")


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_one_sentence(start, rest):
    refused, sheets = "a.bin", []
    try:
        sheets = read_sheets(start + rest, "a.bin")
    except CchcError as error:
        refused = error.en
    assert sheets or refused != "a.bin"
    assert refused.startswith("a.bin")
    assert "\n" not in refused


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.text(alphabet="abc:{}[]&*!|>-# \n\t'\"\\0é\x00", max_size=120))
def test_any_text_is_a_mapping_or_is_refused(text):
    said = "m.yaml"
    try:
        parse_mapping(text, "m.yaml")
    except MappingError as error:
        said = error.en
    assert said.startswith("m.yaml")
