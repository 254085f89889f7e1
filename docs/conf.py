"""How Sphinx builds these pages: `make docs`. The built pages load nothing from another host."""

from linklog import __version__

project = "Linklog"
author = "The Linklog contributors"
version = release = __version__
language = "en"

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = f"Linklog {version}"
html_show_sphinx = False
html_copy_source = False
html_show_copyright = False
pygments_style = "friendly"
pygments_dark_style = "monokai"
