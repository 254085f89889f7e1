"""Linklog: a self-hosted link blog. The tree of rooms and what each may import is in README.md and CONTRIBUTING.md."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("linklog")
except PackageNotFoundError:  # running from a source tree that was never installed
    __version__ = "0+source"
