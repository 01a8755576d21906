"""What OpenAPI shows as an example of an answer is one."""

import importlib
import pkgutil

import pytest
from pydantic import BaseModel

from contracts import answers
from tests.json_types import Json


def extra_of(model: type[BaseModel]) -> Json:
    """What a model adds to its schema."""
    extra = model.model_config.get("json_schema_extra")
    return extra if isinstance(extra, dict) else {}


MODULES = [module.name for module in pkgutil.iter_modules(answers.__path__)]
ANSWERS = {
    model.__name__: model
    for module in MODULES
    for model in vars(importlib.import_module(f"{answers.__name__}.{module}")).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and "example" in extra_of(model)
}


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_example_is_such_an_answer(name: str) -> None:
    model = ANSWERS[name]
    model.model_validate(extra_of(model)["example"], extra="forbid")
