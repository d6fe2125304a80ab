# Ibis is untyped for a strict checker; its names are declared as Any, so that our own code is checked and its is not.
from typing import Any

def __getattr__(name: str) -> Any: ...
