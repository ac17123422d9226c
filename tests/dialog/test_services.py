from __future__ import annotations

from interpreter.dialog.services import read_services


def test_services_are_read(chunk, leaves, tree, outline):
    found = read_services(leaves, tree(chunk.source))
    assert outline(tuple(found.values()), leaves.diagnostics) == chunk.expected


def test_no_map_holds_no_services(leaves):
    assert read_services(leaves, None) == {}
