"""The kinds of messages that no reply can be."""

from __future__ import annotations

from typing import Literal

MessageKind = Literal["choices", "subscribe", "mini_page", "card", "article", "typing"]
