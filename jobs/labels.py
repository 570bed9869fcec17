"""Names and values of files, in the mathematics of the paper."""
import numpy

SYMBOLS = {"gamma": r"\gamma", "indices": "r", "noise": r"\zeta", "sample_ratio": "n/d", "width_ratio": "m/n", "d": "d",
           "penalty": r"\lambda", "offset": "b", "seed": r"\mathrm{seed}"}
ACTIVATIONS = {"relu": "ReLU", "linear": "linear", "abs": "$|z|$", "quadratic": "$z^2$", "relu2": "ReLU$^2$",
               "relu3": "ReLU$^3$", "quartic": "$z^4$"}
LINKS = {"matched": r"$g = \sigma$", "mirrored": r"$g = \sigma_{\mathrm{even}}$", "tanh": r"$g = \tanh$", "sine": r"$g = \sin$",
         "quadratic_form": r"$f = \max(x^\top\! A x, 0)$"}
WORDS = {"program": "objective"}
INTERPOLATORS = {"minimum_l2": r"$S^+ y$"}
# What a job leaves out of its head, since it is what everybody expects.
USUAL = {"interpolator": "flattest", "noise": 0, "penalty": 0, "program": "norm", "offset": "0", "coefficients": "equal"}

FLATTER = "← flatter"
FLATNESS = r"flatness $\mathrm{tr}\,H$"
FLATNESS_AXIS = f"{FLATNESS}   ({FLATTER})"
RELATIVE_LOSS = r"relative loss $E(h-f)^2 / \mathrm{Var}\,f$"
MONTE_CARLO_LOSS = r"population loss $E(h-y)^2$ (Monte Carlo)"
POPULATION_LOSS = r"population loss $E(h-y)^2$"
MEASURES = {"flatness": r"$\mathrm{tr}\,H$, flattest rescaling", "flatness_unit": r"$\mathrm{tr}\,H$, unit-norm weights",
            "outer_l1": r"$\|a\|_1$", "hessian_max": r"$\lambda_{\max}(H)$", "optimism": "soft rank, ridge $2\\lambda$",
            "squared_norm_trained": r"$\|\theta\|^2$ as trained", "flatness_trained": r"$\mathrm{tr}\,H$ as trained",
            "hessian_max_trained": r"$\lambda_{\max}(H)$ as trained", "takeuchi": "Takeuchi"}


def number(value):
    """A number in mathematics: 0.05, 2 x 10^-6."""
    text = f"{value:.4g}"
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa}\times {power}"


def activation(name):
    base, colon, slope = name.partition(":")
    return f"leaky ReLU {slope}" if base == "leaky_relu" and colon else ACTIVATIONS.get(name, name)


def link(name):
    if name.startswith("hermite:"):
        return rf"$g = \mathrm{{He}}_{{{name.partition(':')[2]}}}$"
    return LINKS.get(name) or f"$g=$ {activation(name)}"


def setting(axis, value):
    """`r = 5`, as a label has it."""
    if axis == "file":
        return str(value)
    if axis == "interpolator":
        return INTERPOLATORS.get(value, str(value).replace("_", " "))
    if isinstance(value, str):
        text = rf"N(0, {value.partition(':')[2]}^2)" if value.startswith("normal:") else rf"\mathrm{{{value}}}"
        return f"${SYMBOLS[axis]} = {text}$" if axis in SYMBOLS else f"{WORDS.get(axis, axis)} {value}"
    name = SYMBOLS.get(axis) or rf"\mathrm{{{axis}}}".replace("_", r"\ ")
    return f"${name} = {number(value)}$"


def settings(pairs):
    return ", ".join(setting(axis, value) for axis, value in pairs)


def measure(study, name):
    if name in study.ridges:
        return rf"soft rank, ridge ${number(study.ridges[name])}$"
    return MEASURES.get(name, name.replace("_", " "))


def loss(curves):
    """The label of an axis of losses of these curves."""
    kinds = {curve.monte_carlo for curve in curves}
    return RELATIVE_LOSS if kinds == {False} else MONTE_CARLO_LOSS if kinds == {True} else "loss"


def short_loss(curves):
    return "population loss (MC)" if loss(curves) == MONTE_CARLO_LOSS else "relative loss"


def sizes(axes):
    """d, n and m of a curve, as far as its axes fix them."""
    if not {"d", "sample_ratio", "width_ratio"} <= axes.keys():
        return [("d", axes["d"])] if "d" in axes else []
    samples = numpy.floor(axes["sample_ratio"] * axes["d"] + 0.5)
    return [("d", axes["d"]), ("n", samples), ("m", numpy.floor(axes["width_ratio"] * samples + 0.5))]


def head(study, fixed=()):
    """Everything that the curves of a figure share: sizes, seeds, and what is not as usual."""
    axes = study.shared | dict(fixed)
    told = [f"${name} = {number(value)}$" for name, value in sizes(axes)]
    if "d" not in axes:
        told += [setting(axis, axes[axis]) for axis in ("sample_ratio", "width_ratio") if axis in axes]
    for axis, value in axes.items():
        if axis not in ("d", "sample_ratio", "width_ratio") and str(USUAL.get(axis, "")) != str(value):
            told.append(setting(axis, value))
    return ", ".join([*told, f"{study.seeds} seed{'s' if study.seeds > 1 else ''}"])


PLAIN_SYMBOLS = {"gamma": "γ", "indices": "r", "noise": "ζ", "sample_ratio": "n/d", "width_ratio": "m/n", "penalty": "λ", "offset": "b"}
PLAIN = {"$": "", r"\gamma": "γ", r"\zeta": "ζ", r"\lambda": "λ", r"\times ": "·", r"\mathrm": "", "{": "", "}": "", "\\ ": " ",
         "^2)": "²)", "S^+ y": "S⁺y"}


def plain_symbol(axis):
    return PLAIN_SYMBOLS.get(axis, axis.replace("_", " "))


def plain(text):
    """A label of figures as text of the page."""
    for mathematics, words in PLAIN.items():
        text = text.replace(mathematics, words)
    return text
