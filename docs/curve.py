"""The S-curve as a picture: how probably two abstracts meet in a band, by their similarity."""

from dedup.bands import s_curve
from dedup.scheme import Scheme

_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 24, 56
_TENTHS = [step / 10 for step in range(11)]


def _across(similarity: float) -> float:
    return round(_LEFT + similarity * (_WIDTH - _LEFT - _RIGHT), 1)


def _up(share: float) -> float:
    return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


def _grid() -> list[str]:
    """Lines at every tenth, each with its number."""
    drawn = []
    for tenth in _TENTHS:
        x, y = _across(tenth), _up(tenth)
        drawn += [
            f'<line class="grid" x1="{x}" x2="{x}" y1="{_up(0)}" y2="{_up(1)}"/>',
            f'<line class="grid" x1="{_across(0)}" x2="{_across(1)}" y1="{y}" y2="{y}"/>',
            f'<text x="{x}" y="{_up(0) + 18}" text-anchor="middle">{tenth:.1f}</text>',
            f'<text x="{_across(0) - 8}" y="{y + 4}" text-anchor="end">{tenth:.0%}</text>',
        ]
    return drawn


def drawn_curve(scheme: Scheme) -> str:
    """An SVG of its own, in colours that are seen on a light and on a dark page."""
    points = " ".join(
        f"{_across(step / 100)},{_up(s_curve(scheme, step / 100))}" for step in range(101)
    )
    found = s_curve(scheme, scheme.threshold)
    x, y = _across(scheme.threshold), _up(found)
    lines = f"{found:.1%} of pairs of", f"similarity {scheme.threshold}", "share a band"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
            f"<title>S-curve of {scheme.bands} bands of {scheme.rows} rows:",
            f"{' '.join(lines)}</title>",
            "<style>",
            "text { font: 12px sans-serif; fill: #777 }",
            ".grid { stroke: #888; stroke-opacity: 0.25 }",
            ".curve { fill: none; stroke: #3f6fd8; stroke-width: 3 }",
            ".at { stroke: #d8703f; stroke-width: 2; stroke-dasharray: 5 4 }",
            ".point { fill: #d8703f }",
            "</style>",
            *_grid(),
            f'<line class="at" x1="{x}" x2="{x}" y1="{_up(0)}" y2="{_up(1)}"/>',
            f'<polyline class="curve" points="{points}"/>',
            f'<circle class="point" cx="{x}" cy="{y}" r="5"/>',
            *(
                f'<text x="{x + 12}" y="{_up(0.5) + 18 * number}">{line}</text>'
                for number, line in enumerate(lines)
            ),
            f'<text x="{_across(0.5)}" y="{_HEIGHT - 14}" text-anchor="middle">'
            "Jaccard similarity of two abstracts</text>",
            f'<text transform="translate(16 {_up(0.5)}) rotate(-90)" text-anchor="middle">'
            "probability of sharing a band</text>",
            "</svg>",
            "",
        ]
    )
