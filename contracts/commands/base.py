"""What a caller may ask for: the bodies of commands. One file a resource."""

from typing import Any

from pydantic import BaseModel, ConfigDict

# Ids for the examples in the OpenAPI document.
ANA, BO, TEAM, CYCLE, GOAL, PARENT = (f"019b0000-0000-7000-8000-00000000000{n}" for n in range(1, 7))


class CommandBody(BaseModel):
    """A body. An unknown field is refused, so that no misspelt wish is lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def over(self, state: Any, *names: str) -> dict[str, Any]:
        """These fields as given; one that was left out as it stands in `state`. Null is given: it clears."""
        return {name: getattr(self if name in self.model_fields_set else state, name) for name in names}


class Nothing(CommandBody):
    """The command has nothing to say beside its name: an empty object."""


def example(**body: Any) -> ConfigDict:
    """A body that works, shown in the OpenAPI document."""
    return ConfigDict(json_schema_extra={"examples": [body]})
