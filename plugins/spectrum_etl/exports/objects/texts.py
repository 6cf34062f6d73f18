"""Procore's words as facts: which fields are rich text, and how such a text becomes plain. The one place that decides.

Titles, names, numbers, addresses and codes are plain: `Replace <existing> door` is meant as it stands. Descriptions are
written in an editor that formats, so they come as HTML; of those, known tags are taken out and entities decoded, and
nothing else. No published page says which field is which: descriptions of change orders, contracts and lines have been
seen with markup, others have not. Used by the modules of `exports.objects` while they collect.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

#: Fields of Procore that are rich text, as resource and field; every other one is plain.
RICH = frozenset({("change_order", "description"), ("line_item", "description")})


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Tags that end a line of text, and so part words.
_BREAKS = _names(
    "address article aside blockquote br caption dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr li main nav ol"
    " p pre section table tbody td tfoot th thead tr ul"
)
#: Tags that only format; each has its other half.
_INLINE = _names(
    "a abbr b big cite code del em font i ins kbd label mark o:p q s samp small span strike strong sub sup tt u var"
)
#: Tags that stand for themselves.
_VOID = _names("col img meta wbr")
#: Elements whose content is no text, and comments.
_SILENT = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
#: With attributes as editors write them, so that `<b and c>` is no tag.
_TAG = re.compile(
    r"""<(/?)([a-z][a-z0-9]*(?::[a-z]+)?)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))*)\s*/?>""", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")


def text_of(resource: str, record: Mapping[str, Any], field: str) -> str:
    """A field of words as it is kept, shown to the approver, and sent.

    Args:
        resource: what the record is: `change_order`, `line_item`, `vendor`, ...
        record: as Procore sends it.
        field: its name there.
    """
    value = record.get(field)
    shown = "" if value is None else str(value).strip()
    return plain_of(shown) if (resource, field) in RICH else shown


def plain_of(rich: str) -> str:
    """A rich text in one line: without the tags of HTML, with its entities decoded, white space folded.

    What only looks like a tag stays: `<existing>` is none of HTML's, and of `door <A>` the other half is missing.
    """
    text = _SILENT.sub(" ", rich)
    halves = _halves(text)

    def without(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if name in _BREAKS:
            return " "
        return "" if name in _VOID or tag.start() in halves else tag[0]

    # Entities come last: `&lt;b&gt;` is somebody's text.
    return " ".join(_ENTITY.sub(lambda found: html.unescape(found[0]), _TAG.sub(without, text)).split())


def _halves(text: str) -> set[int]:
    """Where the formatting tags begin that have their other half."""
    opened: dict[str, list[int]] = {}
    found: set[int] = set()
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if name not in _INLINE:
            continue
        if not tag[1]:
            opened.setdefault(name, []).append(tag.start())
        elif opened.get(name):
            found |= {opened[name].pop(), tag.start()}
    return found
