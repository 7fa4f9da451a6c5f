"""Line charts as SVG, by hand: no library, small files, readable on white and on black."""
import html
import math

WIDTH, HEIGHT = 960, 360
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 40, 40
COLOURS = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#003f5c"]


def ticks(low, high, log):
    """Round values between the bounds."""
    if log:
        return [m * 10 ** e for e in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
                for m in (1, 2, 5) if low <= m * 10 ** e <= high]
    step = 10 ** math.floor(math.log10(max(high - low, 1e-9)))
    while (high - low) / step > 8:
        step *= 2
    while (high - low) / step < 4:
        step /= 2
    return [step * i for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


class Axis:
    def __init__(self, low, high, begin, end, log=False):
        self.low, self.high, self.begin, self.end, self.log = low, high, begin, end, log

    def __call__(self, value):
        scale = math.log10 if self.log else float
        share = (scale(value) - scale(self.low)) / ((scale(self.high) - scale(self.low)) or 1)
        return self.begin + share * (self.end - self.begin)


def number(value):
    return f"{value:g}" if value < 10_000 else f"{value:,.0f}"


def bounds(series, log, from_zero):
    values = [y for _, points, *_ in series for _, y in points if not log or y > 0] or [1]
    low, high = min(values), max(values)
    if log:
        return 10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high * 1.001))
    return (0 if from_zero else low - (high - low) * 0.2), high * 1.1 or 1


def line_chart(title, unit, series, log=False, from_zero=True, x_unit="s"):
    """series: (name, [(x, y)…]) or (name, points, "dashed"). Gives the text of an SVG file."""
    x_high = max((x for _, points, *_ in series for x, _ in points), default=1)
    low, high = bounds(series, log, from_zero)
    x_axis = Axis(0, x_high, LEFT, WIDTH - RIGHT)
    y_axis = Axis(low, high, HEIGHT - BOTTOM, TOP, log)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
           f'<text x="{LEFT}" y="22" font-size="15">{html.escape(title)}</text>']
    for value in ticks(low, high, log):
        y = y_axis(value)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e5e5e5"/>'
                   f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{number(value)}</text>')
    for value in ticks(0, x_high, False):
        out.append(f'<text x="{x_axis(value):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{number(value)}</text>')
    out.append(f'<text x="{LEFT - 6}" y="{TOP - 8}" text-anchor="end">{unit}</text>'
               f'<text x="{WIDTH - RIGHT + 24}" y="{HEIGHT - BOTTOM + 18}">{x_unit}</text>')
    for index, (name, points, *style) in enumerate(series):
        colour = COLOURS[index % len(COLOURS)]
        path = " ".join(f"{x_axis(x):.1f},{y_axis(max(y, low)):.1f}" for x, y in points)
        dashes = ' stroke-dasharray="6 4"' if style else ""
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"{dashes}/>'
                   f'<rect x="{WIDTH - RIGHT + 10}" y="{TOP + index * 18}" width="12" height="12" fill="{colour}"/>'
                   f'<text x="{WIDTH - RIGHT + 28}" y="{TOP + index * 18 + 10}">{html.escape(name)}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"
