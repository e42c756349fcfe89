"""The surveys of the synthetic sample: honest accounts, planted values that the files themselves hold, an exact law."""

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from python_calamine import CalamineWorkbook
from unit.test_sample_registers import cells_of

from cchc_analysis.questionnaires import load_questionnaire
from cchc_analysis.sample import SampleTruth, write_sample
from cchc_analysis.sample.city import NAMES, OFFICES
from cchc_analysis.sample.draws import Stream
from cchc_analysis.sample.flows import CITY
from cchc_analysis.sample.generate import Dossier, generate_dossiers
from cchc_analysis.sample.register_rows import planted
from cchc_analysis.sample.registers import RegisterTruth
from cchc_analysis.sample.survey_asking import (
    REPEATED,
    SMALL_UNITS,
    STRAIGHT_LINES,
    UNDERSAMPLED,
    frame_of,
    weights_of,
    who_is_asked,
)
from cchc_analysis.sample.survey_forms import INVALID, INVALID_EACH, SPEEDERS, draw_wave
from cchc_analysis.sample.survey_kiosk import SATISFIED
from cchc_analysis.sample.survey_law import (
    DRIVERS,
    LATE_SHIFTS,
    LEVELS,
    OFFICIALS_RISE,
    PHONE_EFFECT,
    WAVES,
    chances,
    draw_points,
    is_late,
    questionnaire,
)
from cchc_analysis.sample.survey_lists import FAULTS, hundredths
from cchc_analysis.sample.surveys import FOLDERS

SEED, N = 20230315, 12_000
SURVEY, KIOSK = "one-stop-five-factors", "kiosk-nine-criteria"
QUESTIONS = [question.id for question in load_questionnaire(SURVEY).questions]
WAVE_OF = {label: (first, last) for label, first, last in WAVES}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleTruth:
    return write_sample(tmp_path_factory.mktemp("sample"), n_dossiers=N)


@pytest.fixture(scope="module")
def survey(sample: SampleTruth) -> RegisterTruth:
    return sample.surveys[SURVEY]


@pytest.fixture(scope="module")
def dossiers() -> list[Dossier]:
    return generate_dossiers(SEED, N)


def table_of(path: Path) -> tuple[list[dict[str, str]], int]:
    """Return the numbered rows of a list by header, and how many other rows stand below it; read with nothing of ours.

    Under a header of two levels the lower one names the column, the upper one where there is no lower.
    """
    rows = [row for row in cells_of(path) if any(row)]
    at = next(number for number, row in enumerate(rows) if row[0] == "STT")
    headers = rows[at]
    if not rows[at + 1][0]:
        at += 1
        headers = [lower or upper for upper, lower in zip(headers, rows[at], strict=True)]
    below = rows[at + 1 :]
    numbered = [row for row in below if row[0].isdigit()]
    return [dict(zip(headers, row, strict=True)) for row in numbered], len(below) - len(numbered)


def lists_of(sample: SampleTruth, questionnaire_id: str) -> Iterator[tuple[str, list[dict[str, str]]]]:
    for path in sorted((sample.folder / FOLDERS[questionnaire_id]).iterdir()):
        yield path.name, table_of(path)[0]


def moment(text: str) -> datetime | None:
    for form in ("%d/%m/%Y %H:%M:%S", "%H:%M %d/%m/%Y"):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def answers_of(row: dict[str, str]) -> list[str]:
    """Return the answers of a row of any list in the order of the questions, as written."""
    for headers in ([f"C{n}" for n in range(1, 24)], [f"Q{n}" for n in range(1, 24)]):
        if headers[0] in row:
            return [row[header] for header in headers]
    found = {re.sub(r"^Câu \d+\. ", "", header): cell for header, cell in row.items()}
    return [found[wording] for wording in wordings()]


@cache
def wordings() -> tuple[str, ...]:
    return tuple(question.vi for question in load_questionnaire(SURVEY).questions)


