"""A real Spark cluster of two worker processes, in a time zone that is not the data's; one for all tests."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from cchc_analysis import spark

CLUSTER = "local-cluster[2,1,1024]"
ELSEWHERE = "America/New_York"
"""A zone with summer time, far from the data's: a moment that passed through an instant would change its day."""

JAVA = f"-Duser.timezone={ELSEWHERE} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A minute is too short for the second compiler of Java to pay."""

CONFIGURATION = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": ELSEWHERE,
    "spark.driver.extraJavaOptions": JAVA,
    "spark.executor.extraJavaOptions": JAVA,
    # Each part of a shuffle is a task to plan and to start; there are a few hundred rows.
    "spark.sql.adaptive.enabled": "false",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"))


def _refuse(message: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def need_pyspark() -> None:
    """Skip the test where pyspark is missing; fail in CI."""
    if find_spec("pyspark") is None:
        _refuse("needs pyspark: make test installs it from requirements-spark.lock")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """A session as its owner has set it: in another zone, with moments that are instants."""
    need_pyspark()
    if (spark.java_version() or 0) < spark.NEEDED_JAVA:
        _refuse(f"needs Java {spark.NEEDED_JAVA}, such as Debian's openjdk-17-jre-headless")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("TZ", ELSEWHERE)
        patch.delenv("SPARK_HOME", raising=False)
        time.tzset()
        import pyspark
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master(CLUSTER).appName("tests")
        for name, value in CONFIGURATION.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        work = Path(pyspark.__file__).parent / "work" / session.sparkContext.applicationId
        yield session
        session.stop()
        shutil.rmtree(work, ignore_errors=True)
    time.tzset()


@pytest.fixture
def elsewhere(cluster: Any) -> Iterator[Any]:
    """The session of the cluster, while this process, too, lives in the other zone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", ELSEWHERE)
        time.tzset()
        yield cluster
    time.tzset()
