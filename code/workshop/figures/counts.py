"""Figures of the chapter on counts."""

from collections.abc import Mapping, Sequence

import numpy as np

from workshop.plotting import BLUE, GOLD, GREEN, GREY, PURPLE, RED, Picture, canvas, curves, show

COLOURS = (RED, BLUE, PURPLE, GOLD)


def visits(share: np.ndarray, poisson: np.ndarray) -> Picture:
    """What proportion of rows has each number of visits, and a Poisson of the same mean."""
    numbers = np.arange(len(share))
    with canvas() as (fig, ax):
        ax.bar(numbers, share, color=GREEN, alpha=0.5, width=0.8)
        ax.plot(numbers, poisson, "o-", color=RED, markersize=4)
        ax.text(5.2, poisson[5] + 0.02, "Poisson of the same mean", color=RED)
        ax.text(0.5, share[0] - 0.01, "data", color=GREEN, va="top")
        ax.set(xlabel="visits to a doctor in a year", ylabel="proportion of rows")
        ax.set_xticks((0, 5, 10, 15))
    return show(
        fig,
        alt="Bars: nearly a third of the people have no visit, and the bars fall slowly to the "
        "right. The Poisson of the same mean has its peak at 2 and few zeros.",
        caption="Green: the data. They have far more zeros and far more large numbers than a "
        "Poisson of the same mean.",
    )


def poissons(rates: Sequence[float]) -> Picture:
    """Poisson distributions of several rates."""
    from scipy import stats

    numbers = np.arange(18)
    with canvas(height=3.1) as (fig, ax):
        for rate, colour in zip(rates, (PURPLE, BLUE, GOLD), strict=True):
            values = stats.poisson.pmf(numbers, rate)
            ax.plot(numbers, values, "o-", color=colour, markersize=4, lw=1)
            top = int(values.argmax())
            ax.text(top + 1.4, values[top] + 0.004, f"λ = {rate:g}", color=colour)
        ax.set(xlabel="count y", ylabel="probability", xticks=(0, 5, 10, 15))
    return show(
        fig,
        alt="Poisson distributions with rates 1, 3 and 8. The larger the rate, the further right "
        "and the wider the distribution.",
        caption="A single number sets both where a Poisson lies and how wide it is.",
    )


def mixed(low: float, high: float) -> Picture:
    """A Poisson, half-and-half two Poissons, and the negative binomial of the same moments."""
    from scipy import stats

    numbers, mean = np.arange(16), (low + high) / 2
    alpha = ((high - low) / 2 / mean) ** 2
    both = (stats.poisson.pmf(numbers, low) + stats.poisson.pmf(numbers, high)) / 2
    smooth = stats.nbinom.pmf(numbers, 1 / alpha, 1 / (1 + alpha * mean))
    with canvas(height=3.1) as (fig, ax):
        ax.bar(numbers, both, color=GREEN, alpha=0.5, width=0.8)
        ax.plot(numbers, stats.poisson.pmf(numbers, mean), "o-", color=RED, markersize=4, lw=1)
        ax.plot(numbers, smooth, "o-", color=BLUE, markersize=4, lw=1)
        ax.text(5.3, 0.2, f"Poisson, rate {mean:g}", color=RED)
        ax.text(5.3, 0.17, "negative binomial", color=BLUE)
        ax.text(5.3, 0.14, f"half rate {low:g}, half rate {high:g}", color=GREEN)
        ax.set(xlabel="visits a year", ylabel="probability", xticks=(0, 5, 10, 15))
    return show(
        fig,
        alt="Bars: counts of which half have rate 1 and half rate 5. They have more zeros and a "
        "longer tail than the Poisson with rate 3. The negative binomial of the same mean and "
        "variance runs much as the bars do.",
        caption="All three have the mean 3. People who differ make more zeros and a longer tail at "
        "the same time.",
    )


def links() -> Picture:
    """Exponential and softplus, and the Poisson's pull for one count under each."""
    z = np.linspace(-4, 4, 300)
    soft = np.log1p(np.exp(z))
    slope = 1 / (1 + np.exp(-z))
    seen = np.where(np.exp(z) < 9, np.exp(z), np.nan)
    with canvas(2, 1, height=5.4, sharex=True) as (fig, (above, below)):
        above.plot(z, seen, color=BLUE)
        curves(above, z, [("softplus", soft, PURPLE)])
        above.text(1.9, 7.5, "exponential", color=BLUE, ha="right")
        above.set(ylabel="rate λ", xlim=(-4, 6.6), ylim=(0, 9))
        pull = (soft - 3) / soft * slope
        below.plot(z, np.where(np.exp(z) - 3 < 6, np.exp(z) - 3, np.nan), color=BLUE)
        curves(below, z, [("softplus", pull, PURPLE)])
        below.text(1.9, 4.5, "exponential", color=BLUE, ha="right")
        below.axhline(0, color=GREY, lw=1)
        below.set(xlabel="raw output z", ylabel="gradient, y = 3", ylim=(-4, 6))
    return show(
        fig,
        alt="Above: the exponential shoots up, the softplus goes over into a straight line. Below: "
        "the gradient for a count of 3. Under the exponential it grows without end for large raw "
        "outputs, under the softplus it stays below 1.",
        caption="Top: two activations that keep the rate positive. Bottom: the gradient of the "
        "loss in the raw output when three visits came.",
    )


def rootogram(seen: np.ndarray, expected: Mapping[str, np.ndarray]) -> Picture:
    """Hanging rootograms: √seen hung from √expected (numbers of people), one panel a model."""
    numbers = np.arange(len(seen))
    with canvas(4, 1, height=9, sharex=True, sharey=True) as (fig, axes):
        for ax, (name, values), colour in zip(axes.flat, expected.items(), COLOURS, strict=True):
            top = np.sqrt(values)
            ax.bar(numbers, np.sqrt(seen), bottom=top - np.sqrt(seen), color=GREEN, alpha=0.5)
            ax.plot(numbers, top, "o-", color=colour, markersize=3, lw=1.5)
            ax.axhline(0, color=GREY, lw=1)
            ax.set(title=name, ylabel="√ rows")
        axes[-1].set_xlabel("visits")
    return show(
        fig,
        alt="Four hanging rootograms. Under the Poisson the bars of 0 and of large counts hang "
        "below zero and those of 2 to 5 stop short. Zero-inflated and hurdle Poisson fit the "
        "zeros but not the rest. Under the negative binomial all bars end near zero.",
        caption="The bars (rows seen) hang from the line (rows expected) and should end at zero. "
        "Only the negative binomial's do so at all counts.",
    )


def pit(panels: Sequence[tuple[str, np.ndarray]]) -> Picture:
    """Histograms of randomised PIT values (title, values)."""
    with canvas(len(panels), 1, height=6.6, sharex=True, sharey=True) as (fig, axes):
        for ax, (title, values), colour in zip(axes, panels, COLOURS, strict=False):
            ax.hist(values, bins=20, range=(0, 1), density=True, color=colour, alpha=0.7)
            ax.axhline(1, color=GREY, ls="--", lw=1)
            ax.set(title=title, ylabel="density")
        axes[-1].set_xlabel("PIT")
    return show(
        fig,
        alt="PIT histograms. The Poisson's is high at both ends: its distributions are too "
        "narrow. The negative binomial's is nearly flat. The "
        "zero-inflated one's has a hump on the left and a peak at the right end.",
        caption="Dashed: what a right distribution gives on average. High at both ends: the "
        "predicted distributions are too narrow.",
    )
