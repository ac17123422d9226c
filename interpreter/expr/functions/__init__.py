"""The functions of the expression language, one module per family.

A family declares its functions with `registry.Family`; `library` puts all families together as `FUNCTIONS`, and
`document` writes `docs/functions*.md` from it. A function is pure: time and chance reach it through `Env`. It is called
with values of its parameters' types only, and the one exception it raises is `Fault`.
"""
