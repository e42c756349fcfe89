"""Every way of writing a date, a term, a number, a code or a word that exports are known to use."""

from datetime import UTC, date, datetime, time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_analysis.intake.cells import cell_text
from cchc_analysis.intake.codes import FROM_DATES, load_dictionary, parse_booleans, parse_category
from cchc_analysis.intake.dates import parse_timestamps
from cchc_analysis.intake.terms import parse_term, parse_terms
from cchc_analysis.intake.values import code_key, code_keys, parse_codes, parse_numbers, parse_texts
from cchc_analysis.schema import RATINGS, STATUSES


def cells(*values):
    return np.array([*values, None], dtype=object)[:-1]


def moment(value, **options):
    """The one moment in a column of one cell: a datetime, None, or "unreadable"."""
    found = parse_timestamps(cells(value), **options)
    return "unreadable" if found.unreadable[0] else found.local[0].item()


@pytest.mark.parametrize(
    "written",
    [
        "03/04/2025", "3/4/2025", "03-04-2025", "03.04.2025", "3/4/25", "2025-04-03", "2025/04/03",
        "ngày 03 tháng 4 năm 2025", "Ngày 3 tháng 4 năm 2025", "\u00a003/04/2025\u00a0", " 03 / 04 / 2025 ",
        "3-Apr-2025", "\u200b03/04/2025", "45750", 45750, 45750.0, date(2025, 4, 3), datetime(2025, 4, 3),
    ],
)  # fmt: skip
def test_a_day_is_read_day_first_in_every_spelling(written):
    assert moment(written) == datetime(2025, 4, 3)


@pytest.mark.parametrize(
    "written",
    [
        "03/04/2025 14:05:09", "14:05:09 03/04/2025", "03/04/2025 2:05:09 PM", "03/04/2025 02:05:09 CH",
        "2025-04-03T14:05:09", "2025-04-03 14:05:09", "2025-04-03T07:05:09Z", "2025-04-03 16:05:09+09:00",
        "03/04/2025\u00a014:05:09", datetime(2025, 4, 3, 14, 5, 9), datetime(2025, 4, 3, 7, 5, 9, tzinfo=UTC),
        datetime(2025, 4, 3, 14, 5, 8, 999_600),
    ],
)  # fmt: skip
def test_a_time_of_day_is_read_in_every_spelling(written):
    assert moment(written) == datetime(2025, 4, 3, 14, 5, 9)


@pytest.mark.parametrize(
    "written",
    [
        "", None, "-", "—", "…", "chưa trả", "Chưa có", "không", "N/A", "01/01/1900", "1900-01-00", "00/00/0000",
        "01/01/0001", "0001-01-01T00:00:00", "31/12/9999", 0, float("nan"), datetime(1900, 1, 1), time(0, 0),
    ],
)  # fmt: skip
def test_words_and_dates_that_mean_no_date_are_missing_and_no_error(written):
    assert moment(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "12/25/2025", "31/02/2025", "29/02/2023", "45/03/2025", "2025-13-01", "1/3", "2025", "abc", "20250403",
        "03/04/2025 25:00", 123, 100_000, True, time(9, 30), "3 tháng 4",
    ],
)  # fmt: skip
def test_what_is_no_date_is_said_to_be_unreadable_and_never_guessed(written):
    assert moment(written) == "unreadable"


def test_month_first_is_a_choice_for_the_whole_file_and_never_for_one_row():
    assert moment("3/14/2025 1:20", month_first=True) == datetime(2025, 3, 14, 1, 20)
    assert moment("03/04/2025", month_first=True) == datetime(2025, 3, 4)
    assert moment("14/03/2025", month_first=True) == "unreadable"
    assert moment("2025-03-04", month_first=True) == datetime(2025, 3, 4)


def test_serials_of_a_1904_workbook_are_1462_days_later():
    assert moment(45750 - 1462, epoch_1904=True) == datetime(2025, 4, 3)


def test_the_last_second_of_a_day_stays_on_that_day():
    assert moment(45750.999988425925) == datetime(2025, 4, 3, 23, 59, 59)


def test_offsets_keep_the_exact_instant_and_show_the_clock_of_the_zone():
    found = parse_timestamps(
        cells("2011-10-30T00:30:00Z", "2011-10-30T01:30:00Z", "2011-10-30 02:30"), timezone="Europe/Amsterdam"
    )
    assert found.local[0] == found.local[1] == found.local[2]
    assert (found.instant[1] - found.instant[0]) / np.timedelta64(1, "h") == 1
    # A time that the clock shows twice is taken as the first of the two.
    assert found.instant[2] == found.instant[0]
    assert found.has_offset.tolist() == [True, True, False]


