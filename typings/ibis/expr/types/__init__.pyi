from typing import Any, TypeAlias

Table: TypeAlias = Any
Column: TypeAlias = Any
Value: TypeAlias = Any
Scalar: TypeAlias = Any
BooleanValue: TypeAlias = Any
TimestampValue: TypeAlias = Any
NumericValue: TypeAlias = Any
StringValue: TypeAlias = Any

def __getattr__(name: str) -> Any: ...
