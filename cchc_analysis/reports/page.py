"""Turn a notebook into a page: one HTML file that asks nothing of any network."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from cchc_analysis.errors import Language
from cchc_analysis.reports.failures import PageFailure
from cchc_analysis.reports.frame import TEMPLATES, WORDS, Link, PageBody, RenderedPage, framed
from cchc_analysis.reports.markup import contain_tables, first_heading, link_sources
from cchc_analysis.reports.outputs import publishable_cell
from cchc_analysis.reports.runner import run_notebook, skip_needless_grammar
from cchc_analysis.temporary import TemporaryFolder


def render_page(
    notebook: Path,
    parameters: Mapping[str, object],
    language: Language = "vi",
    site_title: str = "",
    navigation: Sequence[Link] = (),
    timeout_seconds: int = 300,
) -> RenderedPage:
    """Execute a notebook with `parameters` and return it as one self-contained page.

    Inputs are hidden. A cell that fails or takes longer than `timeout_seconds`, text on stderr, a figure without
    alternative text, a page without a first heading and markup that runs or fetches raise `ReportError`;
    a parameter that is unknown or of another kind raises `ParameterError`. The same inputs give the same bytes.

    >>> import json, tempfile
    >>> cell = {"cell_type": "markdown", "metadata": {}, "source": "# Hồ sơ <đúng> hạn"}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     notebook = Path(folder) / "10_time.ipynb"
    ...     _ = notebook.write_text(json.dumps({"cells": [cell], "metadata": {}}))
    ...     page = render_page(notebook, {})
    >>> page.title, "<h1>Hồ sơ &lt;đúng&gt; hạn</h1>" in page.html
    ('Hồ sơ <đúng> hạn', True)
    """
    with TemporaryFolder() as work:
        executed = run_notebook(notebook, parameters, work.path, timeout_seconds)
        body = page_body(executed, notebook, language)
    return framed(body, language, site_title, navigation)


def page_body(executed: Any, notebook: Path, language: Language = "vi") -> PageBody:
    """Return the content of an executed notebook as HTML; refuse what may not be published with `PageFailure`."""
    import nbformat

    cells = [publishable_cell(cell, notebook) for cell in executed.cells]
    shown = nbformat.from_dict(  # type: ignore[no-untyped-call]
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )
    html, _ = exporter().from_notebook_node(shown)
    html = link_sources(contain_tables(html, WORDS[language]["table"]), WORDS[language]["source"])
    title = first_heading(html)
    if not title:
        raise PageFailure(
            notebook,
            str(executed.cells[0].id) if executed.cells else "?",
            'the page has no first heading; begin the notebook with a line "# Title".',
            "trang không có tiêu đề chính; hãy mở đầu sổ tay bằng một dòng “# Tiêu đề”.",
        )
    return PageBody(html.strip() + "\n", title)


def text_to_html(source: str) -> str:
    """Return Markdown as HTML in which any markup of its own is text, and no link runs anything.

    >>> print(text_to_html("**Trễ hạn**: <script>"))
    <p><strong>Trễ hạn</strong>: &lt;script&gt;</p>
    """
    skip_needless_grammar()
    from mistune.plugins import import_plugin
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class TextRenderer(IPythonRenderer):
        def image(self, text: str, url: str, title: str | None = None) -> str:
            """Write the text of an image: a page shows only figures that the notebook made."""
            return escape(text)

        def block_code(self, code: str, info: str | None = None) -> str:
            """Write code as text, whatever language it claims."""
            return f"<pre><code>{escape(code)}</code></pre>\n"

    renderer = TextRenderer(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
    plugins = [import_plugin(name) for name in ("table", "strikethrough", "def_list")]
    return str(MarkdownWithMath(renderer=renderer, plugins=plugins).render(source)).strip()


@cache
def exporter() -> Any:
    """Return nbconvert's machinery with our template, which shows outputs and text and nothing else."""
    skip_needless_grammar()
    from nbconvert.exporters import TemplateExporter

    filters: dict[str, Callable[[str], str]] = {"text_to_html": text_to_html}
    made = TemplateExporter(  # type: ignore[no-untyped-call]
        template_name="base", template_file=str(TEMPLATES / "body.html.j2"), filters=filters
    )
    made.exclude_input = made.exclude_input_prompt = made.exclude_output_prompt = True
    return made
