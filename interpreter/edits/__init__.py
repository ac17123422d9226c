"""What an edit of a bot does to conversations that are under way.

A session remembers names and values. So an edit that looks harmless may end conversations (a state got another name),
or make them fail (a variable got another type). The old bot and the new one are compared here as models, and places
are looked up in the new program exactly as the machine will look them up.
"""
