"""Messages that no reply can be: what only `send` knows."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.replies import Localized
from interpreter.source.spans import Span

MessageKind = Literal["choices", "subscribe", "mini_page", "card", "article", "typing"]


class Message(Struct, frozen=True, eq=False):
    """A list of choices, a page of a mini program, a card, a published article, the typing indicator, a notice."""

    kind: MessageKind
    parts: tuple[tuple[Name, Localized], ...]
    """Its texts by their names: `head` and `tail`, `title` `app_id` `page` `thumb`, `id`, `state`."""
    entries: tuple[tuple[Name, Localized], ...]
    """The choices by their ids, or the values of a notice by their names."""
    span: Span

    def part(self, name: str) -> Localized | None:
        """One of its texts."""
        return next((text for key, text in self.parts if key.text == name), None)