def point(text: str) -> int | None:
    """Return the point that an answer is, None for whatever else it may be."""
    labels = {
        "Rất không hài lòng": 1,
        "Không hài lòng": 2,
        "Bình thường": 3,
        "Hài lòng": 4,
        "Rất hài lòng": 5,
    }
    number, _, label = text.partition(" - ")
    if label:
        return labels[label] if label in labels and str(labels[label]) == number else None
    return labels.get(text) or (int(text) if text in {"1", "2", "3", "4", "5"} else None)


def number_of(row: dict[str, str]) -> str:
    return next(row[header] for header in ("Mã phiếu", "Số phiếu", "Mã lượt trả lời") if header in row)


def when(row: dict[str, str]) -> datetime | None:
    headers = ("Ngày khảo sát", "Ngày trả lời", "Thời điểm trả lời", "Thời gian gọi")
    return moment(next(row[header] for header in headers if header in row))


def is_sound(row: dict[str, str]) -> bool:
    """Tell whether a row can be taken in by itself: a day that has been, a weight where there is one, answers."""
    weight = row.get("Trọng số", "1,00")
    answered = row.get("Kết quả liên hệ", row.get("Kết quả cuộc gọi", "")) not in ("Từ chối", "Không liên lạc được")
    at = when(row)
    return (
        at is not None
        and at.year < 2024
        and re.fullmatch(r"\d+,\d\d", weight) is not None
        and (any(answers_of(row)) or not answered)
    )


def sound_rows(sample: SampleTruth) -> list[dict[str, str]]:
    """Return every form once, those that contradict each other left out."""
    shown: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for _, rows in lists_of(sample, SURVEY):
        for row in rows:
            shown[number_of(row)].append({header: cell for header, cell in row.items() if header != "STT"})
    return [same[0] for same in shown.values() if all(row == same[0] for row in same) and is_sound(same[0])]


def wave_of(row: dict[str, str]) -> str:
    at = when(row)
    assert at is not None
    return next(label for label, (first, last) in WAVE_OF.items() if first <= at.date() <= last)


# The files


def test_each_questionnaire_has_a_folder_that_it_names(sample: SampleTruth):
    assert sample.surveys.keys() == FOLDERS.keys() == {SURVEY, KIOSK}
    for name, truth in sample.surveys.items():
        assert FOLDERS[name] in load_questionnaire(name).folders
        assert {path.name for path in (sample.folder / FOLDERS[name]).iterdir()} == truth.files.keys()
    assert {Path(name).suffix for name in sample.surveys[SURVEY].files} == {".xlsx", ".xls", ".csv"}


def test_files_hold_what_the_account_says(sample: SampleTruth):
    for name, truth in sample.surveys.items():
        for file, account in truth.files.items():
            rows, others = table_of(sample.folder / FOLDERS[name] / file)
            assert len(rows) == account.read - account.skipped, file
            assert others == account.skipped, file
            assert account.read == account.accepted + account.rejected + account.duplicates + account.skipped
            assert sum(account.reasons.values()) == account.rejected
        assert truth.broken["duplicate"] == truth.total.duplicates > 0
        assert truth.total.accepted == sum(account.accepted for account in truth.files.values())


def test_every_fault_is_planted_as_often_as_announced(survey: RegisterTruth):
    both_rows = {"conflicting_code": 2}
    announced = Counter[str]()
    for fault in FAULTS:
        kind = "duplicate" if fault.kind.startswith("duplicate") else fault.kind
        announced[kind] += planted(fault.n, N) * both_rows.get(kind, 1)
    assert survey.broken == announced
    reasons = {"no_answers", "weight_missing", "weight_negative", "weight_unreadable", "date_unreadable"}
    assert survey.total.reasons.keys() == reasons | {"answered_in_future", "conflicting_code"}


