"""The entrance of the stage: a text and its name become a tree and the problems met on the way."""

from __future__ import annotations

import gc

from interpreter.source.faults import ReadProblem
from interpreter.source.spans import SourceFile
from interpreter.source.tree import Node
from interpreter.source.yaml_reader import read_yaml


def read_text(name: str, text: str) -> tuple[Node | None, tuple[ReadProblem, ...]]:
    """The tree of a text: JSON when the name ends in `.json`, YAML otherwise. Without a tree there are problems."""
    return read_source(SourceFile(name, text.removeprefix("\ufeff")))


def read_source(file: SourceFile) -> tuple[Node | None, tuple[ReadProblem, ...]]:
    """The tree of a file that has been read already."""
    collects = gc.isenabled()
    gc.disable()  # a growing tree holds no garbage, and looking for some takes a third of the time
    try:
        if file.name.lower().endswith(".json"):
            from interpreter.source.json_reader import read_json

            return read_json(file)
        return read_yaml(file)
    finally:
        if collects:
            gc.enable()
