"""Each package's front door is a list, and every name on it is documented."""

import importlib
import inspect
import pkgutil

import pytest

import tskit

MODULES = sorted(m.name for m in pkgutil.walk_packages(tskit.__path__, "tskit.") if not m.name.endswith("__main__"))


@pytest.mark.parametrize("name", MODULES)
def test_a_module_lists_what_it_offers(name):
    module = importlib.import_module(name)
    assert isinstance(getattr(module, "__all__", None), list), f"{name} has no __all__"
    missing = [public for public in module.__all__ if not hasattr(module, public)]
    assert missing == []


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_and_class_says_what_it_gives(name):
    module = importlib.import_module(name)
    for public in module.__all__:
        thing = getattr(module, public)
        if inspect.isfunction(thing) or inspect.isclass(thing):
            assert inspect.getdoc(thing), f"{name}.{public} has no docstring"


def test_the_front_door_offers_the_six_types_and_load():
    assert set(tskit.__all__) == {"CaseSet", "Finding", "Pattern", "Run", "Scope", "Tag", "__version__", "load"}
