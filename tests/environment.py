"""Where the tests live: a LINKLOG_HOME of their own, and none of the caller's settings. It is a pytest plugin (`-p` in
pyproject.toml) and not a part of conftest.py, because pytest-django imports the settings before it reads a conftest.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="linklog-tests-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

for name in [name for name in os.environ if name.startswith("LINKLOG_")]:
    del os.environ[name]
os.environ["LINKLOG_HOME"] = str(HOME)
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in cli.py
os.environ["LINKLOG_SEARCH_BUDGET"] = "0"  # tests search more often than a reader may; the budget's own set theirs

# WhiteNoise warns about a missing static root, and warnings are errors.
(HOME / "static").mkdir()
