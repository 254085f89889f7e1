"""The evaluations there are. One more is a module beside these and a line here."""

from linklog.assist.evals.alt_text import ALT_TEXT
from linklog.assist.evals.contract import Evaluation
from linklog.assist.evals.tags import TAGS
from linklog.assist.evals.titles import TITLES

EVALUATIONS: dict[str, Evaluation] = {evaluation.name: evaluation for evaluation in (TAGS, ALT_TEXT, TITLES)}