def test_no_two_lists_have_the_same_form(sample: SampleTruth):
    lists = dict(lists_of(sample, SURVEY))
    forms = {
        "khao-sat-hai-long-quy-1.xlsx": r"[A-ZĐ][^\d]+",
        "phieu-khao-sat-quy-2-lan-1.xls": r"[1-5]|9[789]",
        "ket-qua-khao-sat-quy-3.csv": r"([1-5]|9[789]) - [^\d]+",
        "goi-dien-quy-3.csv": r"[1-5]|9[789]",
    }
    for name, form in forms.items():
        cells = {cell for row in lists[name] for cell in answers_of(row)} - {"", *INVALID}
        # The second of two contradicting rows shows a bare number everywhere.
        assert all(re.fullmatch(form, cell) for cell in cells - {"2", "3"}), name
        assert len(cells) >= 6
    assert "Trọng số" in lists["ket-qua-khao-sat-quy-3.csv"][0]
    assert "Trọng số" not in lists["goi-dien-quy-1-va-2.csv"][0]
    assert "Chủ đề góp ý" in lists["goi-dien-quy-3.csv"][0]


def test_the_workbook_has_factors_above_its_questions(sample: SampleTruth):
    path = sample.folder / FOLDERS[SURVEY] / "khao-sat-hai-long-quy-1.xlsx"
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    rows = sheet.to_python()
    upper = next(row for row in rows if row[0] == "STT")
    factors = [factor.vi for factor in load_questionnaire(SURVEY).factors]
    assert [cell for cell in upper if cell in factors] == factors
    merged = sheet.merged_cell_ranges or []
    assert len(merged) > len(factors) + 3


def test_nobody_is_named(sample: SampleTruth):
    allowed = re.compile(r"(Người dân \d{6}|0900\d{6}|Cán bộ \d\d|Ý kiến giả lập số \d+; không phải ý kiến thật)")
    personal = {"Họ và tên", "Số điện thoại", "Người gọi", "Người được gọi", "Ý kiến khác"}
    seen = Counter[str]()
    for _, rows in lists_of(sample, SURVEY):
        for row in rows:
            for header in personal & row.keys():
                assert allowed.fullmatch(row[header]), (header, row[header])
                seen[header] += 1
    assert seen.keys() == personal


def test_the_same_forms_on_every_run(dossiers: list[Dossier]):
    first, second = (draw_wave(dossiers, WAVES[1], N, Stream(SEED, branch=11)) for _ in range(2))
    assert first == second
    other = draw_wave(dossiers, WAVES[1], N, Stream(SEED, branch=12))
    assert [form.person for form in first] != [form.person for form in other]


def test_the_smallest_sample_has_surveys_too(tmp_path: Path):
    small = write_sample(tmp_path, n_dossiers=200)
    for truth in small.surveys.values():
        assert truth.total.accepted > 30
        assert truth.total.rejected > 0


# What the truth says is what the files hold


def test_answers_by_wave_and_unit_are_those_of_the_files(sample: SampleTruth, survey: RegisterTruth):
    units = {name: unit for unit, name in NAMES.items()}
    counted: defaultdict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
    forms = Counter[tuple[str, str]]()
    for row in sound_rows(sample):
        if not any(answers_of(row)):
            continue
        for unit in (CITY, units[row["Đơn vị"]]):
            forms[wave_of(row), unit] += 1
            for at, text in enumerate(answers_of(row)):
                found = counted[wave_of(row), unit, at]
                given = point(text)
                found["satisfied"] += given in (4, 5)
                found["valid"] += given is not None
                found["blank"] += text == ""
                found["invalid"] += text in INVALID
                found["all"] += 1
    for label in WAVE_OF:
        facts = survey.planted[label]
        assert facts["forms"] == {unit: n for (wave, unit), n in forms.items() if wave == label}
        for unit, questions in facts["answers"].items():
            for at, (satisfied, valid, blank, missing, invalid) in enumerate(questions):
                found = counted[label, unit, at]
                assert (satisfied, valid, blank, invalid) == tuple(
                    found[name] for name in ("satisfied", "valid", "blank", "invalid")
                ), (label, unit, at)
                assert satisfied <= valid
                assert missing == found["all"] - valid - blank - invalid


