"""The machine: it takes a program, a session and an event, and gives replies, effects and the next session.

It refuses to know the time, chance, the network, any store and any wire format; `step` explains how it works.
"""
