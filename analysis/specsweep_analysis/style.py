"""One look for all figures: type sizes, a palette that is safe for colour-blind readers, labels without mathtext.

Colours are drawn as the hexadecimal values below. A standalone picture keeps them; inside the page each becomes a CSS variable
(`page.css` gives it a value for light and for dark surroundings), so that a figure follows the page.
"""

import math

# Names are CSS variables: --ink, --muted, … Series colours are Okabe and Ito's, safe for colour-blind readers.
INK, MUTED, RULE, FAINT = "#1c1f24", "#666d77", "#dcdad4", "#f1efea"
PAPER = "#ffffff"  # of pictures as files
BLUE, ORANGE, GREEN, PURPLE, YELLOW, SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"
VARIABLES = {
    INK: "ink",
    MUTED: "muted",
    RULE: "rule",
    FAINT: "faint",
    BLUE: "blue",
    ORANGE: "orange",
    GREEN: "green",
    PURPLE: "purple",
    YELLOW: "yellow",
    SKY: "sky",
}
SERIES = [BLUE, ORANGE, GREEN, PURPLE, YELLOW, SKY]
MARKERS = ["o", "s", "^", "D", "v", "P"]  # a second sign beside the colour: readable in print

FONTS = ["Liberation Sans", "Arial", "Helvetica", "DejaVu Sans"]  # those that are there; the last has every sign we use

TEXT, SMALL, TITLE = 9.0, 8.0, 9.5  # points; 9 pt of a figure are 12 px of the page

RC = {
    "font.size": TEXT,
    "axes.titlesize": TITLE,
    "axes.labelsize": TEXT,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlepad": 6.0,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": RULE,
    "axes.titlecolor": INK,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "xtick.minor.size": 0.0,
    "ytick.minor.size": 0.0,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": RULE,
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
    "lines.linewidth": 1.4,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "specsweep",
    "hatch.color": MUTED,
    "hatch.linewidth": 0.5,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.06,
    "axes.unicode_minus": True,
    "axes.formatter.useoffset": False,
    "mathtext.default": "regular",
}

WIDE, NARROW = 10.4, 4.1  # inches: 1000 and 395 px where a figure point is 4/3 px

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(value, _position=None):
    """Tick label of a logarithmic axis: 0.01, 1, 100, and 10⁻⁵ beyond."""
    if value <= 0:
        return ""
    exponent = math.log10(value)
    if abs(exponent - round(exponent)) > 1e-6:
        return ""
    exponent = round(exponent)
    return f"{value:g}" if -2 <= exponent <= 3 else "10" + str(exponent).translate(SUPERSCRIPTS)


def number(value, digits=3):
    """`digits` significant digits for people: 1.01, 22.1, 2.3·10⁻⁵; "–" for nothing, "∞" for infinity."""
    if value is None or value != value:
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -4 <= exponent < 6:
        text = f"{value:.{max(0, digits - 1 - exponent)}f}"
    else:
        mantissa, power = f"{value:.{digits - 1}e}".split("e")
        text = f"{mantissa}·10{str(int(power)).translate(SUPERSCRIPTS)}"
    return text.replace("-", "−")


def percent(part, whole):
    """ "83 %", and never 0 or 100 % for what is not quite."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 1:
        return "< 1 %"
    if 99 < share < 100:
        return "> 99 %"
    return f"{share:.0f} %"


def whole(value):
    """12,345"""
    return f"{int(value):,}"
