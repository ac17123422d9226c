from __future__ import annotations

from pathlib import Path

import pytest

from interpreter.check.records import message_type, variants_of
from interpreter.machine.events import Message
from interpreter.values import Value
from interpreter.wechat.errors import MalformedMessage
from interpreter.wechat.messages import is_last_delivery, message_key, read_message
from interpreter.wechat.xml import read_xml

RECORDED = Path(__file__).parents[1] / "data" / "wechat" / "messages"


def recorded(name: str) -> Message:
    return read_message(read_xml((RECORDED / f"{name}.xml").read_bytes()))


def built(**fields: Value) -> Message:
    common = {"ToUserName": "gh_bot", "FromUserName": "oUser1", "CreateTime": "1700000000", "MsgType": "event"}
    return read_message({**common, **fields})


def test_a_text_message() -> None:
    message = recorded("text")
    assert (message.type, message.user, message.account) == ("text", "oUser1", "gh_bot")
    assert (message.time, message.id, message.text) == (1700000000, "24000000000000001", "hello")
    assert message.fields == {}
    assert message.event is None


FIELDS: dict[str, dict[str, Value]] = {
    "image": {"pic_url": "http://mmbiz.qpic.cn/pic/0", "media_id": "media-1"},
    "voice": {"media_id": "media-2", "format": "amr", "recognition": "open the door"},
    "video": {"media_id": "media-3", "thumb_media_id": "thumb-3"},
    "location": {"location": {"lat": 23.134521, "lng": 113.358803, "scale": 20, "label": "Park Road 1"}},
    "link": {"link": {"title": "A title", "text": "A description", "url": "https://example.com/a"}},
    "file": {"title": "report.pdf", "file_key": "key"},
    "miniprogrampage": {},
    "event-subscribe-by-code": {"event": "subscribe", "key": "qrscene_shop42", "ticket": "ticket-1", "scene": "shop42"},
    "event-scan": {"event": "scan", "key": "shop42", "ticket": "ticket-1", "scene": "shop42"},
    "event-location": {
        "event": "location",
        "location": {"lat": 23.137466, "lng": 113.352425},
        "precision": 119.38504,
    },
    "event-location_select": {
        "event": "location_select",
        "key": "key-8",
        "location": {"lat": 23, "lng": 113, "scale": 15, "label": "Park Road 1"},
    },
    "event-scancode_waitmsg": {"event": "scancode_waitmsg", "key": "key-6"},
    "event-masssendjobfinish": {"event": "masssendjobfinish"},
}


@pytest.mark.parametrize(("name", "fields"), FIELDS.items(), ids=FIELDS.keys())
def test_the_fields_of_each_type(name: str, fields: dict[str, Value]) -> None:
    assert recorded(name).fields == fields


@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.xml")), ids=lambda path: path.stem)
def test_everything_recorded_is_read_and_kept_raw(path: Path) -> None:
    raw = read_xml(path.read_bytes())
    assert read_message(raw).raw == raw


def test_a_recognised_voice_is_text() -> None:
    assert recorded("voice").text == "open the door"


def test_a_voice_without_recognition_has_no_text() -> None:
    message = built(MsgType="voice", MediaId="m", Format="amr", Recognition="")
    assert message.text == ""
    assert "recognition" not in message.fields


def test_only_text_and_voice_have_text() -> None:
    assert built(MsgType="link", Content="hello", Recognition="hello").text == ""


def test_types_and_events_are_lower_case() -> None:
    message = built(MsgType="EVENT", Event="TEMPLATESENDJOBFINISH")
    assert (message.type, message.event) == ("event", "templatesendjobfinish")


def test_a_click_has_the_key_of_its_button() -> None:
    message = built(Event="CLICK", EventKey="V1001")
    assert message.fields == {"event": "click", "key": "V1001"}
    assert message.is_answer


def test_a_plain_follow_has_neither_key_nor_scene() -> None:
    assert built(Event="subscribe", EventKey="").fields == {"event": "subscribe"}


def test_a_follow_from_elsewhere_has_no_scene() -> None:
    assert built(Event="subscribe", EventKey="last_trade_no_1").fields["key"] == "last_trade_no_1"
    assert "scene" not in built(Event="subscribe", EventKey="last_trade_no_1").fields


def test_an_unknown_type_keeps_its_fields_raw() -> None:
    message = built(MsgType="Hologram", Depth="3")
    assert (message.type, message.raw["Depth"]) == ("hologram", "3")


NO_NUMBERS = ["", "north", "1e999", "nan", "1_0", "１２", "9" * 40]


