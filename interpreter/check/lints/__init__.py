"""Checks over a bot that could run: what would hurt its users, found before they do.

A check is a module with a `CODE` and a function `check(subject)` that yields diagnostics; `registry` lists them. The
analysis has shown by then that every name and type is right, so a check asks only its own question.
"""
