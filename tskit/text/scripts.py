"""Scripts that are treated in a way of their own, as the inside of a character class."""

__all__ = ["HAN", "THAI"]

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
"""Chinese, which says in one character what other scripts say in two."""
THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"
"""Thai letters and the marks that belong to them."""
