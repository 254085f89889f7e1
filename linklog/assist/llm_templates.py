"""The assistant's prompts as templates of the `llm` command, which sends what it reads from standard input."""

import re
from typing import Any

from linklog.assist import prompts, tagging
from linklog.search.tag_suggestions import most_used

INPUT = {"tags": "text", "title": "text", "passages": "text", "tag-description": "posts", "alt-text": "before"}


def template(name: str) -> dict[str, Any]:
    """The fields of an llm template: the prompt as its owner left it, in which everything but the input may be left out.

    Tags are chosen from those used most. There is no schema, for llm would refuse models that know none; the prompts themselves say what
    the answer looks like. Raises ValueError, with a sentence, where there is no such prompt.
    """
    if name not in prompts.names():
        raise ValueError(f"there is no prompt {name}. There are: {', '.join(prompts.names())}")
    prompt = prompts.in_use(name)
    defaults = dict.fromkeys(prompt.variables - {INPUT[name]}, "")
    if "vocabulary" in defaults:
        defaults["vocabulary"] = "\n".join(most_used(tagging.VOCABULARY))
    text = re.sub(rf"\$(?:{INPUT[name]}\b|\{{{INPUT[name]}\}})", "$input", prompt.prompt)
    return {"system": prompt.system, "prompt": text, "defaults": defaults}
