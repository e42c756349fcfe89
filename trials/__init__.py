"""Programs that try the promises of the project for longer than the tests may: `python -m trials.NAME`."""
