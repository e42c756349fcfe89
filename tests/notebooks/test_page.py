"""A page is one self-contained, accessible file in which data is text."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cchc_analysis.errors import ReportError
from cchc_analysis.reports import Link, render_page
from cchc_analysis.reports.failures import PageFailure
from cchc_analysis.reports.frame import TEMPLATES, PageBody, framed
from cchc_analysis.reports.page import page_body, text_to_html

FIXTURES = Path(__file__).parent / "fixtures"
NOTEBOOK = Path("10_page.ipynb")
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) ![p](http://e.example/p.png)"


class Tags(HTMLParser):
    """Every start tag with its attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def named(self, *names: str):
        return [attributes for tag, attributes in self.tags if tag in names]


def display(**metadata):
    """Return a maker of display outputs."""
    return lambda data: new_output("display_data", data=data, metadata=metadata)


def executed(*outputs, title="Tiêu đề", cell="shown"):
    cells = [new_markdown_cell(f"# {title}", id="title"), new_code_cell("x", id=cell, outputs=list(outputs))]
    return new_notebook(cells=cells)


def body(*outputs) -> str:
    return page_body(executed(*outputs), NOTEBOOK).html


@pytest.fixture(scope="module")
def pages() -> list[str]:
    """The same page, made twice."""
    given = {"period": "2023-Q2", "unit": "phuong-1"}
    return [render_page(FIXTURES / "report.ipynb", given, site_title="Báo cáo").html for _ in range(2)]


def png(*extra: bytes) -> str:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + b"\0\0\0\0"

    head = chunk(b"IHDR", (640).to_bytes(4, "big") + (480).to_bytes(4, "big") + b"\x08\x02\0\0\0")
    parts = [head, *(chunk(b"tEXt", text) for text in extra), chunk(b"IDAT", b"x"), chunk(b"IEND", b"")]
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()


# --- a whole page


def test_two_runs_give_the_same_bytes(pages):
    assert pages[0] == pages[1]


def test_the_page_is_small_and_asks_nothing_of_any_network(pages):
    html = pages[0]
    assert 50_000 < len(html.encode()) < 500_000
    tags = Tags(html)
    assert len(tags.named("img")) == 2
    assert all(image["src"].startswith("data:image/png;base64,") for image in tags.named("img"))
    assert [link["href"] for link in tags.named("link")] == ["data:,"]
    assert not re.search(r"https?:|@import|url\(", html)


