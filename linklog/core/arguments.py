"""What people type after the options of a command, read or refused with a sentence."""

from argparse import ArgumentTypeError
from decimal import Decimal, InvalidOperation


def count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ArgumentTypeError("give a number from 0")
    return int(text)


def dollars(text: str) -> Decimal:
    try:
        found = Decimal(text.removeprefix("$"))
    except InvalidOperation:
        found = Decimal("nan")
    if not (found.is_finite() and found >= 0):
        raise ArgumentTypeError("give dollars, such as 0.50")
    return found
