"""`deploy/compose.yaml`: what it keeps apart, and that everything in it is there."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML
from support.deployment import DEPLOY, composed
from support.redis_server import REASON, is_installed
from support.served import until


def test_compose_keeps_the_bot_apart_and_conversations_safe() -> None:
    services = composed()
    bot, redis, caddy = services["bot"], services["redis"], services["caddy"]
    assert bot["read_only"] is True
    assert bot["cap_drop"] == redis["cap_drop"] == ["ALL"]
    assert "ports" not in bot
    assert "ports" not in redis
    assert caddy["ports"] == ["80:80", "443:443"]
    _, *words = redis["command"]  # type: ignore[misc]
    settings = dict(zip(words[::2], words[1::2], strict=True))
    assert settings | {"--maxmemory": "256mb"} == {
        "--appendonly": "yes",
        "--appendfsync": "always",
        "--save": "",
        "--maxmemory-policy": "noeviction",
        "--maxmemory": "256mb",
    }
    assert redis["mem_limit"] == "512m"  # a rewrite of the log may take as much again
    assert all(service["read_only"] is True and service["cap_drop"] == ["ALL"] for service in services.values())
    assert all({"mem_limit", "pids_limit", "logging"} <= set(service) for service in services.values())
    assert all(service["restart"] == "unless-stopped" for service in services.values())


DURATION = {"type": "string", "pattern": r"^\d+(ms|s|m|h)$"}
SIZE = {"type": "string", "pattern": r"^\d+[kmg]b?$"}
TEXTS = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
WORDS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
VALUES = {"type": "object", "additionalProperties": {"type": "string"}}
SERVICE: Mapping[str, object] = {
    "build": VALUES,
    "image": {"type": "string", "pattern": r"^(docker\.io/library/\w+:[\w.-]+|dialog-bot)$"},
    "command": WORDS,
    "environment": VALUES,
    "env_file": TEXTS,
    "volumes": {"type": "array", "items": {"type": "string", "pattern": r"^[\w./-]+:/[\w/]+(:ro)?$"}},
    "networks": TEXTS,
    "ports": {"type": "array", "items": {"type": "string", "pattern": r"^\d+:\d+(/udp)?$"}},
    "depends_on": {
        "oneOf": [
            TEXTS,
            {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "properties": {
                        "condition": {"enum": ["service_started", "service_healthy", "service_completed_successfully"]}
                    },
                    "required": ["condition"],
                    "additionalProperties": False,
                },
            },
        ]
    },
    "healthcheck": {
        "type": "object",
        "properties": {
            "test": {**WORDS, "contains": {"enum": ["CMD", "CMD-SHELL"]}},
            "retries": {"type": "integer"},
            **dict.fromkeys(("interval", "timeout", "start_period", "start_interval"), DURATION),
        },
        "additionalProperties": False,
    },
    "user": {"type": "string"},
    "read_only": {"type": "boolean"},
    "tmpfs": TEXTS,
    "cap_drop": TEXTS,
    "cap_add": TEXTS,
    "security_opt": TEXTS,
    "ulimits": {"type": "object", "additionalProperties": {"type": "integer"}},
    "mem_limit": SIZE,
    "pids_limit": {"type": "integer"},
    "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
    "stop_grace_period": DURATION,
    "logging": {
        "type": "object",
        "properties": {"driver": {"type": "string"}, "options": VALUES},
        "additionalProperties": False,
    },
}
"""The part of https://github.com/compose-spec/compose-spec that we use."""
PROJECT = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "services": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": SERVICE,
                "additionalProperties": False,
                "anyOf": [{"required": ["image"]}, {"required": ["build"]}],
            },
        },
        "networks": {"type": "object"},
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
    },
    "required": ["services"],
    "additionalProperties": False,
}


def test_compose_is_what_the_specification_of_compose_allows() -> None:
    jsonschema.validate(YAML(typ="safe").load(DEPLOY / "compose.yaml"), PROJECT)


@pytest.mark.skipif(not is_installed(), reason=REASON)
def test_redis_takes_the_settings_of_compose(tmp_path: Path) -> None:
    program, *words = composed()["redis"]["command"]  # type: ignore[misc]
    place = ["--port", "0", "--unixsocket", str(tmp_path / "s"), "--dir", str(tmp_path), "--daemonize", "no"]
    redis = subprocess.Popen([program, *words, *place], stdout=subprocess.DEVNULL)
    check, *command = composed()["redis"]["healthcheck"]["test"]  # type: ignore[call-overload]
    try:
        assert check == "CMD"
        asked = [command[0], "-s", str(tmp_path / "s"), *command[1:]]
        assert until(lambda: subprocess.run(asked, capture_output=True, check=False).returncode == 0)
    finally:
        redis.kill()
        redis.wait()


def test_compose_names_files_and_services_that_are_there() -> None:
    whole = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    services = composed()
    build = services["bot"]["build"]
    assert isinstance(build, dict)
    assert (DEPLOY / build["context"] / build["dockerfile"]).exists()
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)  # type: ignore[call-overload]
        assert set(service.get("networks", ())) <= set(whole["networks"])  # type: ignore[call-overload]
        for volume in service.get("volumes", ()):  # type: ignore[attr-defined]
            source = volume.partition(":")[0]
            assert source in whole["volumes"] or (DEPLOY / source).exists() or source == "./bots", source


def test_the_proxy_that_is_trusted_is_in_the_network_of_compose() -> None:
    whole = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    (subnet,) = (item["subnet"] for item in whole["networks"]["front"]["ipam"]["config"])
    assert whole["services"]["bot"]["environment"]["DIALOG_TRUST_PROXY"] == subnet
