"""What is wrong with a request, said to who sent it."""


class Refused(Exception):
    """One sentence for people, and the HTTP status that says so to programs."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status
