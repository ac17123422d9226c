r"""Pattern notation: which text messages a rule answers, and what it takes from them.

Takes patterns as authors write them (`你好(呀|)`, `=help`, `~help`, `订<n:int>张票`, `/^s\s+(?<q>.+)$/i`); gives
trees, then matchers, then a finder that holds all patterns of one list of rules and names the first rule that matches.
It refuses to know rules, conditions and sessions, and never walks a list that an index can spare it.

- `tree`: the syntax tree; `notation` and `phrase_parser` read it, `phrase_refusals` words what they refuse
- `variants`: a phrase without its alternatives, one variant for each way through them
- `matching`: one pattern against one message; `slots` for variants with slots, `typos` for `~`, `straight` for regular
  expressions whose match most often is found without RE2
- `clues`: what must be in a message for a pattern to have a chance; `finder` is the index of clues
"""
