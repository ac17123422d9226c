"""From the position tree of a bot's files to its model.

This stage takes the trees that `source` has read. `structure` holds them against the closed schema of the language
(`shapes`) and says what is out of place; `build` turns them into the model (`model`), where every shorthand is written
out and every leaf has been read in its own language: expressions, texts, patterns, types, durations, the lines of a
test. `loading` does both for a bot of several files, whose maps it merges.

It refuses to know whether a name exists, whether types fit or what a rule does: that is `check`. It never fails: what
cannot be read is a diagnostic and a hole in the model, and the stages above go on around the hole.
"""
