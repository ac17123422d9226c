"""Why a method is closed, or should not be used any more, in words."""

from __future__ import annotations

from interpreter.catalogue.methods import Method
from interpreter.diagnostics.wording import Wording

REASONS = {
    "old-shop": Wording(
        "the old WeChat shop takes no new merchants and is kept for those it has",
        "旧版微信小店不再接受新商户，只为已有商户保留",
    ),
    "pay-v2": Wording("it is payment API v2 (XML, signed with MD5)", "它属于支付 API v2（XML 加 MD5 签名）"),
    "pay-2014": Wording("it belongs to the payment scheme of 2014", "它属于 2014 年的旧版支付"),
    "service-closed": Wording("WeChat has closed the service", "微信已关闭这项服务"),
    "tags": Wording("tags took the place of groups in 2016", "2016 年起用标签代替了分组"),
    "form-id": Wording(
        "template messages of mini programs ended in January 2020", "小程序模板消息已于 2020 年 1 月下线"
    ),
    "drafts": Wording("articles live in the draft box since February 2022", "2022 年 2 月起图文改由草稿箱管理"),
    "open-address": Wording(
        "pages call wx.openAddress, which needs no signature", "网页现在用 wx.openAddress，不需要签名"
    ),
    "no-short-links": Wording("it makes no links any more since March 2021", "2021 年 3 月起不再生成短链接"),
    "renamed": Wording("another method took its place", "已由另一个方法代替"),
    "template-cards": Wording("template cards took the place of task cards", "任务卡片已由模板卡片代替"),
    "enterprise-2014": Wording("it belongs to the enterprise accounts of 2014", "它属于 2014 年的企业号"),
}


def describe_fate(method: Method, called: str = "") -> Wording | None:
    """Why a method that is not open should not be used, and what should; None for one that is open.

    `called` is the name somebody has called it by, if it has several.
    """
    if method.fate == "open":
        return None
    reason = REASONS[method.reason]
    name = called or method.full_name
    instead = Wording(f"; use {method.instead}", f"，请改用 {method.instead}") if method.instead else Wording("", "")
    if method.fate == "closed":
        return Wording(f"{name} is closed: {reason.en}{instead.en}", f"{name} 已关闭：{reason.zh}{instead.zh}")
    return Wording(f"{name} is out of date: {reason.en}{instead.en}", f"{name} 已过时：{reason.zh}{instead.zh}")