def test_a_time_that_the_clock_skips_is_the_next_that_exists():
    found = parse_timestamps(cells("2025-03-09 02:30"), timezone="America/New_York")
    assert found.instant[0].item() == datetime(2025, 3, 9, 7)


@given(st.datetimes(datetime(2018, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(microsecond=0)))
def test_every_moment_survives_being_written_for_people(written):
    assert moment(cell_text(written)) == written
    assert moment(cell_text(written, month_first=True), month_first=True) == written


@given(st.lists(st.text(max_size=30) | st.floats() | st.integers() | st.booleans() | st.dates() | st.none()))
def test_no_content_raises_and_a_cell_is_never_both_value_and_error(content):
    for parse in (parse_timestamps, parse_numbers, parse_codes, parse_texts):
        found = parse(cells(*content))
        values = found.local if parse is parse_timestamps else found.values
        nothing = np.array([value is None or value != value for value in values], dtype=bool)
        assert nothing[found.unreadable].all()
    parse_terms(cells(*content))
    parse_category(cells(*content), "status")
    parse_booleans(cells(*content), "paid_online")


def test_codes_are_text_to_the_last_digit():
    written = [
        "NA",
        "null",
        "None",
        "000123",
        "123",
        "1.23E+15",
        "2503010001234567890",
        "TRUE",
        "#N/A",
        "nan",
        "-",
        "inf",
    ]
    found = parse_codes(cells(*written))
    assert found.values.tolist() == written
    assert not found.unreadable.any()


@pytest.mark.parametrize("spoilt", [1.00161, 2503010001234567890.0, -5, float("inf"), datetime(2025, 3, 1), True])
def test_codes_that_a_spreadsheet_has_changed_are_refused(spoilt):
    found = parse_codes(cells(spoilt))
    assert found.unreadable.tolist() == [True]
    assert found.values.tolist() == [None]


def test_disguised_codes_are_the_same_code():
    spellings = [
        "H26-250303-0004",
        "h26-250303-0004",
        "H26\u2011250303\u20110004",
        "H26–250303–0004",
        "H26 -250303- 0004",
    ]
    assert {code_key(code) for code in spellings} == {"h26-250303-0004"}
    assert set(code_keys(cells(*spellings)).to_pylist()) == {"h26-250303-0004"}
    assert code_key("000123") != code_key("123")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1.234,5", 1234.5), ("1 234", 1234), ("1\u00a0234", 1234), ("98,6", 98.6), ("98.6", 98.6), ("1.234", 1234),
        ("1,234,567", 1234567), ("1,234.5", 1234.5), ("0,125", 0.125), ("3", 3), (7.5, 7.5), ("12 ngày", 12),
    ],
)  # fmt: skip
def test_numbers_are_read_the_vietnamese_way(written, number):
    assert parse_numbers(cells(written)).values.tolist() == [number]


@pytest.mark.parametrize("written", ["98,5%", "-3", "abc", "1,234", "1.23.4", -3, float("inf")])
def test_what_is_no_number_of_things_is_unreadable(written):
    found = parse_numbers(cells(written))
    assert found.unreadable.tolist() == [True]
    assert np.isnan(found.values[0])


def test_money_has_no_thousandths_and_may_name_its_currency():
    found = parse_numbers(cells("50,000", "50.000 đ", "50.000 đồng", "50000 VNĐ", "0"), money=True)
    assert found.values.tolist() == [50_000, 50_000, 50_000, 50_000, 0]


# 08_bad_inputs/58_statutory_time_text.csv and its like.
@pytest.mark.parametrize(
    ("written", "days", "kind", "flag"),
    [
        ("15 ngày làm việc", 15, "working", None),
        ("15 ngày (làm việc)", 15, "working", None),
        ("15 (mười lăm) ngày làm việc kể từ ngày nhận đủ hồ sơ", 15, "working", None),
        ("07 ngày", 7, "calendar", None),
        ("Không quá 05 ngày", 5, "calendar", None),
        ("3,5 ngày", 3.5, "calendar", None),
        ("1/2 ngày", 0.5, "calendar", None),
        ("8 giờ làm việc", 1, "working", None),
        ("4 giờ", 0.5, "working", None),
        ("Ngay trong ngày", 0, "working", None),
        ("trong buổi", 0, "working", None),
        ("Giải quyết ngay", 0, "working", None),
        ("30", 30, "working", "term_kind_assumed"),
        ("Không quy định", None, None, "term_not_set"),
        ("20 ngày (trong đó Sở: 15 ngày, UBND tỉnh: 05 ngày)", None, None, "term_ambiguous"),
        ("10-15 ngày", None, None, "term_ambiguous"),
        ("24 giờ", None, None, "term_ambiguous"),
        ("01 tháng", None, None, "term_ambiguous"),
        ("Trong ngày làm việc tiếp theo", None, None, "term_ambiguous"),
        ("-5", None, None, "term_not_positive"),
        ("0", None, None, "term_not_positive"),
        ("", None, None, "term_missing"),
    ],
)
def test_time_limits_are_understood_or_flagged(written, days, kind, flag):
    term = parse_term(written)
    assert (None if np.isnan(term.days) else term.days) == days
    assert (term.kind, term.flag) == (kind, flag)


