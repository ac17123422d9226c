"""Requests per second as bots grow, as a picture."""

from __future__ import annotations

from serving import Served


def chart(served: Served) -> str:
    """Requests per second by number of rules, one line a server."""
    sizes = ("10", "1000", "10000")
    lines = {
        name: [(sizes.index(size), row[size]["requests_per_second"]) for size in sizes if size in row]
        for name, row in served.items()
        if "10" in row
    }
    top = max(rate for points in lines.values() for _, rate in points) * 1.1
    colours = ("#0a7", "#888", "#c60", "#36c", "#a3a")
    drawn = []
    for (name, points), colour in zip(lines.items(), colours, strict=False):
        places = [(80 + 180 * x, 260 - 220 * rate / top) for x, rate in points]
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
        end_x, end_y = places[-1]
        drawn.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="{end_x + 8:.0f}" y="{end_y + 4:.0f}" fill="{colour}">{name}</text>'
        )
    ticks = "".join(
        f'<text x="{80 + 180 * x}" y="280" text-anchor="middle">{int(size):,} rules</text>'
        for x, size in enumerate(sizes)
    )
    scale = "".join(
        f'<text x="70" y="{264 - 220 * part / 4:.0f}" text-anchor="end">{top * part / 4:,.0f}</text>'
        f'<line x1="80" x2="440" y1="{260 - 220 * part / 4:.0f}" y2="{260 - 220 * part / 4:.0f}" stroke="#ddd"/>'
        for part in range(5)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="680" height="300" font-family="sans-serif" font-size="12">'
        f'<rect width="680" height="300" fill="white"/><text x="80" y="20">requests per second</text>'
        f"{scale}{ticks}{''.join(drawn)}</svg>\n"
    )
