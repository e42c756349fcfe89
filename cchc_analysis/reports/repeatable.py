"""The environment in which pages are computed."""

# Fixed so that the same page has the same bytes: order of sets, dates inside files, no user start-up files, and sums of
# linear algebra in one order (threads of its own would also be in the way of the pages made beside it).
REPEATABLE = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
