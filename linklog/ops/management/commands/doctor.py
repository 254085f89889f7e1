"""`linklog doctor`: is this installation well?"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from linklog.images import health as media_health
from linklog.ops import installation
from linklog.search import embedding_models, embeddings, index
from linklog.tasks import health


def everything() -> dict[str, Any]:
    """The facts of the installation, whether search knows every post (0 where the tables are not there yet), whether it knows
    what they mean, where a model is named, what runs in the background, and where media are.
    """
    facts = installation.facts()
    facts["posts_not_indexed"] = 0 if facts["migrations_pending"] else index.stale_count()
    if facts["posts_not_indexed"]:
        problem = f"Search does not find {facts['posts_not_indexed']:,} posts as it should. Run: linklog reindex"
        facts["problems"].append(problem)
    if embedding_models.name() and not facts["migrations_pending"]:
        facts["posts_not_embedded"] = len(embeddings.missing())
        if embedding_models.question("tide tables") is None:
            problem = f"The embedding model {embedding_models.name()} gives no answer: search goes by words alone."
            facts["problems"].append(problem)
    if not facts["migrations_pending"]:
        facts["background"] = health.facts()
        facts["media"] = media_health.facts()
        facts["problems"] += [*health.problems(), *media_health.problems()]
    return facts


class Command(BaseCommand):
    help = "Say how this site is set up and what is wrong with it; the exit code is 1 if anything is. Example: linklog doctor --json"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print everything as one JSON object.")

    def handle(self, **options: Any) -> None:
        facts = everything()
        if options["json"]:
            self.stdout.write(json.dumps(facts, indent=1))
        else:
            for name in ("version", "home", "url"):
                self.stdout.write(f"{name:<30}{facts[name]}")
            for name, value in facts["database"].items():
                self.stdout.write(f"{'database ' + name:<30}{value}")
            self.stdout.write(f"{'posts not indexed':<30}{facts['posts_not_indexed']:,}")
            if "posts_not_embedded" in facts:
                self.stdout.write(f"{'posts not embedded':<30}{facts['posts_not_embedded']:,}")
            for room in ("background", "media"):
                for name, value in facts.get(room, {}).items():
                    self.stdout.write(f"{room + ' ' + name:<30}{value}")
            self.stdout.write(f"{'disk free':<30}{facts['disk_free_bytes'] // 2**20:,} MB")
            for problem in facts["problems"]:
                self.stdout.write(self.style.ERROR(f"Problem: {problem}"))
            if not facts["problems"]:
                self.stdout.write(self.style.SUCCESS("All is well."))
        if facts["problems"]:
            sys.exit(1)
