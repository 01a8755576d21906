"""What OpenAPI shows as an example of an answer is one."""

import importlib
import pkgutil

import pytest
from pydantic import BaseModel

import contracts

MODULES = [name for _, name, _ in pkgutil.iter_modules(contracts.__path__) if name.startswith("queries_")]
ANSWERS = {
    model.__name__: model
    for module in MODULES
    for model in vars(importlib.import_module(f"contracts.{module}")).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and "json_schema_extra" in model.model_config
}


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_example_is_such_an_answer(name):
    model = ANSWERS[name]
    model.model_validate(model.model_config["json_schema_extra"]["example"], extra="forbid")
