"""How long a run takes: told to whoever started it, never published."""

import time


class Stopwatch:
    """Counts the seconds since it was made.

    >>> Stopwatch().seconds < 60
    True
    """

    def __init__(self) -> None:
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self._started
