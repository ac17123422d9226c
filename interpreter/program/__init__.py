"""The compiled machine: frozen tables, written by the compiler and run by the machine.

A *routine* is a flat list of instructions. Everything an author writes as steps becomes one: a rule, a flow, what a
state says when tries are spent, `before`, `failure`. Branches and loops are jumps. Where a routine can stop and be
continued later it has a *site*, a name that outlives edits of the file (`flows.survey/age`): a session stores names,
never positions.

Closures come from the compiler; the machine calls them and knows nothing of how they were made.
"""
