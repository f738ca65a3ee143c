"""Figures of a store, and the HTML file that shows them."""

from reports.figures import Figures, gather
from reports.page import ThisRun, render, write_report, write_text

__all__ = ["Figures", "ThisRun", "gather", "render", "write_report", "write_text"]
