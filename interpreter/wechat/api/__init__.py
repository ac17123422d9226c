"""Calling WeChat's API: requests built from the catalogue, tokens that all processes share, failures in plain words.

`client` is what everybody uses. Below it, in this order: `requests` makes a request of a method and its arguments,
without sending it; `transport` sends one and tells JSON from files; `sources` fetch tokens and tickets, `tokens` keeps
them; `quotas` remembers what is used up; `local` computes what needs no call. Above it, `media` makes media ids of
files, and `opening` is the short way in for Python programs.
"""
