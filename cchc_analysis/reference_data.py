"""The only place that knows where the reference tables lie and how a relative path is found."""

from pathlib import Path

from cchc_analysis.errors import WarehouseError

_PACKAGE = Path(__file__).resolve().parent


def project_root() -> Path:
    """Return the folder that holds the package: the project in a checkout, `site-packages` elsewhere.

    >>> (project_root() / "cchc_analysis").is_dir()
    True
    """
    return _PACKAGE.parent


def reference_path(*parts: str) -> Path:
    """Return the path of a reference table such as `holidays.csv`.

    An installed wheel carries the tables inside the package (`_reference`), a checkout has them in
    `data/reference`. Raises `WarehouseError` where the table is in neither.

    >>> reference_path("holidays.csv").name
    'holidays.csv'
    """
    folders = (_PACKAGE / "_reference", _PACKAGE.parent / "data" / "reference")
    for folder in folders:
        path = folder.joinpath(*parts)
        if path.exists():
            return path
    name = "/".join(parts)
    raise WarehouseError(
        f"The reference table {name!r} is missing from data/reference. "
        "Restore the folder from the repository, or install the package again.",
        f"Thiếu bảng tham chiếu {name!r} trong thư mục data/reference. "
        "Hãy khôi phục thư mục này từ kho mã nguồn hoặc cài đặt lại gói phần mềm.",
    )


def notebooks_path(name: str) -> Path:
    """Return the path of a notebook of the project, or of its copy in an installed wheel (`_notebooks`).

    Raises `WarehouseError` where there is no notebook of that name.

    >>> notebooks_path("10_processing_time.ipynb").name
    '10_processing_time.ipynb'
    """
    for folder in (_PACKAGE / "_notebooks", _PACKAGE.parent / "notebooks"):
        if (folder / name).is_file():
            return folder / name
    raise WarehouseError(
        f"The notebook {name!r} is missing from notebooks/. "
        "Restore it from the repository, or install the package again.",
        f"Thiếu sổ tay {name!r} trong thư mục notebooks. Hãy khôi phục từ kho mã nguồn hoặc cài đặt lại gói phần mềm.",
    )


def method_texts() -> dict[str, str]:
    """Return the pages of docs/methods, or of their copy in an installed wheel (`_methods`): name → Markdown, by name.

    Raises `WarehouseError` where there are none.

    >>> method_texts()["on-time"].splitlines()[0]
    '# On time'
    """
    for folder in (_PACKAGE / "_methods", _PACKAGE.parent / "docs" / "methods"):
        found = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
        if found:
            return found
    raise WarehouseError(
        "The pages of docs/methods are missing. Restore the folder from the repository, or install the package again.",
        "Thiếu các trang trong thư mục docs/methods. Hãy khôi phục từ kho mã nguồn hoặc cài đặt lại gói phần mềm.",
    )


def resolve_path(path: str | Path) -> Path:
    """Return the absolute path a person means by `path`.

    A relative path is looked for in the current folder and then in each folder above it, so that
    `data/sample` names the same folder for JupyterLab (which runs in `notebooks/`) and for papermill (which
    runs at the root). Where it exists nowhere, the path against the current folder is returned.

    >>> resolve_path("no such folder") == Path.cwd() / "no such folder"
    True
    """
    wanted = Path(path).expanduser()
    here = Path.cwd()
    if not wanted.is_absolute():
        for folder in (here, *here.parents):
            if (folder / wanted).exists():
                return folder / wanted
    return here / wanted
