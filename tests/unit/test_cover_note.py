"""The paragraph for the covering mail: what is attached, three figures with counts, what is late or lacking."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from cchc_analysis.measures.revisions import figures_table
from cchc_analysis.wording.cover_note import Attached, cover_note, duties_late, not_taken_in

ATTACHED = Attached(
    name="Thành phố Vũng Tàu",
    title="Quý II/2023",
    dates="15/03/2023 – 14/06/2023",
    ends_on=date(2023, 6, 14),
    known_until=date(2023, 6, 14),
    n_pages=90,
    n_units=17,
)


def figures(n: int = 15543) -> pd.DataFrame:
    def share(numerator: int, denominator: int) -> dict[str, object]:
        return {"numerator": numerator, "denominator": denominator, "value": numerator / denominator, "n": denominator}

    told = {"received": {"n": n}, "received_new": {"n": 15073}, "pending_overdue": {"n": 15}}
    return figures_table({"all": {**told, "on_time": share(14734, 15055), "received_online": share(4922, 15073)}})


def test_the_paragraph_in_vietnamese() -> None:
    text = cover_note(ATTACHED, figures(), ["Chưa nộp đúng hạn: Báo cáo quý (Phường 1)."], "vi")
    assert text == (
        "Gửi kèm báo cáo số liệu cải cách hành chính quý II/2023 (15/03/2023 – 14/06/2023) của Thành phố Vũng Tàu: "
        "90 trang của 17 đơn vị (mở tệp index.html), số liệu tính đến hết ngày 14/06/2023. "
        "Trong kỳ: phải giải quyết 15.543 hồ sơ (15.073 hồ sơ tiếp nhận mới), đang quá hạn 15 hồ sơ; "
        "giải quyết trước và đúng hạn 14.734/15.055 hồ sơ (97,9%); tiếp nhận trực tuyến 4.922/15.073 hồ sơ (32,7%). "
        "Chưa nộp đúng hạn: Báo cáo quý (Phường 1).\n"
    )


def test_the_paragraph_in_english_with_nothing_lacking() -> None:
    text = cover_note(replace(ATTACHED, title="Q2 2023"), figures(), [], "en")
    assert "15,543 dossiers to handle (15,073 new), 15 overdue now; early or on time 14,734/15,055" in text
    assert text.endswith("Nothing is missing or late.\n")


def test_an_open_period_and_the_day_it_is_wanted_are_said() -> None:
    text = cover_note(
        replace(ATTACHED, known_until=date(2023, 6, 10), due_before=date(2023, 6, 14)), figures(), [], "vi"
    )
    assert "Kỳ số liệu chưa kết thúc (kỳ kết thúc ngày 14/06/2023): số liệu chưa đầy đủ." in text
    assert "Báo cáo phải gửi trước ngày 14/06/2023." in text
    assert "chưa kết thúc" not in cover_note(ATTACHED, figures(), [], "vi")


def test_no_dossiers_are_no_zeros_and_no_share_is_made_of_nothing() -> None:
    assert "Không có hồ sơ trong kỳ." in cover_note(ATTACHED, figures_table({}), [], "vi")
    rest = figures()
    text = cover_note(ATTACHED, rest[rest["figure"] != "on_time"], [], "vi")
    assert "giải quyết trước và đúng hạn: chưa xác định" in text


def test_synthetic_data_are_called_so() -> None:
    assert "Dữ liệu giả lập" in cover_note(replace(ATTACHED, synthetic=True), figures(), [], "vi")


@pytest.mark.parametrize("name", ["=1+1", "<b>Phường</b>", "@SUM(A1)"])
def test_a_name_from_a_file_stays_the_text_it_is(name: str) -> None:
    assert f"của {name}:" in cover_note(replace(ATTACHED, name=name), figures(), [], "vi")


def test_what_lacks_is_named_once() -> None:
    assert duties_late([], "vi") == not_taken_in([], "vi") == ""
    late = [("Báo cáo quý", "Phường 1"), ("Kế hoạch năm", "Phường 1"), ("Báo cáo quý", "Phường 1")]
    assert duties_late(late, "vi") == "Chưa nộp đúng hạn: Báo cáo quý (Phường 1); Kế hoạch năm (Phường 1)."
