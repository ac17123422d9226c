"""Checking a bot: every name is resolved, every expression gets its type, and what cannot run is said before it runs.

Takes the dialog model, which may have holes where the author's text could not be read; gives an `Analysis`, which the
compiler looks things up in, and the diagnostics. One walk over the model carries a scope through every list of steps:
a name is visible after the step that defines it, what a condition has shown holds inside its branch, and a branch that
stops takes no part in what follows.

Knows nothing of YAML, of the compiled program or of what happens at run time. It never raises on an author's mistake,
and a name it has reported is of type `error` from there on, so that one cause is said once.
"""
