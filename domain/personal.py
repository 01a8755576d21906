"""Text that a person wrote about work, or that names a person."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Personal:
    """Personal text and whose it is. The codec encrypts `text` under the key of `subject` whenever it becomes bytes.

    `text` is None once the subject's key has been destroyed: the fact stays, the words are gone.
    """

    subject: UUID
    text: str | None
