"""Executes a notebook in a forked child, cell by cell over two pipes; papermill knows it as the engine `tskit`.

`adapter` is what papermill loads, `client` and `line` are the side that waits; `child` and what it imports run in the
forked process. Nothing is imported here: neither side needs the other's libraries.
"""

__all__: list[str] = []
