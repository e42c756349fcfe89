"""The room knows nothing of the rest of the package and does not make its users wait."""

import ast
import subprocess
import sys

ALLOWED = {"numpy", "scipy", "statsmodels", *sys.stdlib_module_names}


def modules_imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_only_numpy_scipy_and_its_own_modules_are_imported(project):
    paths = list((project / "cchc_analysis" / "stats").glob("*.py"))
    foreign = {
        (path.name, module)
        for path in paths
        for module in modules_imported(path)
        if not module.startswith("cchc_analysis.stats") and module.split(".")[0] not in ALLOWED
    }
    assert len(paths) >= 8
    assert foreign == set()


def test_importing_the_room_loads_neither_scipy_stats_nor_statsmodels():
    code = "import sys, cchc_analysis.stats; print('scipy.stats' in sys.modules or 'statsmodels' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
