"""The page's content policy: what may run and style is named by its hash, and nothing else may."""

from __future__ import annotations

import base64
from hashlib import sha256

__all__ = ["content_policy"]


def content_policy(*, style: str, script: str) -> str:
    """Return the policy of a page whose only style and only script are these; the page can call nobody.

    Args:
        style: the text between the tags of the page's one style element.
        script: the text between the tags of its one script element.
    """
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"
