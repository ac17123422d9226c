"""The dialog model: a bot as its author means it, with a place for everything an author may get wrong.

Every leaf has been read in its own language (expression, text, pattern, type) by the time it stands here. Shorthands
are gone: a rule's `set`, `reply` and target are steps like any other, a bare list is a random pick, a flow that is a
list is its `do`.
"""
