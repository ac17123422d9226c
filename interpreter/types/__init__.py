"""What values may be: the types an author declares, and how a user's words become values of them.

Takes type notation (`int(1..9)?`), regular expressions and the texts users send; gives types, translated regexes and
values. It is the only place that knows what a phone number, an identity card, a date or a "好的" looks like, and the
only one that knows RE2. It refuses to know patterns, rules and expressions, the clock (so no "tomorrow"), and the bot:
entities and locales come in as a `Lexicon`.

- `kinds`: the types themselves; `notation` reads how an author writes them
- `folding`: what two texts must share to count as the same words
- `answers`: a message as a value of a type (`read_answer`), a value held against a type (`fits`); it rests on one small
  module per family: `numerals`, `dates`, `durations`, `contacts`, `idcards`, `consent`; what else the bot knows is in
  its `lexicon`; `parts` says how a value looks inside a longer message
- `regexes`: regular expressions with one documented meaning, on top of RE2; `regex_parser` reads them into the tree of
  `regex_tree`, `regex_classes` gives the sets of characters, `regex_printer` writes RE2
"""
