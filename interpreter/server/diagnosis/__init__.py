"""Why an address would not verify, or messages would not arrive: what `dialog-doctor` knows.

Facts are gathered by a few modules that look at the world (`visiting`, `looking`, `computer`) and judged by functions
that only compare: the settings of an account, an address, an answer, a clock, a store. A judgement is a `Finding`: what
was seen, and for whatever is wrong one next step. Nothing here changes anything, but for the one event that
`delivery` describes.
"""
