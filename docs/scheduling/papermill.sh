#!/bin/sh
# One notebook with plain papermill, for whoever schedules notebooks already. Nothing is published: the executed
# notebook, with its figures, lies in OUT. Run from the folder of the project:
#   sh docs/scheduling/papermill.sh 10_processing_time /srv/cchc/warehouse 2023-Q2 /srv/cchc/notebooks [UNIT]
set -eu

notebook=$1
warehouse=$2
period=$3
out=$4
unit=${5:-all}

mkdir -p "$out"
papermill "notebooks/$notebook.ipynb" "$out/$notebook.ipynb" \
    -p data "$warehouse" -p period "$period" -p unit "$unit" --no-progress-bar --log-level ERROR
