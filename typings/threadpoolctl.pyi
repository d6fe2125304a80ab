# What tskit uses of threadpoolctl, which carries no types.
from contextlib import AbstractContextManager

class ThreadpoolController:
    def limit(self, *, limits: int | None = None, user_api: str | None = None) -> AbstractContextManager[object]: ...

def threadpool_limits(*, limits: int | None = None, user_api: str | None = None) -> AbstractContextManager[object]: ...
