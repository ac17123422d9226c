"""A bot that keeps a ledger, and the judge of what its users saw.

Every message `记 WORD` is one entry. The bot answers with the number of the entry, so an answer tells what the bot
knew: an entry that was lost, written twice or written on an old state shows in some answer after it.

The judge holds everybody's history against a ledger that does one thing after the other: numbers are given once, an
entry that was answered before another was sent has the smaller one, and at the end every acknowledged entry stands
where its number says.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

BOT = """
dialog: 1
name: ledger
session: 1d
account:
  path: /wechat
  token: $(env.WX_TOKEN)
  app_id: $(env.WX_APP_ID)
  aes_key: $(env.WX_AES_KEY)
  encryption: compatible
vars:
  user.count: int = 0
  user.last: list(text) = []
rules:
  entry:
    pattern: /^记 (?<word>\\S+)$/
    set: [user.count += 1, "user.last = (user.last + [word])[-60:]"]
    reply: $(user.count) $(word)
  all: {pattern: =全部, reply: "$(user.count) $(join(\\",\\", user.last))"}
fallback: 没听懂
"""


@dataclass(slots=True)
class Entry:
    """One message of a user: its word, and every answer it got (deliveries that were not answered have none)."""

    user: str
    word: str
    began: float
    ended: float = float("inf")
    """When it was first answered."""
    answers: list[str] = field(default_factory=list)

    @property
    def is_acknowledged(self) -> bool:
        """Whether some delivery was answered with the reply."""
        return bool(self.answers)

    @property
    def number(self) -> int:
        """Which entry of its user it is, by its first answer; 0 when that tells none."""
        number = self.answers[0].partition(" ")[0] if self.answers else ""
        return int(number) if number.isdigit() else 0

    def hear(self, answer: str | None) -> None:
        """Note what a delivery was answered with."""
        if answer is not None:
            self.ended = min(self.ended, time.monotonic())
            self.answers.append(answer)


@dataclass(slots=True)
class Judge:
    """What everybody sent and saw, in the order in which it was sent."""

    entries: list[Entry] = field(default_factory=list)
    finals: dict[str, str] = field(default_factory=dict)
    """What `全部` said at the end, by user; nothing of a user who got no answer."""
    _words: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def sent(self, user: str, word: str) -> Entry:
        """Note a message before its first delivery."""
        entry = Entry(user, word, time.monotonic())
        self.entries.append(entry)
        self._words[user, word] = entry
        return entry

    def heard(self, entry: Entry, answer: str | None) -> None:
        """Note what a delivery was answered with."""
        if answer is not None:
            entry.hear(self._without_late(entry.user, answer))

    def heard_all(self, user: str, answer: str) -> None:
        """Note a whole ledger."""
        self.finals[user] = self._without_late(user, answer)

    def _without_late(self, user: str, answer: str) -> str:
        """An answer without the replies before it, a line each, that no delivery had come for; those are noted."""
        own = answer
        while "\n" in own:
            late, _, rest = own.partition("\n")
            entry = self._words.get((user, late.partition(" ")[2]))
            if entry is None:
                return answer
            entry.hear(late)
            own = rest
        return own

    @property
    def acknowledged(self) -> int:
        """How many entries were answered."""
        return sum(entry.is_acknowledged for entry in self.entries)

    @property
    def users(self) -> list[str]:
        """Everybody who wrote."""
        return sorted({entry.user for entry in self.entries})

    def faults(self) -> list[str]:
        """Everything that is wrong with what was seen; nothing, if every promise was kept."""
        by_user: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            by_user[entry.user].append(entry)
        return [fault for user, entries in by_user.items() for fault in self._faults_of(user, entries)]

    def lost(self) -> list[Entry]:
        """Acknowledged entries that are not where the ledger should have them, as far as it still shows them."""
        return [entry for entry in self.entries if entry.is_acknowledged and self._is_gone(entry)]

    def _faults_of(self, user: str, entries: list[Entry]) -> Iterator[str]:
        numbers: Counter[int] = Counter()
        for entry in entries:
            if len(set(entry.answers)) > 1:
                yield f"{user}: {entry.word} was answered in different ways: {sorted(set(entry.answers))}"
            if entry.is_acknowledged:
                numbers[entry.number] += 1
                if entry.answers[0] != f"{entry.number} {entry.word}":
                    yield f"{user}: {entry.word} got the answer {entry.answers[0]!r}"
        for number, times in numbers.items():
            if times > 1:
                yield f"{user}: entry {number} was given {times} times"
        yield from _order_faults(user, entries)
        if user in self.finals:
            yield from self._final_faults(user, entries)

    def _final_faults(self, user: str, entries: list[Entry]) -> Iterator[str]:
        count, kept = self._final(user)
        for word, times in Counter(kept).items():
            if times > 1:
                yield f"{user}: {word} was written {times} times"
        for entry in entries:
            if entry.is_acknowledged and self._is_gone(entry):
                yield f"{user}: {entry.word} was acknowledged as {entry.number} and is lost"
        acknowledged = sum(entry.is_acknowledged for entry in entries)
        if not acknowledged <= count <= len(entries):
            yield f"{user}: {acknowledged} of {len(entries)} entries were acknowledged, the ledger has {count}"

    def _final(self, user: str) -> tuple[int, list[str]]:
        count, _, words = self.finals[user].partition(" ")
        return int(count), words.split(",") if words else []

    def _is_gone(self, entry: Entry) -> bool:
        if entry.user not in self.finals:
            return False
        count, kept = self._final(entry.user)
        place = entry.number - (count - len(kept)) - 1
        return entry.number > count or (place >= 0 and kept[place] != entry.word)


def _order_faults(user: str, entries: list[Entry]) -> Iterator[str]:
    """Entries that were answered before another was sent, which yet has the smaller number."""
    latest: Entry | None = None
    for entry in sorted((entry for entry in entries if entry.is_acknowledged), key=lambda entry: entry.number):
        if latest is not None and entry.ended < latest.began:
            yield f"{user}: {entry.word} was answered before {latest.word} was sent, and comes after it"
        if latest is None or entry.began > latest.began:
            latest = entry