@pytest.mark.parametrize("number", NO_NUMBERS)
@pytest.mark.parametrize("name", ["Location_X", "Location_Y"])
def test_a_location_without_coordinates_is_refused(name: str, number: str) -> None:
    with pytest.raises(MalformedMessage, match="not a number"):
        built(MsgType="location", **{"Location_X": "1", "Location_Y": "2", name: number})


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_a_reported_location_without_coordinates_is_refused(number: str) -> None:
    with pytest.raises(MalformedMessage, match="not a number"):
        built(Event="LOCATION", Latitude=number, Longitude="2", Precision="1")


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_a_number_that_is_not_needed_may_be_missing(number: str) -> None:
    place = built(MsgType="location", Location_X="-1", Location_Y="2.5", Scale=number).fields["location"]
    assert place == {"lat": -1, "lng": 2.5, "scale": 0, "label": ""}
    assert "precision" not in built(Event="LOCATION", Latitude="1", Longitude="2", Precision=number).fields


@pytest.mark.parametrize("sent", ["", {"Location_X": "north"}, {}], ids=str)
def test_a_selected_place_that_cannot_be_read_is_left_out(sent: Value) -> None:
    assert built(Event="location_select", EventKey="k", SendLocationInfo=sent).fields == {
        "event": "location_select",
        "key": "k",
    }


def test_an_event_of_a_button_always_has_a_key() -> None:
    assert built(Event="CLICK", EventKey="").fields["key"] == ""
    assert built(Event="SCAN").fields["scene"] == ""


@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.xml")), ids=lambda path: path.stem)
def test_every_field_is_one_the_language_declares(path: Path) -> None:
    message = recorded(path.stem)
    variant = f"event:{message.event}" if message.event else message.type
    declared = message_type(variants_of([], [message.event]) if message.event else variants_of([message.type], []))
    assert set(message.fields) <= set(declared.fields), variant


@pytest.mark.parametrize("name", ["ToUserName", "FromUserName", "CreateTime", "MsgType"])
@pytest.mark.parametrize("value", ["", " ", ["a", "b"], {"a": "b"}], ids=str)
def test_a_message_without_its_envelope_is_refused(name: str, value: Value) -> None:
    with pytest.raises(MalformedMessage, match=name):
        built(Event="click", **{name: value})


@pytest.mark.parametrize("value", ["soon", "-5", "1.5", "9" * 13])
def test_a_time_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(MalformedMessage, match="CreateTime"):
        built(Event="click", CreateTime=value)


def test_an_event_without_a_name_is_refused() -> None:
    with pytest.raises(MalformedMessage, match="no Event"):
        built()


def test_a_text_with_two_contents_is_refused() -> None:
    with pytest.raises(MalformedMessage, match="Content is not one text"):
        built(MsgType="text", Content=["a", "b"])


# ---------------------------------------------------------------------------------------------------- message keys


def key(body: bytes = b"<xml/>", **fields: Value) -> str:
    common: dict[str, Value] = {"MsgType": "x", "ToUserName": "gh_bot", "FromUserName": "oUser1", "CreateTime": "1"}
    return message_key(read_message({**common, **fields}), body)


def test_a_message_is_known_by_both_ends_and_its_id() -> None:
    assert key(MsgId="5") == "gh_bot|oUser1|5"


def test_a_message_delivered_again_has_the_same_key() -> None:
    assert key(b"<xml>1</xml>", MsgId="5") == key(b"<xml>2</xml>", MsgId="5")
    assert key(b"<xml>1</xml>", Event="CLICK") == key(b" <xml>1</xml>\n", Event="CLICK")


def test_one_id_for_two_users_makes_two_keys() -> None:
    assert key(MsgId="5") != key(MsgId="5", FromUserName="oUser2")


@pytest.mark.parametrize(
    "other",
    [{"Event": "SCAN"}, {"EventKey": "b"}, {"Ticket": "t"}, {"CreateTime": "2"}, {"body": b"<xml>other</xml>"}],
    ids=str,
)
def test_different_events_of_one_second_have_different_keys(other: dict[str, bytes]) -> None:
    first = {"Event": "subscribe", "EventKey": "a"}
    assert key(**first) != key(**{**first, **other})  # type: ignore[arg-type]


@pytest.mark.parametrize("number", ["", "0"])
def test_an_empty_id_is_none(number: str) -> None:
    assert key(b"<xml>1</xml>", MsgId=number) != key(b"<xml>2</xml>", MsgId=number)


@pytest.mark.parametrize(
    ("timestamp", "is_last"),
    [
        ("1700000000", False),
        ("1700000005", False),
        ("1700000010", True),
        ("1700003600", False),
        ("", False),
        ("x", False),
    ],
)
def test_wechats_own_times_tell_which_delivery_is_the_last(timestamp: str, is_last: bool) -> None:
    message = Message(type="text", user="oUser1", account="gh_bot", time=1_700_000_000)
    assert is_last_delivery(message, timestamp) is is_last
