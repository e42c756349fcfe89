"""Kill intakes and reports at random moments, and look whether what is there is whole: `python -m trials.kills`.

Not a test: hundreds of processes take many minutes. `tests/whole/test_dying_at_every_step.py` dies at every step once.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.small_city import HEADER, line

CCHC = [sys.executable, "-c", "from cchc_analysis.cli import main; main()"]


def export(folder: Path, name: str, first: int, n: int) -> None:
    """Write some dossiers."""
    rows = [line(number) for number in range(first, first + n)]
    (folder / name).write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")


def started(words: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a command of ours, silent, in a group of its own."""
    return subprocess.Popen(
        [*CCHC, *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def killed(words: list[str], environment: dict[str, str], after: float, group: bool) -> bool:
    """Start a command and kill it, or it and all its processes, after so many seconds; tell whether it was alive."""
    process = started(words, environment)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL) if group else process.kill()
        process.wait()
        return True
    return False


def site_is_whole(folder: Path) -> bool:
    """Tell whether every file of a site's manifest is there with its hash, and no other."""
    told = json.loads((folder / "manifest.json").read_text("utf-8"))
    hashes = {**told["pages"], **told["files"]}
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"manifest.json"}
    return names == set(hashes) and all(
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha for name, sha in hashes.items()
    )


def n_dossiers(kho: Path) -> int:
    """Return how many dossiers a warehouse has now."""
    from cchc_analysis.warehouse import open_warehouse

    return len(open_warehouse(kho).dossiers().collect().to_pandas())


def intakes(root: Path, n: int, chance: random.Random, environment: dict[str, str]) -> Counter[str]:
    """Kill intakes of a second export; each time the warehouse must have 30 or 42 dossiers, and the next run 42."""
    found: Counter[str] = Counter()
    exports, old, kho = root / "exports", root / "old", root / "kho"
    exports.mkdir()
    export(exports, "a.csv", 0, 30)
    words = ["intake", str(exports), "--as-of", "2023-06-14", "--warehouse"]
    started([*words, str(old)], environment).wait()
    export(exports, "b.csv", 30, 12)
    shutil.copytree(old, kho)
    began = time.monotonic()
    started([*words, str(kho)], environment).wait()
    longest = time.monotonic() - began
    for _ in range(n):
        shutil.rmtree(kho)
        shutil.copytree(old, kho)
        found["killed"] += killed([*words, str(kho)], environment, chance.uniform(0, longest), chance.random() < 0.5)
        found[{30: "old", 42: "new"}.get(n_dossiers(kho), "broken")] += 1
        started([*words, str(kho)], environment).wait()
        found["not finished by the next run"] += n_dossiers(kho) != 42
        found["litter"] += len(list((kho / "states").iterdir())) != 1
    return found


def reports(root: Path, n: int, chance: random.Random, environment: dict[str, str]) -> Counter[str]:
    """Kill reports that replace a site of another unit; each time a whole site must stand there, and the next run's."""
    found: Counter[str] = Counter()
    out, kept = root / "reports", root / "kept"
    words = ["report", "--warehouse", str(root / "kho"), "--period", "2023-Q2", "--internal", "--no-files"]
    words += ["--pages", "90_data_quality", "--out", str(out), "--units"]
    started([*words, "phuong-1"], environment).wait()
    shutil.copytree(out, kept)
    began = time.monotonic()
    started([*words, "phuong-2"], environment).wait()
    longest = time.monotonic() - began
    site = out / "2023-Q2-internal"
    for _ in range(n):
        shutil.rmtree(out)
        shutil.copytree(kept, out)
        found["killed"] += killed([*words, "phuong-2"], environment, chance.uniform(0, longest), chance.random() < 0.5)
        is_whole = site.is_dir() and site_is_whole(site)
        found["broken" if not is_whole else "new" if (site / "phuong-2").is_dir() else "old"] += 1
        started([*words, "phuong-2"], environment).wait()
        found["not finished by the next run"] += not (site_is_whole(site) and (site / "phuong-2").is_dir())
        found["litter"] += {path.name for path in out.iterdir()} != {".pages", site.name}
    return found


def main() -> None:
    """Kill as often as asked and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cchc-kills-") as folder:
        root = Path(folder)
        temporary = root / "tmp"
        temporary.mkdir()
        environment = {**os.environ, "CCHC_HASH_KEY": "a key of this trial, long enough", "TMPDIR": str(temporary)}
        chance = random.Random(asked.seed)
        for name, trial in (("intake", intakes), ("report", reports)):
            print(name, dict(trial(root, asked.times, chance, environment)), flush=True)
        print("left in the temporary folder:", len(list(temporary.iterdir())))


if __name__ == "__main__":
    main()
