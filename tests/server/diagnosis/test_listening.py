from __future__ import annotations

import socket

from interpreter.server.diagnosis.listening import PortState, look_at_port


def test_a_port_nobody_has_is_free() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert look_at_port("127.0.0.1", port) is PortState.FREE


def test_a_port_somebody_has_is_taken() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        assert look_at_port("127.0.0.1", server.getsockname()[1]) is PortState.TAKEN


def test_an_address_of_another_computer_is_not_here() -> None:
    assert look_at_port("192.0.2.1", 8080) is PortState.NOT_HERE
