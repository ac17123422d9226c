"""Methods that call nobody: addresses to send users to, and signatures for pages, cards and the payment of 2014.

`LOCAL` has a function for each of them; the names are those of the catalogue.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from interpreter.values import Value
from interpreter.wechat.api.requests import Account

_CARD_EXT = ("code", "openid", "timestamp", "nonce_str", "fixed_begintimestamp", "outer_str", "balance")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a method may need besides its arguments."""

    account: Account
    time: int
    """In seconds."""
    nonce: str
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """`ticket` for pages, `token` for the address of a file."""


Given = Mapping[str, object]


def show_qrcode_url(ticket: str) -> str:
    """The address of the picture of a QR code; nobody needs a token for it."""
    return f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}"


def page_signature(ticket: str, nonce: str, timestamp: int | str, url: str) -> str:
    """The signature with which a page configures the JS-SDK."""
    page = url.partition("#")[0]
    return _sha1(f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}")


def card_signature(*values: object) -> str:
    """The signature of a card: the values that are not empty, sorted."""
    texts = [str(value) for value in values if value not in (None, "")]
    return _sha1("".join(sorted(texts, key=str.encode)))


def _config(given: Given, it: Circumstances) -> dict[str, Value]:
    config: dict[str, Value] = {
        "debug": given.get("debug") is True,
        "appId": it.account.app_id,
        "timestamp": it.time,
        "nonceStr": it.nonce,
        "signature": page_signature(it.secrets["ticket"], it.nonce, it.time, str(given["url"])),
        "jsApiList": _texts(given.get("js_api_list")),
    }
    return config | ({"openTagList": _texts(given["open_tag_list"])} if given.get("open_tag_list") else {})


def _address(given: Given, _: Circumstances) -> dict[str, Value]:
    return {"addrSign": _sha1(_pairs(given, ("accesstoken", "appid", "noncestr", "timestamp", "url")))}


def _pay_package(given: Given, _: Circumstances) -> dict[str, Value]:
    fields = {name: str(value) for name, value in given.items() if name != "partner_key" and value not in (None, "")}
    names = sorted(fields)
    signed = _pairs(fields, names) + f"&key={given['partner_key']}"
    sign = hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest().upper()
    return {"package": "&".join(f"{name}={quote(fields[name], safe='')}" for name in names) + f"&sign={sign}"}


def _legacy_pay(given: Given, _: Circumstances) -> dict[str, Value]:
    return {"paySign": _sha1(_pairs(given, ("appid", "appkey", "noncestr", "package", "timestamp")))}


def _feedback(given: Given, _: Circumstances) -> dict[str, Value]:
    expected = _sha1(_pairs(given, ("appid", "appkey", "openid", "timestamp")))
    found = str(given.get("app_signature", "")).lower()
    return {"signature": expected, "is_valid": hmac.compare_digest(expected.encode(), found.encode())}


def _card_ext(given: Given, _: Circumstances) -> dict[str, Value]:
    signed = ("api_ticket", "timestamp", "card_id", "code", "openid", "nonce_str", "balance")
    signature = card_signature(*(given.get(name) for name in signed))
    ext = {name: given[name] for name in _CARD_EXT if given.get(name) not in (None, "")} | {"signature": signature}
    return {"cardExt": json.dumps(ext, ensure_ascii=False, separators=(",", ":"))}


def _choose_card(given: Given, _: Circumstances) -> dict[str, Value]:
    signed = ("api_ticket", "app_id", "location_id", "times_tamp", "nonce_str", "card_id", "card_type")
    return {"cardSign": card_signature(*(given.get(name) for name in signed))}


def _media_url(given: Given, it: Circumstances) -> dict[str, Value]:
    token, media = quote(it.secrets["token"], safe=""), quote(str(given["media_id"]), safe="")
    return {"url": f"https://api.weixin.qq.com/cgi-bin/media/get?access_token={token}&media_id={media}"}


def _authorize(given: Given, _: Circumstances) -> dict[str, Value]:
    """WeChat checks the order of the parameters and the fragment."""
    query = _query(given, ("appid", "redirect_uri"), response_type="code")
    rest = _query(given, ("scope", "state", "forcePopup", "forceSnapshot"))
    return {"url": f"https://open.weixin.qq.com/connect/oauth2/authorize?{query}&{rest}#wechat_redirect"}


def _qrconnect(given: Given, _: Circumstances) -> dict[str, Value]:
    query = _query(given, ("appid", "redirect_uri"), response_type="code")
    rest = _query(given, ("state",), scope="snsapi_login")
    return {"url": f"https://open.weixin.qq.com/connect/qrconnect?{query}&{rest}#wechat_redirect"}


def _once(given: Given, _: Circumstances) -> dict[str, Value]:
    """The page on which a user agrees to one message."""
    query = _query(given, ("appid", "scene", "template_id", "redirect_url", "reserved"))
    return {"url": f"https://mp.weixin.qq.com/mp/subscribemsg?action=get_confirm&{query}#wechat_redirect"}


def _corp_authorize(given: Given, _: Circumstances) -> dict[str, Value]:
    query = _query({**given, "appid": given["corpid"]}, ("appid", "redirect_uri"), response_type="code")
    rest = _query(given, ("scope", "state", "agentid"))
    return {"url": f"https://open.weixin.qq.com/connect/oauth2/authorize?{query}&{rest}#wechat_redirect"}


def _corp_login(given: Given, _: Circumstances) -> dict[str, Value]:
    query = _query(given, ("appid", "agentid", "redirect_uri", "state"), login_type="CorpApp")
    return {"url": f"https://login.work.weixin.qq.com/wwlogin/sso/login?{query}"}


LOCAL: Mapping[str, Callable[[Given, Circumstances], dict[str, Value]]] = {
    "jssdk.build_config": _config,
    "jssdk.sign_address": _address,
    "jssdk.build_pay_package": _pay_package,
    "jssdk.sign_legacy_pay": _legacy_pay,
    "jssdk.build_card_ext": _card_ext,
    "jssdk.sign_choose_card": _choose_card,
    "media.media_url": _media_url,
    "oauth.authorize_url": _authorize,
    "oauth.qrconnect_url": _qrconnect,
    "pay_legacy.verify_feedback_notice": _feedback,
    "template.once_subscription_url": _once,
    "wecom_oauth.corp_authorize_url": _corp_authorize,
    "wecom_oauth.sso_qrconnect_url": _corp_login,
}
TAKES_TICKET = frozenset({"jssdk.build_config"})
TAKES_TOKEN = frozenset({"media.media_url"})


def _pairs(given: Given, names: tuple[str, ...] | list[str]) -> str:
    return "&".join(f"{name}={given.get(name, '')}" for name in names)


def _query(given: Given, names: tuple[str, ...], **constants: str) -> str:
    pairs = [(name, given[name]) for name in names if given.get(name) not in (None, "")]
    texts = [(name, "true" if value is True else str(value)) for name, value in (*pairs, *constants.items())]
    return "&".join(f"{name}={quote(text, safe='')}" for name, text in texts)


def _texts(value: object) -> list[Value]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
