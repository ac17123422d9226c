"""The yardstick: an aiohttp handler that checks the signature, parses the XML and answers a constant.

python bare.py PORT RULES [--uvloop]
"""

from __future__ import annotations

import hashlib
import hmac
import sys
from pathlib import Path

from aiohttp import web
from lxml import etree

sys.path.insert(0, str(Path(__file__).parents[1]))
from work import PATH, TOKEN

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


async def answer(request: web.Request) -> web.Response:
    """A constant, for who can sign."""
    query = request.query
    signed = "".join(sorted((TOKEN, query["timestamp"], query["nonce"])))
    if not hmac.compare_digest(hashlib.sha1(signed.encode()).hexdigest(), query["signature"]):
        return web.Response(status=403)
    fields = {child.tag: child.text or "" for child in etree.fromstring(await request.read(), PARSER)}
    reply = (
        f"<xml><ToUserName><![CDATA[{fields['FromUserName']}]]></ToUserName><FromUserName><![CDATA["
        f"{fields['ToUserName']}]]></FromUserName><CreateTime>1700000000</CreateTime>"
        "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content></xml>"
    )
    return web.Response(text=reply, content_type="application/xml")


if __name__ == "__main__":
    if "--uvloop" in sys.argv:
        import uvloop

        uvloop.install()
    app = web.Application()
    app.router.add_post(PATH, answer)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
