"""How several tags stand in one address: `a+b`."""

MAX_TAGS = 4


def read(address: str) -> list[str]:
    """The slugs in `address`, each once and in lower case; [] where there are none, or too many to ask for."""
    slugs = list(dict.fromkeys(address.lower().replace(" ", "+").split("+")))
    return slugs if len(slugs) <= MAX_TAGS and "" not in slugs else []


def write(slugs: list[str]) -> str:
    """The one spelling of the address of these tags."""
    return "+".join(slugs)