def test_shares_of_the_truth_are_those_of_its_counts(survey: RegisterTruth):
    officials = [at for at, name in enumerate(QUESTIONS) if name.startswith("officials")]
    for label in WAVE_OF:
        facts = survey.planted[label]
        counts = facts["answers"][CITY]
        shares = [counts[at][0] / counts[at][1] for at in officials]
        assert facts["unweighted"]["officials"] == pytest.approx(sum(shares) / len(shares), abs=1e-9)
        shares = [satisfied / valid for satisfied, valid, *_ in counts[:-1]]
        assert facts["unweighted"]["mean_of_questions"] == pytest.approx(sum(shares) / 22, abs=1e-9)
        assert sum(facts["modes"].values()) == facts["n_forms"] == facts["forms"][CITY]
        for at in range(len(QUESTIONS)):
            modes = [numbers[at] for numbers in facts["answers_by_mode"].values()]
            assert [sum(column) for column in zip(*modes, strict=True)] == counts[at]


def test_who_was_asked_in_vain(sample: SampleTruth, survey: RegisterTruth):
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in sound_rows(sample):
        outcome = row.get("Kết quả liên hệ", row.get("Kết quả cuộc gọi", ""))
        found[wave_of(row)][outcome] += 1
    for label in WAVE_OF:
        outcomes = survey.planted[label]["outcomes"]
        assert outcomes.get("refused", 0) == found[label]["Từ chối"]
        assert outcomes.get("no_contact", 0) == found[label]["Không liên lạc được"]
    assert survey.planted["2023-Q3"]["outcomes"]["refused"] > 0


def test_what_is_planted_in_forms_is_there(sample: SampleTruth, survey: RegisterTruth):
    waves: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in sound_rows(sample):
        if any(answers_of(row)):
            waves[wave_of(row)].append(row)
    for label, rows in waves.items():
        facts = survey.planted[label]
        texts = Counter(text for row in rows for text in answers_of(row) if text in INVALID)
        assert texts == facts["invalid"] == dict.fromkeys(INVALID, planted(INVALID_EACH, N))
        seconds = [
            int(row[header])
            for row in rows
            for header in ("Thời gian trả lời (giây)", "Thời lượng (giây)")
            if row.get(header)
        ]
        quick = sum(one < median(seconds) / 3 for one in seconds) if seconds else 0
        assert quick == facts["speeders"] == (planted(SPEEDERS[label], N) if label in SPEEDERS else 0)
        assert all(one < median(seconds) / 3 or one > median(seconds) / 2 for one in seconds)
        lines = 0
        for row in rows:
            points = [given for given in map(point, answers_of(row)) if given]
            lines += len(points) >= 6 and len(set(points)) == 1
        assert lines == facts["straight_lines"] >= facts["planted_straight_lines"]
        twice = Counter(row["Mã hồ sơ"] for row in rows)
        assert sum(n - 1 for n in twice.values()) == facts["answered_twice"] == planted(REPEATED, N)
        themes = Counter(row["Chủ đề góp ý"] for row in rows if row.get("Chủ đề góp ý"))
        assert themes == facts["themes"]
    assert survey.planted["2023-Q2"]["planted_straight_lines"] == min(
        planted(STRAIGHT_LINES, N), survey.planted["2023-Q2"]["forms"]["phuong-5"]
    )


def test_one_form_stands_in_two_lists(sample: SampleTruth):
    lists = {name: {number_of(row) for row in rows} for name, rows in lists_of(sample, SURVEY)}
    both = lists["phieu-khao-sat-quy-2-lan-1.xls"] & lists["phieu-khao-sat-quy-2-lan-2.xls"]
    fault = next(fault for fault in FAULTS if fault.kind == "duplicate_in_next_list")
    assert len(both) == planted(fault.n, N)
    names = sorted(lists)
    for at, name in enumerate(names):
        for other in names[at + 1 :]:
            assert not lists[name] & lists[other] or {name, other} == {
                "phieu-khao-sat-quy-2-lan-1.xls",
                "phieu-khao-sat-quy-2-lan-2.xls",
            }


def test_forms_belong_to_dossiers_decided_in_their_wave(sample: SampleTruth, dossiers: list[Dossier]):
    known = {item.dossier_id: item for item in dossiers}
    for row in sound_rows(sample):
        dossier, at = known[row["Mã hồ sơ"]], when(row)
        assert dossier.finished_at
        assert at
        assert dossier.finished_at < at < dossier.finished_at + timedelta(days=11)
        first, last = WAVE_OF[wave_of(row)]
        assert first <= dossier.finished_at.date() <= at.date() <= last
        assert row["Lĩnh vực"] == dossier.procedure.field


