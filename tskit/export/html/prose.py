"""Markdown and HTML from a notebook, reduced to what cannot do anything: no script, no style, no picture, no way out."""

from __future__ import annotations

import re
from html import escape, unescape

import mistune
import nh3
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from tskit.text import neutralise

__all__ = ["clean", "code", "from_markdown", "plain", "table_from_html"]

_TAGS = {
    *(
        "p",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "code",
    ),
    *("strong", "em", "b", "i", "s", "del", "sub", "sup", "span", "bdi", "kbd", "a"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "a": {"href"},
    "ol": {"start"},
}
_TAG = re.compile(r"<[^>]*>")


def clean(html: str) -> str:
    """Return `html` with nothing but text, tables and links within the page."""
    return nh3.clean(
        neutralise(html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_only_within_the_page,
        clean_content_tags={"script", "style"},
        link_rel=None,
        strip_comments=True,
    )


def from_markdown(text: str) -> str:
    """Return Markdown as harmless HTML; HTML within it is shown as the text that it is."""
    render = mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])
    # A link that leads nowhere is a promise not kept: its text stays, the link goes.
    held = re.sub(r"<a>(.*?)</a>", r"\1", clean(str(render(text))), flags=re.DOTALL)
    # A wide table must scroll by itself, and a box that scrolls must be reachable by keyboard.
    return held.replace("<pre>", '<pre tabindex="0">').replace("<th></th>", "<td></td>")


def table_from_html(html: str) -> str:
    """Return an HTML table, such as a data frame's, with the scope of its headers stated."""
    held = clean(html).replace("<th></th>", "<td></td>")
    held = re.sub(
        r"<thead>.*?</thead>", lambda head: head[0].replace("<th>", '<th scope="col">'), held, flags=re.DOTALL
    )
    return re.sub(
        r"<tbody>.*?</tbody>", lambda body: body[0].replace("<th>", '<th scope="row">'), held, flags=re.DOTALL
    )


def plain(html: str) -> str:
    """Return the text of a piece of harmless HTML.

    >>> plain("A &amp; <em>b</em>")
    'A & b'
    """
    return unescape(_TAG.sub("", html)).strip()


def code(source: str) -> str:
    """Return Python source as HTML with classes for its parts of speech."""
    shown = neutralise(source)
    try:
        return highlight(shown, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n")
    except (ValueError, RecursionError):
        return escape(shown)


def _only_within_the_page(tag: str, attribute: str, value: str) -> str | None:
    if (tag, attribute) == ("a", "href"):
        return value if re.fullmatch(r"#[\w-]+", value) else None
    return value
