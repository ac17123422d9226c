"""The compiler: it lowers a checked model to the tables and closures of a `Program`.

It takes what `dialog` built and `check` analysed, and decides nothing about the language any more: every mistake an
author can make has been reported before.
"""