# Who is asked


@pytest.fixture(scope="module")
def city() -> list[Dossier]:
    return generate_dossiers(SEED, 60_000)


@pytest.mark.parametrize("wave", WAVES, ids=lambda wave: wave[0])
def test_small_units_have_exactly_their_forms(city: list[Dossier], wave: tuple[str, date, date]):
    forms = draw_wave(city, wave, 60_000, Stream(SEED, branch=11))
    answered = Counter(form.unit for form in forms if form.answered)
    assert {unit: answered[unit] for unit in SMALL_UNITS} == {"phong-noi-vu": 9, "phong-y-te": 12}
    assert len(answered) == len(OFFICES)
    assert 600 <= sum(answered.values()) <= 1_200
    assert all(form.mark in ("",) for form in forms if form.unit in SMALL_UNITS)


def test_large_wards_are_asked_less_than_their_size(city: list[Dossier]):
    frame = frame_of(city, *WAVES[0][1:])
    asked = who_is_asked(frame, WAVES[0][0], 60_000, Stream(1))
    weights = weights_of(frame, asked)
    others = [weight for unit, weight in weights.items() if not unit.startswith("phong-") and unit not in UNDERSAMPLED]
    assert min(weights[unit] for unit in UNDERSAMPLED) > 1.6 * max(others)
    assert max(LEVELS[unit] for unit in UNDERSAMPLED) < min(
        level for unit, level in LEVELS.items() if unit not in UNDERSAMPLED
    )
    answering = [who for who in asked if not who.in_vain]
    total = sum(weights[frame[who.row][1].resolving_unit] for who in answering) / 100
    assert total == pytest.approx(len(answering), rel=0.02), "in the mean a form stands for itself"


def test_nobody_is_asked_for_twice_by_chance(city: list[Dossier]):
    frame = frame_of(city, *WAVES[1][1:])
    asked = who_is_asked(frame, WAVES[1][0], 60_000, Stream(2))
    rows = Counter(who.row for who in asked if who.mark != "repeated")
    assert set(rows.values()) == {1}
    assert sum(who.mark == "repeated" for who in asked) == REPEATED
    assert sum(who.mark == "straight" for who in asked) == STRAIGHT_LINES


# The law


def of_unit(city: list[Dossier], unit: str, late: bool = False) -> Dossier:
    return next(
        item
        for item in city
        if item.resolving_unit == item.office.unit == unit and item.finished_at and is_late(item) is late
    )


def test_the_planted_effects_are_exact(city: list[Dossier]):
    prompt = [of_unit(city, unit) for unit in LEVELS]
    alone, called = (chances(prompt, "2023-Q2", np.full(len(prompt), phone)) for phone in (False, True))
    assert set((called - alone).ravel().tolist()) == {PHONE_EFFECT}
    before = chances(prompt, "2023-Q1", np.full(len(prompt), False))
    rise = {name: set((alone - before)[:, at].tolist()) for at, name in enumerate(QUESTIONS)}
    for name, found in rise.items():
        expected = OFFICIALS_RISE if name.startswith("officials") else 40 if name == "overall" else 0
        assert found == {expected}, name
    assert (chances(prompt, "2023-Q3", np.full(len(prompt), False)) == alone).all()


def test_lateness_is_told_by_one_question_above_all(city: list[Dossier]):
    unit = "phong-lao-dong-tbxh"
    prompt, late = of_unit(city, unit), of_unit(city, unit, late=True)
    table = chances([prompt, late], "2023-Q2", np.array([False, False]))
    lost = dict(zip(QUESTIONS, (table[1] - table[0]).tolist(), strict=True))
    assert lost["results_in_time"] == LATE_SHIFTS["results_in_time"]
    assert lost["results_correct"] == LATE_SHIFTS["results"]
    assert lost["officials_attitude"] == lost["access_place"] == 0


