"""What all endpoints of a server share: who may come in, what is told of those who may not, and whether it is open."""

from __future__ import annotations

from dataclasses import dataclass

from interpreter.server.peers import Peers
from interpreter.server.readiness import Readiness
from interpreter.server.refusals import RefusalLog
from interpreter.server.tally import Tally


@dataclass(frozen=True, slots=True)
class Door:
    """Everything an endpoint asks before and after a turn."""

    peers: Peers
    refusals: RefusalLog
    readiness: Readiness
    tally: Tally
