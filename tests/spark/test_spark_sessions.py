"""What a user is told when Spark cannot be had; none of these starts a cluster."""

import re
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from spark.conftest import need_pyspark

from cchc_analysis import open_study, spark
from cchc_analysis.errors import EngineError, ParameterError


@pytest.fixture
def java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that JAVA_HOME names, with nothing in it, in a process that has no session."""
    need_pyspark()
    monkeypatch.setattr("pyspark.sql.SparkSession.getActiveSession", lambda: None)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    return tmp_path / "bin" / "java"


def write_java(path: Path, version: str) -> None:
    path.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-04-15' >&2\n")
    path.chmod(0o755)


def test_without_pyspark_the_package_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(EngineError, match=r"cchc-analysis\[spark\]") as refused:
        spark.ready_session("spark://host:7077")
    assert "pip install" in refused.value.vi


def test_without_java_it_is_said_how_to_get_one(java: Path) -> None:
    with pytest.raises(EngineError, match=r"no Java was found.*JAVA_HOME") as refused:
        spark.ready_session("local[2]")
    assert "không tìm thấy Java" in refused.value.vi


@pytest.mark.parametrize(("version", "number"), [("17.0.15", 17), ("21", 21), ("11.0.2", 11), ("1.8.0_402", 8)])
def test_the_version_of_java_is_read_as_java_writes_it(java: Path, version: str, number: int) -> None:
    write_java(java, version)
    assert spark.java_version() == number
    if number < spark.NEEDED_JAVA:
        with pytest.raises(EngineError, match=f"Java {number} was found"):
            spark.ready_session("local[2]")


def test_a_cluster_that_does_not_answer_is_named_with_the_reason(java: Path) -> None:
    write_java(java, "17.0.15")
    with socket.socket() as nobody:
        # Bound and not listening: whoever knocks is turned away.
        nobody.bind(("127.0.0.1", 0))
        address = f"spark://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(EngineError, match=f"{address} cannot be reached: 127.0.0.1") as refused:
            spark.ready_session(address)
    assert "Không kết nối được" in refused.value.vi


def test_a_stopped_session_is_refused() -> None:
    stopped = SimpleNamespace(sparkContext=SimpleNamespace(_jsc=None))
    with pytest.raises(EngineError, match="has been stopped"):
        spark.ready_session(stopped)


@pytest.mark.parametrize("engine", ["spark", "spark:/host", "localhost", "local(2)", "DuckDB", "", None, 7])
def test_what_is_no_engine_is_refused_before_anything_is_opened(engine: object, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="spark://host:7077") as refused:
        open_study(data=tmp_path, period="2023-Q2", engine=engine)
    assert "phiên Spark" in refused.value.vi


@pytest.mark.parametrize("address", ["spark://a:7077,b:7077", "local", "local[*]", "local-cluster[2,1,1024]", "yarn"])
def test_what_spark_calls_a_master_is_an_engine(address: str) -> None:
    assert spark.is_address(address)


def test_counting_on_duckdb_imports_nothing_of_spark() -> None:
    code = "import sys, cchc_analysis.publication, cchc_analysis.spark; print({n.split('.')[0] for n in sys.modules})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "cchc_analysis" in told.stdout
    assert not {"pyspark", "py4j"} & set(re.findall(r"\w+", told.stdout))


@pytest.mark.parametrize(
    ("path", "shared", "address"),
    [
        ("/kho/a.parquet", "", "file:///kho/a.parquet"),
        ("/kho/a.parquet", "/kho=hdfs://n:8020/kho/", "hdfs://n:8020/kho/a.parquet"),
        ("/kho-2/a.parquet", "/kho=s3a://b/kho", "file:///kho-2/a.parquet"),
        ("/kho [1]/{x}*/a?.parquet", "", r"file:///kho \[1\]/\{x\}\*/a\?.parquet"),
    ],
)
def test_where_the_workers_look_for_a_file(path: str, shared: str, address: str) -> None:
    assert spark.shared_address(Path(path), shared) == address
