"""What runs a bot's machine: order, deduplication, time, chance, storage, and the effects the machine asks for.

The engine takes a message and gives the bytes that answer it. It knows neither HTTP nor WeChat: how replies become
bytes is handed in with the message. The machine decides everything that a bot does; here it is only made to happen,
once, in order and in time.
"""
