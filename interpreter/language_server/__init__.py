"""The language server: what editors ask about bots while they are written, over the Language Server Protocol.

`server` is the wiring to pygls and the only module that is asynchronous; `projects` knows which file belongs to which
bot. All else are functions over a checked bot (`checked`), its names (`index`), and the text at the cursor (`lines`,
`places`).
"""
