"""The server: one aiohttp application that serves any number of bots, each under a path of its own.

It knows HTTP, the environment and files with settings; it knows nothing of the dialog language. A request is judged
from the outside in: who sent it, what it is, how large it is; only then is its body read, and only a message that
could be read reaches an engine. WeChat gets an answer in time, whatever happens inside.
"""
