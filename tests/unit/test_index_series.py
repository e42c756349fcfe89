"""Series of indices: breaks, differences, trends; the published values and the figure."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from cchc_analysis import charts, measures
from cchc_analysis.entries import read_entry
from cchc_analysis.errors import ParameterError
from cchc_analysis.frames import records
from cchc_analysis.index_tables import PublishedIndices, load_published_indices
from cchc_analysis.reference_data import reference_path
from cchc_analysis.study_indices import index_code

COLUMNS = ["index", "dimension", "place", "year", "value", "rank", "out_of", "method", "origin"]


def values(*rows: tuple[object, ...]) -> pd.DataFrame:
    """Return values of one series: year, value, rank, method."""
    return pd.DataFrame(
        [("sipas", "", "x", year, value, rank, 100, method, "published") for year, value, rank, method in rows],
        columns=COLUMNS,
    )


EXAMPLE = values(
    *[
        (2020, 85.48, 4, "a"),
        (2021, 87.16, 2, "a"),
        (2022, 80.08, 3, "b"),
        (2023, 82.66, None, "b"),
        (2024, None, 2, "b"),
    ]
)
"""The worked example of docs/methods/index-series.md."""


def test_no_difference_is_computed_across_a_break():
    series = measures.index_series(EXAMPLE)
    assert series["segment"].tolist() == [0, 0, 1, 1, 1]
    assert series["break_before"].tolist() == [False, False, True, False, False]
    assert series["difference"].round(2).tolist()[1] == 1.68
    assert series["difference"].round(2).tolist()[3] == 2.58
    assert series.loc[series["year"] == 2022, ["difference", "rank_difference", "previous_year"]].isna().all().all()
    assert series["rank_difference"].tolist()[1] == -2


@pytest.mark.parametrize(
    ("year", "trend", "basis", "reason"),
    [
        (2020, "unknown", "", "first"),
        (2021, "up", "value", ""),
        (2022, "unknown", "", "break"),
        (2023, "up", "value", ""),
        (2024, "unknown", "", "nothing_in_common"),
        (2025, "unknown", "", "no_value"),
    ],
)
def test_trends_of_the_worked_example(year: int, trend: str, basis: str, reason: str):
    row = records(measures.index_trends(measures.index_series(EXAMPLE), year))[0]
    assert (row["trend"], row["basis"], row["reason"]) == (trend, basis, reason)


@pytest.mark.parametrize(("rank", "trend"), [(2, "up"), (3, "flat"), (4, "down")])
def test_a_smaller_rank_is_better(rank: int, trend: str):
    series = measures.index_series(values((2022, None, 3, "a"), (2023, None, rank, "a")))
    assert records(measures.index_trends(series, 2023))[0]["trend"] == trend


def test_another_scale_is_a_break_too():
    table = values((2022, 8.0, None, "a"), (2023, 82.0, None, "a")).assign(out_of=[10, 100])
    series = measures.index_series(table)
    assert series["break_reason"].tolist() == ["", "scale"]
    assert series["difference"].isna().all()


def test_what_an_office_took_in_stands_before_what_is_published():
    both = pd.concat([values((2023, 82.0, None, "a")).assign(origin="register"), values((2023, 82.66, None, "a"))])
    row = records(measures.index_series(both))
    assert [(r["value"], r["other_value"], r["origin"]) for r in row] == [(82.0, 82.66, "register")]
    same = pd.concat([values((2023, 82.66, None, "a")), values((2023, 82.66, None, "a")).assign(origin="register")])
    assert measures.index_series(same)["other_value"].isna().tolist() == [True]


def test_the_order_of_rows_does_not_matter():
    assert measures.index_series(EXAMPLE).equals(measures.index_series(EXAMPLE.iloc[::-1]))


def test_series_of_different_places_and_dimensions_stay_apart():
    other = values((2022, 10.0, None, "a")).assign(place="y")
    part = values((2023, 20.0, None, "a")).assign(dimension="part")
    series = measures.index_series(pd.concat([EXAMPLE, other, part]))
    assert series.loc[series["place"] == "y", "previous_year"].isna().all()
    assert series.loc[series["dimension"] == "part", "difference"].isna().all()


def test_nothing_gives_an_empty_table_with_its_columns():
    empty = measures.index_series(EXAMPLE.iloc[:0])
    assert list(empty.columns) == list(measures.INDEX_SERIES_COLUMNS)
    assert len(measures.index_trends(empty, 2023)) == 0


# Published values


def test_the_published_values_are_those_of_their_sources():
    series = measures.index_series(load_published_indices().values_table())

    def told(index: str, dimension: str, place: str, name: str) -> dict[int, float]:
        own = series.query("index == @index and dimension == @dimension and place == @place")
        own = own[own[name].notna()]
        return dict(zip(own["year"], own[name], strict=True))

    # SIPAS of the country and PAPI of the province as their sources in indices.yaml print them.
    national = told("sipas", "", "viet-nam", "value")
    assert list(national) == list(range(2017, 2025))
    assert (national[2018], national[2022], national[2023], national[2024]) == (82.99, 80.08, 82.66, 83.94)
    assert told("par_index", "", "ba-ria-vung-tau", "value") == {2023: 91.03}
    assert told("par_index", "", "ba-ria-vung-tau", "rank") == {2023: 5, 2024: 2}
    assert told("papi", "", "ba-ria-vung-tau", "rank") == {2023: 9, 2024: 7}
    assert told("sipas", "", "ba-ria-vung-tau", "rank") == {2024: 5}
    certified = told("papi", "certification", "ba-ria-vung-tau", "value")
    assert list(certified.values()) == [1.81, 1.79, 1.86, 1.96, 2.41, 2.48, 2.47]


def test_the_jump_of_certification_and_of_sipas_is_no_difference():
    series = measures.index_series(load_published_indices().values_table())
    broken = series[series["break_before"]]
    assert sorted(zip(broken["index"], broken["year"], strict=True)) == [("papi", 2022), ("sipas", 2022)]
    assert broken["difference"].isna().all()


def test_a_remembered_value_says_so_and_a_found_one_names_its_source():
    for series in load_published_indices().series:
        for value in series.years:
            if value.confidence == "found":
                assert value.source.startswith(("https://", "github "))
            else:
                assert "Chưa tìm được nguồn" in value.source


def test_pci_is_named_as_province_level_only_and_has_no_value():
    published = load_published_indices()
    pci = published.index("pci")
    assert pci is not None
    assert pci.scope.vi == "chỉ cấp tỉnh"
    assert pci.note is not None
    assert not any(series.index == "pci" for series in published.series)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["series"][0]["years"][0].pop("value"), "neither value nor rank"),
        (lambda d: d["series"][0]["years"][0].update(value="180"), "above out_of"),
        (lambda d: d["series"][0]["years"][0].update(year=2030), "years must rise"),
        (lambda d: d["series"][0]["years"][0].update(method="x"), "method x is not described"),
        (lambda d: d["series"][0].update(index="abc"), "abc"),
        (lambda d: d["series"].append(d["series"][0]), "two series"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, change, said: str):
    content = yaml.safe_load(reference_path("published", "indices.yaml").read_text("utf-8"))
    change(content)
    path = tmp_path / "indices.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    with pytest.raises(ParameterError, match=said):
        read_entry(path, PublishedIndices, "docs/methods/index-series.md")


@pytest.mark.parametrize(
    ("written", "code"),
    [("PAR INDEX", "par_index"), ("par-index", "par_index"), ("Chỉ số CCHC", "par_index"), ("SIPAS", "sipas")],
)
def test_an_index_goes_by_its_id_however_it_is_written(written: str, code: str):
    assert index_code(written) == code


# The figure


@pytest.mark.parametrize(("language", "words"), [("vi", "đổi cách tính"), ("en", "method changed")])
def test_the_line_stops_at_a_break_and_words_mark_it(language, words: str):
    rows = measures.index_series(EXAMPLE.dropna(subset=["value"]).assign(confidence="found"))
    figure = charts.index_series.index_series([("SIPAS", rows)], language)
    (axes,) = figure.axes
    lines = [line for line in axes.lines if line.get_linestyle() == "-"]
    assert [list(line.get_xdata()) for line in lines] == [[2020, 2021], [2022, 2023]]
    assert [text.get_text() for text in axes.texts if text.get_text() == words] == [words]
    assert [list(line.get_xdata()) for line in axes.lines if line.get_linestyle() == "--"] == [[2021.5, 2021.5]]


def test_a_value_from_memory_is_hollow():
    rows = measures.index_series(EXAMPLE.head(2).assign(confidence=["from_memory", "found"]))
    (axes,) = charts.index_series.index_series([("SIPAS", rows)], "vi").axes
    fills = {tuple(line.get_xdata()): line.get_markerfacecolor() for line in axes.lines if line.get_marker() == "o"}
    assert fills[(2020,)] == "white"
    assert fills[(2021,)] != "white"
