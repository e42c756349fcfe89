"""An existing Spark cluster as the one that counts: its session made ready, Parquet of a warehouse read by its workers.

pyspark is imported when Spark is asked for and never before.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

import pyarrow as pa

from cchc_analysis.errors import EngineError

ADDRESS: Final = re.compile(r"local(\[[0-9*,]+\])?|local-cluster\[[0-9, ]+\]|spark://.+|k8s://.+|yarn")
"""What Spark calls a master."""

NEEDED_JAVA: Final = 17
CONNECT_SECONDS, WORKER_SECONDS = 10, 60
"""How long a master may take to answer, and the first of its workers to come."""

SHARED_AS: Final = "spark.cchc.shared"
"""Setting of a session: `FOLDER=ADDRESS`, under which address the workers find what lies in a folder here."""

SETTINGS: Final = {
    # Moments are wall-clock times without zone. What Spark passes through an instant on its way comes back unchanged
    # where the zone of the session has neither shift nor summer time.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    # A cast that loses something is an error, not a null.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
}
"""What a count needs of a session, whatever its owner has set."""

_ready: "WeakKeyDictionary[Any, tuple[Any, int]]" = WeakKeyDictionary()


def is_address(engine: Any) -> bool:
    """Tell whether a text is the address of a Spark master.

    >>> is_address("spark://host:7077"), is_address("local[2]"), is_address("spark")
    (True, True, False)
    """
    return isinstance(engine, str) and ADDRESS.fullmatch(engine) is not None


def is_session(engine: Any) -> bool:
    """Tell whether something is a Spark session; asks nothing of pyspark where it has not been imported."""
    sql = sys.modules.get("pyspark.sql")
    return sql is not None and isinstance(engine, sql.SparkSession)


def ready_session(engine: Any) -> Any:
    """Return a session on the cluster of an address, or of a session that the caller holds, set as counts need it.

    The result shares cluster, cache and the settings of the session it comes from; SETTINGS differ. A session that the
    caller holds keeps its own settings. Raises EngineError where pyspark or Java is missing, where the cluster cannot
    be reached, and where the session has been stopped.
    """
    session = _opened_at(engine) if isinstance(engine, str) else engine
    if getattr(session.sparkContext, "_jsc", None) is None or session.sparkContext._jsc.sc().isStopped():
        raise EngineError(
            "The Spark session has been stopped. Open a new one and pass it, or give the address of the cluster.",
            "Phiên Spark đã dừng. Hãy mở phiên mới rồi truyền vào, hoặc cho địa chỉ của cụm.",
        )
    found = _ready.get(session)
    if found is None:
        found = _ready[session] = (_set(session), os.getpid())
        _ready[found[0]] = found
    if found[1] != os.getpid():
        raise EngineError(
            "A Spark session cannot be used in a forked process. Open the study in the process that opened it.",
            "Không dùng được phiên Spark trong tiến trình con. Hãy mở số liệu trong chính tiến trình đã mở phiên.",
        )
    activate(found[0])
    return found[0]


def activate(session: Any) -> None:
    """Let moments that Python hands to Spark in this thread be taken as wall-clock times, as the session has it."""
    session._jvm.SparkSession.setActiveSession(session._jsparkSession)


def scan(session: Any, path: Path) -> Any:
    """Return the Parquet file as a Spark data frame, read by the workers when it is counted.

    Raises EngineError where the workers do not find the file.
    """
    from pyspark.errors import PySparkException

    address = shared_address(path, session.conf.get(SHARED_AS, ""))
    try:
        # The types are read from the file by a worker: a folder that it does not see is told here, not in mid-count.
        return session.read.parquet(address)
    except (PySparkException, _java_error()) as error:
        raise EngineError(
            f"The workers of the Spark cluster cannot read {address}. Keep the warehouse where all of them find it "
            f"under the same path, or set {SHARED_AS} (docs/spark.md). Spark says: {_first_line(error)}",
            f"Các máy của cụm Spark không đọc được {address}. Hãy đặt kho dữ liệu ở nơi mọi máy đều thấy theo cùng "
            f"đường dẫn, hoặc đặt {SHARED_AS} (docs/spark.md). Spark báo: {_first_line(error)}",
        ) from error


def as_table(session: Any, table: pa.Table) -> Any:
    """Return a small table as a Spark data frame."""
    return session.createDataFrame(table)


def shared_address(path: Path, shared: str = "") -> str:
    """Return the address under which the workers read a file: as it is here, or below the address of a shared folder.

    `shared`: `FOLDER=ADDRESS`, such as "/data/kho=s3a://bucket/kho"; empty = the same path everywhere.

    >>> shared_address(Path("/data/kho/a.parquet"), "/data/kho=s3a://bucket/kho")
    's3a://bucket/kho/a.parquet'
    >>> shared_address(Path("/data/kho/a.parquet"))
    'file:///data/kho/a.parquet'
    """
    folder, _, address = shared.partition("=")
    resolved = path.resolve()
    if address and resolved.is_relative_to(Path(folder).resolve()):
        where = f"{address.rstrip('/')}/{resolved.relative_to(Path(folder).resolve()).as_posix()}"
    else:
        where = f"file://{resolved.as_posix()}"
    # Spark reads these letters in a path as a pattern.
    return re.sub(r"([*?\[\]{}\\])", r"\\\1", where)


def _opened_at(address: str) -> Any:
    """Return the session of this process on the cluster, opened where there is none."""
    _check_package()
    from pyspark.sql import SparkSession

    # Every call into Arrow warns that pandas 3 is new to Spark; no pandas table is handed to it or taken from it here.
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
    held = SparkSession.getActiveSession()
    if held is None:
        _check_java()
        _check_reachable(address)
    elif held.sparkContext.master != address:
        raise EngineError(
            f"This process already counts on the Spark cluster {held.sparkContext.master}, not on {address}. "
            "Pass that session, or stop it first.",
            f"Tiến trình này đang dùng cụm Spark {held.sparkContext.master}, không phải {address}. "
            "Hãy truyền chính phiên đó, hoặc dừng phiên đó trước.",
        )
    # The Python of the workers of this machine; a cluster has its own, named in its settings.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    try:
        named = SparkSession.builder.master(address) if held else SparkSession.builder.master(address).appName("cchc")
        session = named.getOrCreate()
    except Exception as error:
        raise _unreachable(address, _first_line(error)) from error
    if held is None:
        _wait_for_worker(session, address)
    return session


def _set(session: Any) -> Any:
    """Return a session on the same cluster with the settings of the given one, and ours."""
    from pyspark.errors import PySparkException

    ours = session.newSession()
    for name, value in session.conf.getAll.items():
        # What was set when the cluster was opened is there already, and cannot be set again.
        if ours.conf.get(name, None) != value:
            with suppress(PySparkException):
                ours.conf.set(name, value)
    for name, value in SETTINGS.items():
        ours.conf.set(name, value)
    return ours


def _check_package() -> None:
    try:
        import pyspark  # noqa: F401
    except ImportError as error:
        raise EngineError(
            "Counting on Spark needs the package pyspark. Install it with: pip install 'cchc-analysis[spark]'.",
            "Muốn đếm trên Spark cần có gói pyspark. Hãy cài bằng: pip install 'cchc-analysis[spark]'.",
        ) from error


def _check_java() -> None:
    found = java_version()
    if found is None or found < NEEDED_JAVA:
        told_en = "no Java was found" if found is None else f"Java {found} was found"
        told_vi = "không tìm thấy Java" if found is None else f"máy đang có Java {found}"
        raise EngineError(
            f"Spark needs Java {NEEDED_JAVA} or newer; {told_en}. Install one (Debian: openjdk-17-jre-headless) "
            "and let JAVA_HOME name its folder.",
            f"Spark cần Java {NEEDED_JAVA} trở lên; {told_vi}. Hãy cài Java (Debian: openjdk-17-jre-headless) "
            "và đặt biến JAVA_HOME trỏ tới thư mục cài đặt.",
        )


def java_version() -> int | None:
    """Return the version of the Java that Spark would start (of JAVA_HOME, else of the path), None without one."""
    home = os.environ.get("JAVA_HOME", "")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if java is None:
        return None
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=60).stderr
    found = re.search(r'version "(1\.)?(\d+)', told)
    return int(found[2]) if found else None


def _check_reachable(address: str) -> None:
    if not address.startswith("spark://"):
        return
    reasons = []
    for place in address.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            with socket.create_connection((host or place, int(port or 7077)), timeout=CONNECT_SECONDS):
                return
        except (OSError, ValueError) as error:
            reasons.append(f"{place}: {error}")
    raise _unreachable(address, "; ".join(reasons))


def _wait_for_worker(session: Any, address: str) -> None:
    """Wait for the first worker: a count on a cluster without workers would wait for ever."""
    on_demand = session.sparkContext.getConf().get("spark.dynamicAllocation.enabled", "false") == "true"
    if on_demand or re.match(r"local(\[|$)", address):
        return
    for _ in range(WORKER_SECONDS * 4):
        # The driver is in the list itself.
        if session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() > 1:
            return
        time.sleep(0.25)
    session.stop()
    raise EngineError(
        f"The Spark cluster {address} gave no worker within {WORKER_SECONDS} s. Look at its page: are workers alive, "
        "and do they have the memory and cores that spark.executor.memory and spark.executor.cores ask for?",
        f"Cụm Spark {address} không cấp được máy nào trong {WORKER_SECONDS} giây. Hãy xem trang quản trị của cụm: các "
        "máy có đang chạy không, có đủ bộ nhớ và lõi theo spark.executor.memory và spark.executor.cores không?",
    )


def _unreachable(address: str, reason: str) -> EngineError:
    return EngineError(
        f"The Spark cluster {address} cannot be reached: {reason}. Check the address and that the cluster is running.",
        f"Không kết nối được với cụm Spark {address}: {reason}. Hãy kiểm tra địa chỉ và xem cụm có đang chạy không.",
    )


def _java_error() -> type[Exception]:
    from py4j.protocol import Py4JError

    error: type[Exception] = Py4JError
    return error


def _first_line(error: BaseException) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__