def test_the_page_has_title_language_landmarks_and_a_way_past_the_navigation(pages):
    tags = Tags(pages[0])
    assert pages[0].startswith('<!doctype html>\n<html lang="vi">')
    assert "<title>Thời gian giải quyết hồ sơ – phuong-1, 2023-Q2 – Báo cáo</title>" in pages[0]
    assert [len(tags.named(name)) for name in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    assert tags.named("main")[0]["id"] == "content"
    assert tags.named("a")[0]["href"] == "#content"
    assert "Tạo bởi cchc-analysis " in pages[0]


def test_inputs_are_hidden_and_every_figure_has_its_text(pages):
    assert "import seaborn" not in pages[0]
    assert "2023-Q2&quot;" not in pages[0]
    assert [image["alt"] for image in Tags(pages[0]).named("img")] == [
        "Biểu đồ cột: số hồ sơ theo số ngày làm việc",
        "Đường tích lũy của số ngày làm việc",
    ]


def test_the_policy_allows_exactly_the_style_and_script_inside(pages):
    policy = Tags(pages[0]).named("meta")[1]["content"]
    for name, kind in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(rf"<{name}>(.*?)</{name}>", pages[0], re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not [attributes for _, attributes in Tags(pages[0]).tags if "style" in attributes]


def test_a_table_of_ours_passes_unchanged(pages):
    container = '<div class="table" role="region" tabindex="0" aria-label="Hồ sơ"><table class="sortable">'
    assert pages[0].count(container) == 1
    assert '<td class="number" data-value="">chưa xác định</td>' in pages[0]


def test_english_frames_and_the_navigation_are_escaped():
    links = [Link("../index.html", "<u>"), Link("a.html", "A", current=True)]
    made = framed(PageBody("<h1>a</h1>", "a <b>"), "en", 'Site "<i>"', links).html
    assert "Skip to the main content" in made
    assert "<title>a &lt;b&gt; – Site &#34;&lt;i&gt;&#34;</title>" in made
    assert '<li><a href="../index.html">&lt;u&gt;</a></li>' in made
    assert '<a href="a.html" aria-current="page">A</a>' in made


# --- data is text


@pytest.mark.parametrize(
    "output",
    [
        display()({"text/markdown": HOSTILE}),
        display()({"text/plain": HOSTILE}),
        new_output("stream", name="stdout", text=HOSTILE),
        new_output("execute_result", data={"text/markdown": f"- {HOSTILE}\n\n| a |\n|---|\n| {HOSTILE} |"}),
        display()({"text/markdown": f"```html\n{HOSTILE}\n```\n\n<div onclick='x'>\n\n$${HOSTILE}$$"}),
    ],
)
def test_markup_in_text_and_markdown_outputs_never_becomes_a_tag(output):
    html = body(output)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    tags = Tags(html)
    assert tags.named("script", "img", "iframe") == []
    assert not [a for _, a in tags.tags if any(name.startswith("on") for name in a)]
    assert all(not link.get("href", "").startswith("javascript") for link in tags.named("a"))


def test_markup_in_alternative_text_and_cell_names_stays_inside_its_attribute():
    alt = '"><script>alert(1)</script>'
    notebook = executed(display(alt=alt)({"image/png": png()}), cell="shown")
    html = page_body(notebook, NOTEBOOK).html
    assert Tags(html).named("script") == []
    assert Tags(html).named("img")[0]["alt"] == alt


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ("<script>x</script>", "<script>"),
        ("<p ONCLICK='x()'>a</p>", "<p onclick>"),
        ('<img src="https://e.example/a.png">', "<img src>"),
        ('<img src="//e.example/a.png">', "<img src>"),
        ('<a href="java\nscript:x()">a</a>', "<a href>"),
        ('<link rel="stylesheet" href="a.css">', "<link>"),
        ("<iframe></iframe>", "<iframe>"),
        ("<style>p { color: red }</style>", "<style>"),
        ("<svg/onload=alert(1)>", "<svg>"),
    ],
)
def test_html_that_runs_or_fetches_is_refused_by_cell(html, named):
    with pytest.raises(PageFailure, match=re.escape(f'cell "shown": its HTML holds {named}')) as caught:
        body(display()({"text/html": html}))
    assert "không chạy lệnh" in caught.value.vi


def test_harmless_html_passes_as_it_is():
    html = '<table class="sortable"><caption>A</caption><tr><td data-value="1">&lt;b&gt; &amp; "x"</td></tr></table>'
    assert f'aria-label="A">{html}</div>' in body(display()({"text/html": html, "text/plain": "x"}))


# --- what is shown


def test_the_richest_representation_is_shown_once():
    html = body(display()({"text/html": "<p>rich</p>", "text/markdown": "mark", "text/plain": "plain"}))
    assert "rich" in html
    assert "mark" not in html
    assert "plain" not in html


def test_a_pandas_table_names_what_its_headings_head_and_carries_no_style():
    pandas = (
        "<div>\n<style scoped>\n.dataframe tbody tr th {}\n</style>\n"
        '<table border="1" class="dataframe">\n<thead><tr style="text-align: right;"><th></th><th>n</th></tr></thead>\n'
        "<tbody><tr><th>a</th><td>1</td></tr></tbody></table></div>"
    )
    html = body(display()({"text/html": pandas}))
    assert '<th scope="col">n</th>' in html
    assert '<th scope="row">a</th>' in html
    assert '<div class="table" role="region" tabindex="0" aria-label="Tiêu đề"><table class="dataframe">' in html
    assert "style" not in html
    assert "<td></td>" in html


def test_markdown_tables_scroll_in_a_container_too():
    html = body(display()({"text/markdown": "| a |\n|---|\n| 1 |"}))
    assert 'aria-label="Tiêu đề"><table>' in html