def test_a_column_of_time_limits_takes_numbers_as_bare_numbers():
    found = parse_terms(cells(30, 7.5, None, "07 ngày", -1))
    assert found.days[:2].tolist() == [30, 7.5]
    assert found.flags.tolist() == ["term_kind_assumed", "term_kind_assumed", "term_missing", None, "term_not_positive"]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Mới đăng ký", "registered"), ("Được tiếp nhận", "accepted"), ("Không được tiếp nhận", "not_accepted"),
        ("Đang xử lý", "processing"), ("Yêu cầu bổ sung giấy tờ", "supplement"), ("Chờ bổ sung", "supplement"),
        ("Yêu cầu thực hiện nghĩa vụ tài chính", "financial_duty"),
        ("Chờ thực hiện nghĩa vụ tài chính", "financial_duty"),
        ("Công dân yêu cầu rút hồ sơ", "withdrawn"), ("Trả lại", "withdrawn"), ("Dừng xử lý", "stopped"),
        ("Đã xử lý xong", "finished"), ("Đã có kết quả", "finished"), ("Đã trả kết quả", "returned"),
        ("đã trả kết quả ", "returned"), ("DA TRA KET QUA", "returned"), ("Ðã trả kết quả", "returned"),
        (10, "returned"),
        ("9 - Đã xử lý xong", "finished"), ("Đã trả kết quả (quá hạn)", "returned"),
        ("Đang xử lý - trễ hạn", "processing"),
        ("Quá hạn", FROM_DATES), ("Đúng hạn", FROM_DATES), ("", None),
    ],
)  # fmt: skip
def test_status_words_of_real_systems_are_known(word, code):
    found = parse_category(cells(word), "status")
    assert found.values.tolist() == [code]
    assert not found.unreadable.any()


def test_status_numbers_are_the_codes_of_the_provincial_systems_in_order():
    found = parse_category(cells(*(str(number) for number in range(1, 11))), "status")
    assert tuple(found.values) == STATUSES


def test_an_unknown_word_is_unreadable_and_the_mapping_file_may_explain_it():
    assert parse_category(cells("Xyz"), "status").unreadable.tolist() == [True]
    assert parse_category(cells("XYZ"), "status", overrides={"xyz": "processing"}).values.tolist() == ["processing"]


@pytest.mark.parametrize(
    ("column", "word", "code"),
    [
        ("channel", "Trực tiếp", "counter"), ("channel", "Trực tuyến", "online"), ("channel", "BCCI", "post"),
        ("channel", "3", "post"), ("service_level", "Toàn trình", "full"), ("service_level", "Mức độ 4", "full"),
        ("service_level", 3, "partial"), ("service_level", "Cung cấp thông tin", "information"),
        ("day_kind", "Ngày làm việc", "working"), ("day_kind", "Ngày", "calendar"),
        ("rating", "Rất hài lòng", RATINGS[0]), ("rating", "Không hài lòng", RATINGS[2]),
    ],
)  # fmt: skip
def test_other_words_are_known(column, word, code):
    assert parse_category(cells(word), column).values.tolist() == [code]


def test_yes_and_no_in_many_words():
    found = parse_booleans(cells("Có", "x", 1, True, "Đã thanh toán", "Không", 0, "chưa", None, "có lẽ"), "paid_online")
    assert found.values.tolist() == [True] * 5 + [False] * 3 + [None, None]
    assert found.unreadable.tolist() == [False] * 9 + [True]


def test_the_dictionary_knows_every_code_by_its_own_name():
    words = load_dictionary().words
    assert all(words["status"][code.replace("_", " ")] == code for code in STATUSES)


def test_texts_keep_names_that_look_like_nothing():
    found = parse_texts(cells("NA", " Xã  Na ", "null", "\u200b", "＝1+1", None))
    assert found.values.tolist() == ["NA", "Xã Na", "null", None, "＝1+1", None]


def test_only_the_mapping_may_declare_other_texts_to_be_empty():
    assert parse_texts(cells("(trống)"), empty=frozenset({"trong"})).values.tolist() == [None]
    assert moment("(trống)", empty=frozenset({"trong"})) is None
