"""Diagnostics: everything that is said to an author about a file, by any stage.

A finding is a value: a stable code, a place, a sentence in English and Chinese, and where possible the change that
mends it. Stages that look inside one scalar (expressions, patterns, templates) speak of `Problem`s, whose offsets
count in the scalar's text; `placing` puts them into the file. `reading` words what the source stage found. `suggest`
knows the nearest names, `render` and `formats` print.

Nothing here decides what is wrong with a bot, and nothing prints to a terminal itself: renderers return text.
"""