def test_a_figure_loses_its_texts_and_keeps_its_size_on_the_page():
    metadata = {"image/png": {"alt": "Hình", "width": 320, "height": 240}}
    output = display(**metadata)({"image/png": png(b"Software\0Matplotlib")})
    image = Tags(body(output)).named("img")[0]
    assert b"Matplotlib" not in base64.b64decode(image["src"].partition(",")[2])
    assert image["src"] == "data:image/png;base64," + png()
    assert (image["alt"], image["width"], image["height"]) == ("Hình", "320", "240")
    assert Tags(body(display(alt="Hình")({"image/png": png()}))).named("img")[0]["width"] == "640"


def test_a_cell_without_output_leaves_no_trace():
    assert 'id="cell-shown"' not in page_body(executed(), NOTEBOOK).html


def test_the_title_is_the_first_heading_also_when_a_cell_shows_it():
    cell = new_code_cell("x", id="a", outputs=[display()({"text/markdown": "# Quý *II*/2023 & sau\n\n# Khác"})])
    assert page_body(new_notebook(cells=[cell]), NOTEBOOK).title == "Quý II/2023 & sau"


# --- what is refused


@pytest.mark.parametrize(
    ("output", "en", "vi"),
    [
        (display()({"image/png": png()}), "no alternative text", "không có văn bản thay thế"),
        (
            display()({"text/html": '<figure><img src="data:image/png;base64,AA" alt=""></figure>'}),
            "no alternative text",
            "không có văn bản thay thế",
        ),
        (display(alt=" ")({"image/png": png()}), "no alternative text", "không có văn bản thay thế"),
        (display()({"image/svg+xml": "<svg/>", "text/plain": "x"}), "type image/svg", "image/svg+xml"),
        (display()({"application/javascript": "1"}), "type application/javascript", "application/javascript"),
        (new_output("stream", name="stderr", text="a.py:3: UserWarning: odd\n  warn()\n"), "UserWarning: odd", "odd"),
        (new_output("stream", name="stderr", text="lỗi\n"), "not published: lỗi", "không được phát hành: lỗi"),
        (new_output("error", ename="E", evalue="", traceback=[]), "ended with an error", "có lỗi"),
    ],
)
def test_what_may_not_be_published_is_refused_by_cell(output, en, vi):
    with pytest.raises(PageFailure, match=r'Notebook 10_page\.ipynb, cell "shown"') as caught:
        body(output)
    assert en in caught.value.en
    assert vi in caught.value.vi


def test_a_page_without_a_first_heading_is_refused():
    with pytest.raises(ReportError, match="no first heading"):
        page_body(nbformat.from_dict(new_notebook(cells=[new_markdown_cell("## a", id="x")])), NOTEBOOK)


def test_a_figure_without_text_is_refused_when_it_comes_from_matplotlib():
    with pytest.raises(PageFailure, match='cell "figure": a figure has no alternative text'):
        render_page(FIXTURES / "trouble.ipynb", {"trouble": "figure"})


def test_a_warning_in_the_kernel_is_refused():
    with pytest.raises(PageFailure, match="UserWarning: số liệu lạ"):
        render_page(FIXTURES / "trouble.ipynb", {"trouble": "warning"})


# --- style and script


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", ["ink", "quiet", "link", "mark"])
@pytest.mark.parametrize("ground", ["paper", "tint"])
def test_text_stands_out_from_its_ground_by_the_ratio_of_wcag_aa(name, ground):
    # WCAG 2.2, success criterion 1.4.3: at least 4.5 to 1.
    colours = dict(re.findall(r"--(\w+): (#\w+)", (TEMPLATES / "style.css").read_text()))
    light, dark = luminance(colours[ground]), luminance(colours[name])
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("script", ["sort.js", "filter.js"])
def test_scripts_stay_tiny_and_touch_no_markup(script):
    source = (TEMPLATES / script).read_text(encoding="utf-8")
    assert len(source.encode()) <= 2048
    assert not re.search(r"innerHTML|eval|fetch|XMLHttp|https?:", source)


def test_markdown_keeps_what_reports_use():
    html = text_to_html("## Định nghĩa\n\n- **Đúng hạn**: *ngày*\n\n[Nghị định](https://vanban.chinhphu.vn/)")
    assert "<h2>Định nghĩa</h2>" in html
    assert "<strong>Đúng hạn</strong>" in html
    assert '<a href="https://vanban.chinhphu.vn/">Nghị định</a>' in html
