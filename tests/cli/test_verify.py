"""`cchc verify` names every byte that differs from what was published, and takes the manifest for a stranger's."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cchc_analysis as cchc
from cchc_analysis.cli import main
from tests.small_city import small_city


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("verify")
    small_city(root)
    for edition, pages in (("public", None), ("internal", ["90_data_quality"])):
        cchc.publish_reports(
            warehouse=root / "kho",
            period="2023-Q2",
            units="phuong-1",
            out=root / "reports",
            edition=edition,  # type: ignore[arg-type]
            pages=pages,
        )
    return root


@pytest.fixture
def site(root: Path, tmp_path: Path) -> Path:
    """A copy of the public site, to be spoilt."""
    return Path(shutil.copytree(root / "reports" / "2023-Q2", tmp_path / "2023-Q2"))


def verify(site: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["verify", str(site), "--json", *more])


def differences(result: Result) -> list[tuple[str, str]]:
    return [(found["kind"], found["name"]) for found in json.loads(result.stdout)["differences"]]


PAGE = "phuong-1/60_published.html"


def flip(site: Path) -> None:
    content = (site / PAGE).read_bytes()
    (site / PAGE).write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])


def swap(site: Path) -> None:
    (site / "index.html").rename(site / "x")
    (site / PAGE).rename(site / "index.html")
    (site / "x").rename(site / PAGE)


def link(site: Path) -> None:
    (site / PAGE).rename(site.parent / "page.html")
    (site / PAGE).symlink_to(site.parent / "page.html")


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda site: None, []),
        (flip, [("changed", PAGE)]),
        (lambda site: (site / PAGE).unlink(), [("missing", PAGE)]),
        (lambda site: (site / "thu.txt").write_text("x"), [("unknown", "thu.txt")]),
        (lambda site: (site / PAGE).rename(site / "y.html"), [("missing", PAGE), ("unknown", "y.html")]),
        (swap, [("changed", "index.html"), ("changed", PAGE)]),
        (link, [("link", PAGE)]),
    ],
)
def test_what_differs_is_named(site: Path, spoil: Callable[[Path], object], found: list[tuple[str, str]]) -> None:
    spoil(site)
    result = verify(site)
    assert (result.exit_code, differences(result)) == (1 if found else 0, found)


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        '{"pages": {"../../etc/passwd": "' + "0" * 64 + '"}, "files": {}}',
        '{"pages": {"/etc/passwd": "' + "0" * 64 + '"}, "files": {}}',
        '{"pages": {"index.html": 7}, "files": {}}',
        '{"pages": {}, "pages": {}, "files": {}}',
        '{"pages": ' + "[" * 100_000,
    ],
)
def test_a_manifest_that_is_none_is_refused_in_one_sentence(site: Path, manifest: str) -> None:
    (site / "manifest.json").write_text(manifest)
    result = verify(site)
    assert result.exit_code == 2
    assert "không phải manifest" in result.stderr
    assert result.stderr.count("\n") == 1


def test_inputs_are_held_against_the_manifest(root: Path, site: Path, tmp_path: Path) -> None:
    folder = tmp_path / "inputs"
    folder.mkdir()
    assert differences(verify(site, "--inputs", str(folder))) == [("input_missing", "xuat.csv")]
    (folder / "xuat.csv").write_bytes((root / "xuat.csv").read_bytes())
    (folder / "moi.csv").write_text("a")
    assert differences(verify(site, "--inputs", str(folder))) == [("input_new", "moi.csv")]
    (folder / "moi.csv").unlink()
    with (folder / "xuat.csv").open("a") as rows:
        rows.write("x")
    assert differences(verify(site, "--inputs", str(folder))) == [("input_changed", "xuat.csv")]


@pytest.mark.parametrize("edition", ["2023-Q2", "2023-Q2-internal"])
def test_a_new_run_gives_every_byte_again(root: Path, edition: str) -> None:
    result = verify(root / "reports" / edition, "--warehouse", str(root / "kho"), "--rerun")
    assert (result.exit_code, differences(result)) == (0, [])


def test_a_forged_page_with_a_forged_hash_is_found_by_a_new_run(root: Path, site: Path) -> None:
    import hashlib

    flip(site)
    told = json.loads((site / "manifest.json").read_text("utf-8"))
    told["pages"][PAGE] = hashlib.sha256((site / PAGE).read_bytes()).hexdigest()
    (site / "manifest.json").write_text(json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    assert differences(verify(site)) == []
    found = differences(verify(site, "--warehouse", str(root / "kho"), "--rerun"))
    assert ("rerun", PAGE) in found
    assert ("rerun", "manifest.json") in found


def test_another_state_of_the_warehouse_is_named(site: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    kho = small_city(other, procedure="Khai tử")
    assert [kind for kind, _ in differences(verify(site, "--warehouse", str(kho)))] == ["state"]


def test_a_new_run_needs_the_warehouse(site: Path) -> None:
    result = verify(site, "--rerun")
    assert (result.exit_code, "--warehouse" in result.stderr) == (2, True)