def test_answers_follow_their_chances_and_go_together():
    n = 40_000
    table = np.tile(np.arange(500, 960, 20)[: len(QUESTIONS)], (n, 1))
    points = draw_points(Stream(7), table)
    assert set(points.ravel().tolist()) == {1, 2, 3, 4, 5}
    # Four standard errors of a share of 40,000.
    np.testing.assert_allclose((points >= 4).mean(axis=0), table[0] / 1000, atol=0.01)
    even = draw_points(Stream(8), np.full((n, len(QUESTIONS)), 800))
    own = even[:, QUESTIONS.index("overall")]
    means = {
        factor: even[:, [QUESTIONS.index(name) for name in questionnaire().questions_of(factor)]].mean(axis=1)
        for factor in DRIVERS
    }
    together = {factor: float(np.corrcoef(own, mean)[0, 1]) for factor, mean in means.items()}
    assert sorted(together, key=lambda name: -together[name])[:3] == list(DRIVERS)[:3]
    assert together["officials"] > together["results"] + 0.08
    assert together["results"] > together["procedures"] + 0.1


def test_what_is_expected_of_the_city_is_the_mean_over_its_dossiers(sample: SampleTruth, survey: RegisterTruth):
    """Counted again for one wave with the share of calls, dossier by dossier, for a factor that nothing else moves."""
    facts = survey.planted["2023-Q2"]
    population = facts["population"]
    n = sum(population.values())
    procedures = sum(number * LEVELS[unit] for unit, number in population.items()) / n - 30 / 5
    assert facts["expected"]["alone"]["procedures"] == pytest.approx(procedures / 1000, abs=1e-6)
    called = facts["expected"]["as_asked"]["procedures"]
    assert called == pytest.approx((procedures + 0.30 * PHONE_EFFECT) / 1000, abs=1e-6)
    units = facts["expected"]["units"]
    mean = sum(number * units[unit] for unit, number in population.items()) / n
    assert facts["expected"]["alone"]["mean_of_questions"] == pytest.approx(mean, abs=1e-5)


# Kiosks


def test_ratings_at_the_kiosks_are_those_of_the_files(sample: SampleTruth):
    words = {"Không hài lòng": "0", "Hài lòng": "1", "Rất hài lòng": "2"}
    year, faulty = sample.surveys[KIOSK].planted["2023"], 0
    counts = [Counter[str]() for _ in range(9)]
    shown: defaultdict[str, list[list[str]]] = defaultdict(list)
    for _, rows in lists_of(sample, KIOSK):
        for row in rows:
            given = [row.get(f"TC{n}", row.get(f"Tiêu chí {n}", "")) for n in range(1, 10)]
            if any(given) and moment(row["Thời điểm đánh giá"]):
                shown[row["Mã đánh giá"]].append(given)
            else:
                faulty += 1
    for same in shown.values():
        if all(given == same[0] for given in same):
            for count, text in zip(counts, same[0], strict=True):
                count[words.get(text, text)] += 1
    assert faulty == 2
    for count, (satisfied, valid, blank, missing, invalid) in zip(counts, year["answers"][CITY], strict=True):
        assert (count["1"] + count["2"], count["0"] + count["1"] + count["2"]) == (satisfied, valid)
        assert (count[""], 0) == (blank, missing)
        assert sum(count.values()) == valid + blank + invalid


def test_kiosks_are_nearly_always_pleased(sample: SampleTruth):
    facts = sample.surveys[KIOSK].planted
    year = facts["2023"]["answers"][CITY]
    share = sum(numbers[0] for numbers in year) / sum(numbers[1] for numbers in year)
    assert share == pytest.approx(SATISFIED["at_all"] / 1000, abs=0.012)
    assert (
        sum(facts[label]["n_forms"] for label in ("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"))
        == facts["2023"]["n_forms"]
    )


def test_decimal_commas():
    assert [hundredths(number) for number in (0, 7, 120, 1234)] == ["0,00", "0,07", "1,20", "12,34"]


def test_the_csv_has_quoted_semicolons(sample: SampleTruth):
    text = (sample.folder / FOLDERS[SURVEY] / "ket-qua-khao-sat-quy-3.csv").read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert {len(row) for row in rows} == {len(rows[0])}
