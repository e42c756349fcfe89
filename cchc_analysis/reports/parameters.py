"""The parameters of a notebook: what it knows, and whether what is given fits."""

import ast
import difflib
import io
import json
import math
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from cchc_analysis.errors import ParameterError, ReportError

Scalar = str | int | float | bool | None
Kind = Literal["str", "int", "float", "bool", "any"]
KINDS: tuple[Kind, ...] = ("str", "int", "float", "bool")
KIND_NAMES: dict[Kind, tuple[str, str]] = {
    "str": ("text", "văn bản"),
    "int": ("a whole number", "số nguyên"),
    "float": ("a finite number", "số hữu hạn"),
    "bool": ("true or false", "true hoặc false"),
    "any": ("text, a number, or true/false", "văn bản, số hoặc true/false"),
}


@dataclass(frozen=True)
class ParameterSpec:
    """One scalar parameter of a notebook, as its `parameters` cell declares it.

    `kind` comes from the annotation or else from the default; `choices` from a `Literal` annotation;
    `default` is the source text of the default; `help` is the comment at the end of the line.
    """

    name: str
    kind: Kind
    default: str
    help: str
    choices: tuple[str, ...] = ()
    optional: bool = False

    def described(self) -> str:
        """Return the one line that explains the parameter.

        >>> ParameterSpec("unit", "str", '"all"', "code of the unit").described()
        'unit: str = "all" (code of the unit)'
        """
        declared = self.name if self.kind == "any" else f"{self.name}: {self.kind}"
        return f"{declared} = {self.default}" + (f" ({self.help})" if self.help else "")


