"""Conversation tests: they feed the machine with a pinned clock, pinned chance and mocked services.

A test takes the lines an author wrote and gives a verdict with a place; it knows no server and no store.
"""
