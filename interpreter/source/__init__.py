"""Source: from the bytes of a file to a tree in which every scalar knows where it stands.

The stage takes the text of a YAML or JSON file and gives a tree of mappings, sequences and scalars together with the
problems met on the way. Scalars stay the text that their author wrote: `no`, `010` and `12:30` mean nothing here; what
a leaf is, the schema decides later. A scalar inside quotes or a block can still say where in the file each of its
characters stands, so that a finding inside a template points at its own column.

Any input at all ends in a tree, problems, or both; nothing raises, nothing recurses, and depth, size and alias
expansion are bounded, since the file may come from a stranger. Where a slip can be mended in one obvious way, the
reader reports it, mends its own copy and reads on, so that one slip does not hide what follows it.

The stage knows neither wordings nor codes: `diagnostics.reading` turns its problems into findings. It knows nothing
about dialogs either.
"""
