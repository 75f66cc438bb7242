"""A long list in pages: where one begins, and the ways to the ones before and after. Counts nothing itself."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list of `count`: its rows begin at `start`; `before` and `after` lead on, empty at an end."""

    count: int
    start: int
    before: str = ""
    after: str = ""


def paging(count: int, size: int, to: Callable[[int], str]) -> Paging:
    """Give the page that `?page=` of this request asks for, or the nearest there is; `to` makes the address of a page by its number."""
    last = max(1, -(-count // size))
    number = min(max(1, request.args.get("page", 1, type=int)), last)
    return Paging(count, (number - 1) * size, to(number - 1) if number > 1 else "", to(number + 1) if number < last else "")
