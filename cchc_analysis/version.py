"""The version of the package, as it stands on every page."""

VERSION = "0.1.0"
