"""A small warehouse: three wards, one quarter, of which the second ward is often late."""

from pathlib import Path

import pytest

import cchc_analysis as cchc

HEADER = (
    "Mã hồ sơ,Thủ tục hành chính,Lĩnh vực,Đơn vị tiếp nhận,Hình thức tiếp nhận,Ngày tiếp nhận,Ngày hẹn trả,"
    "Ngày trả kết quả,Trạng thái"
)
WARDS = ("Phường 1", "Phường 2", "Phường 3")
N_DOSSIERS = 240


def line(number: int, procedure: str = "Khai sinh") -> str:
    """Write one dossier; every second one of the second ward is five days late."""
    late = number % 3 == 1 and number % 2
    received, done = f"0{2 + number % 3}/05/2023", "15/05/2023" if late else "05/05/2023"
    ward = WARDS[number % 3]
    return f"H{number:05d},{procedure},Hộ tịch,{ward},Trực tuyến,{received},10/05/2023,{done},Đã trả kết quả"


def small_city(root: Path, procedure: str = "Khai sinh") -> Path:
    """Take 240 dossiers, 80 of each ward, into `root/kho` and return that folder."""
    export = root / "xuat.csv"
    rows = [HEADER, *(line(number, procedure) for number in range(N_DOSSIERS))]
    export.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCHC_HASH_KEY", "a key of this test, long enough")
        cchc.take_in([export], root / "kho", as_of=cchc.parse_period("2023-Q2").end)
    return root / "kho"
