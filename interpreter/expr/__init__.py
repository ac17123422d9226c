"""Expressions and texts: what an author computes and says.

An expression goes through four hands:

- `parser` reads it to a tree (`tree`). `name` and `a.b` need no grammar; all else goes by `grammar.lark`, of which Lark
  makes the tables (`parse_tables`) that `lalr` reads by, while `syntax` builds the tree. What they refuse Lark reads
  itself (`authority`) to say where and why; `fullwidth`, `foreign` and `explain` find words for the mistake an author
  most likely made. `templates` reads texts
  with `$(…)` inside, `printer` writes a tree as text again.
- `inference` gives every node its static type in a `scope` and reports what can never work: operators on the wrong
  types (`operators`), comparisons and conditions (`comparisons`), unknown fields (`fields`), wrong arguments
  (`calls`), values that may be null where one is needed (`findings`), unless a condition has shown otherwise
  (`narrowing`). `assignable` says which type fits where.
- `closures` compiles the tree to a Python function of the `env`, specialised by those types (`reading`,
  `calling`, `combining`, `fused_comparisons`, `fused_arithmetic`); what is known only at run time goes through
  `dynamic`. Limits are in `bounds`.
- `functions` is the library that expressions may call.

Problems are values with offsets in the expression's text; who knows the file places them. At run time the only
exception that leaves a closure is `values.Fault`. Nothing here knows a file, a clock or a source of randomness.
"""
