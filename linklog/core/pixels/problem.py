"""Why no picture can be made of a file, by name: the sentences are in `core.pictures`, where there is a language to say them in."""

from enum import StrEnum, auto


class Problem(StrEnum):
    EMPTY = auto()
    TOO_LARGE = auto()
    TOO_MANY_PIXELS = auto()
    TOO_MANY_FRAMES = auto()
    DAMAGED = auto()
    SVG = auto()
    HTML = auto()
    PDF = auto()
    ARCHIVE = auto()
    FILM = auto()
    TEXT = auto()
    OTHER_FORMAT = auto()
    NEEDS_HEIF = auto()
    UNKNOWN = auto()
    NO_MEMORY = auto()
    NO_TIME = auto()
    CRASHED = auto()
    NO_ROOM = auto()


class Refused(Exception):
    """Nothing can be made of this file, and trying again would not help."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem
