"""What the tests of the checking half of intake share: a key, and an intake of a few lines."""

import pytest

from cchc_analysis.intake import intake
from cchc_analysis.warehouse import open_warehouse

KEY = "a key for tests only, 32 bytes.."
HEADER = "Mã hồ sơ,Đơn vị,Ngày tiếp nhận,Ngày hẹn trả,Ngày trả kết quả,Trạng thái"


@pytest.fixture
def key(monkeypatch):
    """The key for hashing dossier codes, set in the environment."""
    monkeypatch.setenv("CCHC_HASH_KEY", KEY)
    monkeypatch.delenv("CCHC_HASH_KEY_FILE", raising=False)
    return KEY.encode()


class Desk:
    """Writes small exports into a folder and takes them into a warehouse beside it."""

    def __init__(self, folder):
        self.exports, self.warehouse = folder / "exports", folder / "warehouse"
        self.exports.mkdir()

    def write(self, lines, name="a.csv", header=HEADER):
        (self.exports / name).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return self.exports / name

    def take(self, *paths, **options):
        return intake(list(paths) or self.exports, self.warehouse, **options)

    def accepted(self):
        return open_warehouse(self.warehouse).dossiers("pandas").collect().to_native()

    def findings(self):
        return open_warehouse(self.warehouse).findings()

    def rules(self, lines, header=HEADER, **options):
        """Take one file of these lines; return for each line (from 0) the rules that found something in it."""
        self.write(lines, header=header)
        self.take(allowed_reject_share=1, **options)
        found = self.findings()
        return [sorted(set(found.loc[found["row"] == row, "rule"])) for row in range(2, len(lines) + 2)]

    def files(self):
        """Every file of the warehouse with its bytes."""
        every = sorted(path for path in self.warehouse.rglob("*") if path.is_file())
        return {path.relative_to(self.warehouse).as_posix(): path.read_bytes() for path in every}


@pytest.fixture
def desk(tmp_path, key):
    """A folder of exports and a warehouse beside it."""
    return Desk(tmp_path)
