"""The body of a page as chunks of HTML with places for its questions, made once for each release, language and country."""

import re
from collections import OrderedDict
from typing import Any, Final

from flask import current_app

from elearn.lang import Language
from elearn.richtext.sanitize import stored
from elearn.web.parts.blocks import box_names, country_name, partial_day, status_names, trusted

Json = dict[str, Any]
Key = tuple[int, str, Language, str]

#: As many bodies as a busy worker needs at once; each is some 20 kB.
_MOST: Final = 600
#: The place of a question, as components/pieces.html writes it: a sign that no text of a course may hold stands around its id.
_MARK: Final = re.compile(r"\x02([a-z0-9-]+)\x02")

_chunks: OrderedDict[Key, tuple[str, ...]] = OrderedDict()
_ends: OrderedDict[Key, str] = OrderedDict()


def _template(name: str, macro: str) -> Any:  # noqa: ANN401 - a Jinja macro
    names = {"country_name": country_name, "partial_day": partial_day, "box_names": box_names, "status_names": status_names}
    return getattr(current_app.jinja_env.get_template(f"components/{name}.html", globals=names).module, macro)


def _keep(cache: OrderedDict[Key, Any], key: Key, value: Any) -> None:  # noqa: ANN401 - one helper for both caches
    cache[key] = value
    if len(cache) > _MOST:
        cache.popitem(last=False)


def body_chunks(key: Key, body: Json) -> tuple[str, ...]:
    """Give HTML, question id, HTML, question id … HTML: every second chunk is the id of a question."""
    found = _chunks.get(key)
    if found is None:
        html = str(_template("pieces", "pieces")(trusted(body["pieces"]), key[3]))
        found = tuple(stored(part) if number % 2 == 0 else part for number, part in enumerate(_MARK.split(html)))
        _keep(_chunks, key, found)
    return found


def sources_html(key: Key, body: Json) -> str:
    """Give the word list and the sources of a page."""
    found = _ends.get(key)
    if found is None:
        found = stored(str(_template("sources", "sources")(body["terms"], body["sources"])))
        _keep(_ends, key, found)
    return found
