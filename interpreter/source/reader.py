"""The entrance of the stage: a text and its name become a tree and the problems met on the way."""

from __future__ import annotations

from interpreter.source.faults import ReadProblem
from interpreter.source.json_reader import read_json
from interpreter.source.spans import SourceFile
from interpreter.source.tree import Node
from interpreter.source.yaml_reader import read_yaml


def read_text(name: str, text: str) -> tuple[Node | None, tuple[ReadProblem, ...]]:
    """The tree of a text: JSON when the name ends in `.json`, YAML otherwise. Without a tree there are problems."""
    return read_source(SourceFile(name, text.removeprefix("\ufeff")))


def read_source(file: SourceFile) -> tuple[Node | None, tuple[ReadProblem, ...]]:
    """The tree of a file that has been read already."""
    return read_json(file) if file.name.lower().endswith(".json") else read_yaml(file)
