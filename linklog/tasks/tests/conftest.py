"""Fixtures of the tasks room."""

from linklog.ops.tests.sites import new_site

__all__ = ["new_site"]
