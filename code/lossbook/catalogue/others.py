"""Keras's losses that are no negative log likelihood, and what they do instead."""

from lossbook.catalogue.entry import NoLikelihood

OTHERS = (
    NoLikelihood(
        "MeanAbsolutePercentageError",
        r"for any weight $h(y)$ and $s > 0$, $\int h(y)\, e^{-s\lvert 1-m/y\rvert}\,dy$ goes to 0"
        r" as $m \to \infty$, so it cannot be 1 for every $m$",
        r"the median of outcomes weighted by $1/y$",
        "no scatter, and a prediction that is too low",
        "log_normal",
    ),
    NoLikelihood(
        "BinaryFocalCrossentropy",
        r"$p^{(1-p)^\gamma} + (1-p)^{p^\gamma}$ changes with $p$",
        r"a probability between $q$ and ½",
        "underconfident except at ½",
        "bernoulli",
        r"$q = \varphi'(1-p) / (\varphi'(p) + \varphi'(1-p))$,"
        r" $\varphi(p) = -(1-p)^\gamma \log p$",
    ),
    NoLikelihood(
        "CategoricalFocalCrossentropy",
        r"$\sum_k p_k^{\alpha(1-p_k)^\gamma}$ changes with $p$",
        r"for $\gamma = 2$ probabilities flatter than $q$ where one class is above about 0.3,"
        r" sharper where all are below about 0.1; between, it depends on the other classes",
        "underconfident where one class leads by far, overconfident among many alike",
        "categorical",
        r"$q_k \propto p_k / \bigl((1-p_k)^\gamma - \gamma\, p_k (1-p_k)^{\gamma-1}"
        r" \log p_k\bigr)$",
    ),
    NoLikelihood(
        "CategoricalGeneralizedCrossEntropy",
        r"$\sum_k e^{-(1 - p_k^r)/r}$ changes with $p$ ($r$ is Keras's `q`)",
        r"$p_k \propto q_k^{1/(1-r)}$",
        "overconfident: the likeliest class takes too much",
        "categorical",
        r"$q_k \propto p_k^{1-r}$",
    ),
    NoLikelihood(
        "Hinge",
        r"beyond $z = 1$ the loss of a 1 stays 0 while that of a 0 grows: the sum"
        r" $e^{-s\ell_1} + e^{-s\ell_0}$ cannot be constant",
        r"the sign of $q - \frac12$, as $z = \pm1$",
        r"the confidence is lost: all $q > \frac12$ give the same $z$",
        "bernoulli",
    ),
    NoLikelihood(
        "SquaredHinge",
        r"beyond $z = 1$ the loss of a 1 stays 0 while that of a 0 grows",
        r"$z = 2q - 1$",
        r"none at the minimum if read as $(1+z)/2$; read through a sigmoid, badly underconfident",
        "bernoulli",
        r"$q = (1+z)/2$",
    ),
    NoLikelihood(
        "CategoricalHinge",
        r"a class that leads by 1 has loss 0 however far it leads, while the others' losses grow",
        r"the likeliest class if its $q_k$ is above ½; below that, equal scores for all",
        r"no probability; without a majority not even the class",
        "categorical",
    ),
    NoLikelihood(
        "Dice",
        r"a ratio of sums over all pixels: the loss of one depends on the others; one that is out"
        r" alone costs 1 whatever $p$ is, one that is in does not",
        r"for independent pixels 0 or 1 each: 1 where $q$ is above a threshold that depends on the"
        r" whole mask",
        r"every pixel is fully certain",
        "independent_bernoullis",
    ),
    NoLikelihood(
        "Tversky",
        "as Dice, which it is for α = β = ½",
        r"as Dice, with the threshold moved by α and β; in Keras's code α is the weight of misses"
        r" and β that of false alarms, its documentation has them the other way round",
        r"every pixel is fully certain",
        "independent_bernoullis",
    ),
    NoLikelihood(
        "Circle",
        r"it scores distances to the other samples of a batch, and its weights grow with the"
        r" error: $\sigma(-u)$ for “the first is the positive one” and for “the second is” do not"
        r" sum to one",
        r"similarities 1 within a class and 0 across, up to a margin",
        r"no probability of anything",
        "categorical",
    ),
)
"""Each argument is checked by number in the tests, each minimiser by a search."""
