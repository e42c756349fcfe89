"""Sentences of the data-quality page."""

from collections.abc import Mapping

import pandas as pd

from cchc_analysis.errors import Language
from cchc_analysis.formats import number, share
from cchc_analysis.wording.words import pick, plural


def accounting(total: Mapping[str, int], language: Language) -> str:
    """Say that nothing was lost: every row read is accounted for."""
    n = {key: number(total[key], language) for key in ("read", "accepted", "rejected", "duplicates", "skipped")}
    return pick(
        language,
        f"Không sót dòng nào: đọc {n['read']} dòng = {n['accepted']} được nhận + {n['rejected']} bị loại + {n['duplicates']} trùng + {n['skipped']} bỏ qua.",
        f"Nothing is lost: {plural(total['read'], 'row')} read = {n['accepted']} accepted + {n['rejected']} rejected + {plural(total['duplicates'], 'duplicate')} + {n['skipped']} skipped.",
    )


def rejected_share(total: Mapping[str, int], language: Language) -> str:
    """Say how large the rejected part is and what to do with it."""
    considered = total["accepted"] + total["rejected"]
    if not total["rejected"]:
        return pick(language, "Không có dòng nào bị loại.", "No row was rejected.")
    part = share(total["rejected"] / considered, language, 2)
    return pick(
        language,
        f"{number(total['rejected'], language)} dòng bị loại ({part} số dòng hồ sơ) không được tính vào số liệu nào; danh sách kèm lý do nằm trong "
        "tệp rejected.xlsx của kho dữ liệu, sửa xong có thể nạp lại.",
        f"{plural(total['rejected'], 'rejected row')} ({part} of the dossier rows) left out of every figure; rejected.xlsx in the warehouse "
        "gives the reasons and can be mended and fed again.",
    )


def largest_flag(flags: pd.DataFrame, sentences: Mapping[str, tuple[str, str]], n: int, language: Language) -> str:
    """Name the most frequent oddity among the accepted rows."""
    odd = flags[flags["severity"] == "flag"]
    if not len(odd) or not n:
        return pick(
            language, "Không có dòng được nhận nào bị đánh dấu bất thường.", "No accepted row is marked as odd."
        )
    first = odd.iloc[0]
    en, vi = sentences.get(str(first["rule"]), (str(first["rule"]), str(first["rule"])))
    count = number(first["n_rows"], language)
    return pick(
        language,
        f"Dấu hiệu gặp nhiều nhất trong các dòng được nhận: “{vi.rstrip('.')}” ({count} dòng).",
        f"Most frequent mark among accepted rows: “{en.rstrip('.')}” ({plural(first['n_rows'], 'row')}).",
    )


def definitions(language: Language) -> list[tuple[str, str]]:
    """Return the terms of the page, each with one sentence."""
    vi = [
        ("Phạm vi", "Trang này nói về toàn bộ dữ liệu đã nạp, không riêng kỳ báo cáo."),
        ("Được nhận", "Dòng đọc được đủ mã hồ sơ, đơn vị, ngày và trạng thái, không mâu thuẫn; chỉ các dòng này được tính."),
        ("Bị loại", "Dòng thiếu hoặc mâu thuẫn ở cột quyết định (mã, đơn vị, ngày, trạng thái), hoặc cùng mã mà khác nội dung; được giữ lại kèm lý do."),
        ("Trùng", "Dòng lặp lại cùng nội dung, hoặc bản cũ của một hồ sơ đã có trong tệp mới hơn."),
        ("Bỏ qua", "Dòng không phải hồ sơ: dòng nhóm, dòng tổng, dòng đánh số cột, khối chữ ký, tiêu đề lặp lại, ghi chú."),
        ("Dấu hiệu", "Điều đáng xem lại ở dòng được nhận; tự nó không chứng minh sai phạm."),
    ]  # fmt: skip
    en = [
        ("Scope", "This page speaks of all data taken in, not only of the period."),
        ("Accepted", "Rows whose code, unit, dates and status could be read and do not contradict each other; only they are counted."),
        ("Rejected", "Rows with a missing or contradictory deciding column, or the same code with other content; kept with the reason."),
        ("Duplicates", "Rows repeated with the same content, or an older version of a dossier that a newer file has."),
        ("Skipped", "Rows that are no dossiers: bands, totals, column numbers, signatures, repeated headers, notes."),
        ("Mark", "Something worth a look in an accepted row; by itself it proves nothing."),
    ]  # fmt: skip
    return vi if language == "vi" else en
