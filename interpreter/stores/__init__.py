"""Where conversations are kept between turns.

A store takes and gives whole sessions under a key and a revision; it decides nothing about them. One turn is one atomic
write: the session as it is now and the reply that was given, so that a message delivered again gets the same answer
and moves the conversation only once. A write that was decided on an older revision is refused, and the engine decides
again. What a user said ends with the conversation; what a bot remembers of a user stays until it is erased.

The package knows nothing of bots, HTTP or WeChat.
"""
