"""`python -m linklog` is the `linklog` command."""

from linklog.cli import main

main()
