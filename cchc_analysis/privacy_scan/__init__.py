"""Looks for personal data in what a run has made: the last door before anything leaves."""

from cchc_analysis.privacy_scan.files import UnreadableError, scan_folder
from cchc_analysis.privacy_scan.finds import KINDS, Find, Secrets, finds_in

__all__ = ["KINDS", "Find", "Secrets", "UnreadableError", "finds_in", "scan_folder"]