def read_notebook(notebook: Path) -> dict[str, Any]:
    """Return the notebook file as plain JSON; a missing file or one that is no notebook raises `ReportError`."""
    try:
        content = json.loads(notebook.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReportError(
            f"Notebook {notebook} cannot be read ({error}); check the path and that it is an .ipynb file.",
            f"Không đọc được sổ tay {notebook} ({error}); hãy kiểm tra đường dẫn và bảo đảm đó là tệp .ipynb.",
        ) from error
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise ReportError(
            f"File {notebook} is not a notebook of format 4; save it again from JupyterLab.",
            f"Tệp {notebook} không phải là sổ tay định dạng 4; hãy lưu lại tệp bằng JupyterLab.",
        )
    return content


def inspect_parameters(notebook: Path) -> tuple[ParameterSpec, ...]:
    """Return the parameters declared in the notebook's cell tagged `parameters`, in its order.

    A notebook without such a cell has none. papermill's own inspection reads lines by a pattern and loses
    a parameter whose default or comment holds a second "="; this one reads the cell as Python does.

    >>> import json, tempfile
    >>> source = 'unit: str = "all"  # code of the unit'
    >>> cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": source}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     notebook = Path(folder) / "10_time.ipynb"
    ...     _ = notebook.write_text(json.dumps({"cells": [cell]}))
    ...     inspect_parameters(notebook)[0].described()
    'unit: str = "all" (code of the unit)'
    """
    return declared(parameters_source(read_notebook(notebook)), notebook.name)


@lru_cache(maxsize=64)
def declared(source: str, name: str) -> tuple[ParameterSpec, ...]:
    """Return the parameters that the source of a cell declares; `name` is the notebook's, for the error.

    Remembered, because the same notebook is checked for every unit of a country.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ParameterError(
            f"The parameters cell of {name} is not valid Python (line {error.lineno}); correct it.",
            f"Ô tham số của {name} sai cú pháp Python (dòng {error.lineno}); hãy sửa lại.",
        ) from error
    comments = comments_by_line(source)
    found = [spec_of(statement, source, comments) for statement in tree.body]
    return tuple(spec for spec in found if spec is not None)


def parameters_source(content: Mapping[str, Any]) -> str:
    """Return the source of the first cell tagged `parameters`, or nothing."""
    for cell in content["cells"]:
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            return "".join(cell.get("source", ""))
    return ""


def comments_by_line(source: str) -> dict[int, str]:
    """Return the text of the comments of Python source by line number.

    >>> comments_by_line('n = 3  # how many')
    {1: 'how many'}
    """
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ").strip() for t in tokens if t.type == tokenize.COMMENT}


def spec_of(statement: ast.stmt, source: str, comments: Mapping[int, str]) -> ParameterSpec | None:
    """Return the parameter that one statement declares, or None where it declares none."""
    target: ast.expr
    if isinstance(statement, ast.AnnAssign):
        target, annotation = statement.target, statement.annotation
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, annotation = statement.targets[0], None
    else:
        return None
    if not isinstance(target, ast.Name) or statement.value is None:
        return None
    kind, choices, optional = kind_of(annotation, statement.value)
    default = ast.get_source_segment(source, statement.value) or ""
    comment = comments.get(statement.end_lineno or statement.lineno, "")
    return ParameterSpec(target.id, kind, default, comment, choices, optional)


def kind_of(annotation: ast.expr | None, default: ast.expr) -> tuple[Kind, tuple[str, ...], bool]:
    """Return the kind, the allowed values and whether None is allowed, from an annotation or else the default."""
    value = default.value if isinstance(default, ast.Constant) else ...
    written = "" if annotation is None else ast.unparse(annotation).strip("'\"")
    optional = value is None or "None" in written or "Optional" in written
    literal = re.search(r"Literal\[(.*?)\]", written)
    if literal:
        return "str", tuple(str(choice) for choice in ast.literal_eval(f"({literal[1]},)")), optional
    named = [kind for kind in KINDS if re.search(rf"\b{kind}\b", written)]
    if not named:
        named = [kind for kind in KINDS if type(value).__name__ == kind]
    return (named[0] if len(named) == 1 else "any"), (), optional


def check_parameters(notebook: Path, given: Mapping[str, object]) -> dict[str, Scalar]:
    """Return `given`, in the notebook's order, once every name is known and every value fits its declaration.

    Only scalars pass: text, finite numbers, true/false. Nothing is converted, so a code such as
    "1.001610" stays text, and a number where text is declared is refused rather than written differently.
    An unknown name, a value of another kind or outside a `Literal` raises `ParameterError`.

    >>> import json, tempfile
    >>> source = 'unit: str = "all"  # code of the unit'
    >>> cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": source}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     notebook = Path(folder) / "10_time.ipynb"
    ...     _ = notebook.write_text(json.dumps({"cells": [cell]}))
    ...     check_parameters(notebook, {"unit": "1.001610"})
    {'unit': '1.001610'}
    """
    specs = {spec.name: spec for spec in inspect_parameters(notebook)}
    for name in given:
        if name not in specs:
            raise unknown_parameter(notebook, name, tuple(specs.values()))
    return {name: checked(notebook, specs[name], given[name]) for name in specs if name in given}


def read_parameters(notebook: Path, texts: Mapping[str, str]) -> dict[str, Scalar]:
    """Return parameters given as text, as on a command line, read by the notebook's declarations and checked.

    Declared text stays as written (`007`, `1.001610`); numbers and `true` / `false` are read where declared.

    >>> import json, tempfile
    >>> source = 'n: int = 5'
    >>> cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": source}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     notebook = Path(folder) / "10_time.ipynb"
    ...     _ = notebook.write_text(json.dumps({"cells": [cell]}))
    ...     read_parameters(notebook, {"n": "12"})
    {'n': 12}
    """
    kinds = {spec.name: spec.kind for spec in inspect_parameters(notebook)}
    return check_parameters(notebook, {name: scalar_of(text, kinds.get(name, "any")) for name, text in texts.items()})


def scalar_of(text: str, kind: Kind) -> str | int | float | bool:
    """Return `text` as a value of `kind`, or unchanged where it is none.

    >>> scalar_of("12", "int"), scalar_of("012", "str"), scalar_of("True", "bool"), scalar_of("x", "int")
    (12, '012', True, 'x')
    """
    if kind == "int" and re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    if kind == "float" and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return float(text)
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return text


def checked(notebook: Path, spec: ParameterSpec, value: object) -> Scalar:
    """Return the value if it fits the parameter, else raise `ParameterError`."""
    if value is None and spec.optional:
        return None
    if not fits(spec.kind, value):
        raise wrong_kind(notebook, spec, value)
    if spec.choices and value not in spec.choices:
        raise ParameterError(
            f'Parameter "{spec.name}" of {notebook.name} is {value!r}; use one of {", ".join(spec.choices)}.',
            f"Tham số “{spec.name}” của {notebook.name} đang là {value!r}; "
            f"hãy dùng một trong các giá trị: {', '.join(spec.choices)}.",
        )
    return value  # type: ignore[return-value]


def fits(kind: Kind, value: object) -> bool:
    """Tell whether a value is a scalar of the kind; true/false is no number, and a whole number is a number."""
    if isinstance(value, bool):
        return kind in ("bool", "any")
    if isinstance(value, int):
        return kind in ("int", "float", "any")
    if isinstance(value, float):
        return kind in ("float", "any") and math.isfinite(value)
    return isinstance(value, str) and kind in ("str", "any")


def wrong_kind(notebook: Path, spec: ParameterSpec, value: object) -> ParameterError:
    """Return the error for a value of another kind than declared."""
    en, vi = KIND_NAMES[spec.kind]
    shown = f"{value!r} ({type(value).__name__})"
    return ParameterError(
        f'Parameter "{spec.name}" of {notebook.name} must be {en}, not {shown}; it is declared as {spec.described()}.',
        f"Tham số “{spec.name}” của {notebook.name} phải là {vi}, không phải {shown}; "
        f"sổ tay khai báo là {spec.described()}.",
    )


def unknown_parameter(notebook: Path, name: str, specs: tuple[ParameterSpec, ...]) -> ParameterError:
    """Return the error for an unknown name: the nearest known one, then all of them with their comments."""
    names = {spec.name.casefold(): spec.name for spec in specs}
    near = difflib.get_close_matches(name.casefold(), names, n=1)
    known = "; ".join(spec.described() for spec in specs)
    hint_en = f'; did you mean "{names[near[0]]}"?' if near else "."
    hint_vi = f"; có phải là “{names[near[0]]}” không?" if near else "."
    return ParameterError(
        f'Notebook {notebook.name} has no parameter "{name}"{hint_en} '
        + (f"It knows: {known}." if known else "It knows none: no cell is tagged “parameters”."),
        f"Sổ tay {notebook.name} không có tham số “{name}”{hint_vi} "
        + (f"Các tham số có thể dùng: {known}." if known else "Không có ô nào gắn thẻ “parameters”."),
    )
