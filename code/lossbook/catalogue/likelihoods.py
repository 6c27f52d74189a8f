"""Keras's losses that are negative log likelihoods."""

from lossbook.catalogue.entry import Likelihood

LIKELIHOODS = (
    Likelihood(
        "MeanSquaredError",
        r"Gaussian, $\frac{1}{\sigma\sqrt{2\pi}} e^{-(y-\mu)^2/2\sigma^2}$",
        "the mean",
        r"the factor $\frac{1}{2\sigma^2}$; $\log\sigma + \frac12\log 2\pi$",
        "gaussian",
        "mean",
    ),
    Likelihood(
        "MeanAbsoluteError",
        r"Laplace, $\frac{1}{2b} e^{-\lvert y-m\rvert/b}$",
        "the median",
        r"the factor $\frac1b$; $\log 2b$",
        "laplace",
        "median",
    ),
    Likelihood(
        "Huber",
        r"Huber's, $\frac1Z e^{-h_\delta(y-\mu)}$ with"
        r" $Z = \sqrt{2\pi}\,(2\Phi(\delta) - 1) + \frac2\delta e^{-\delta^2/2}$",
        r"a mean with errors held within $\pm\delta$",
        r"$\log Z$",
        "huber",
        "robust",
    ),
    Likelihood(
        "LogCosh",
        r"hyperbolic secant, $\frac1\pi \operatorname{sech}(y-\mu)$",
        "a centre, outliers with bounded pull",
        r"$\log\pi$",
        "hyperbolic_secant",
        "robust",
    ),
    Likelihood(
        "MeanSquaredLogarithmicError",
        r"log-normal for $y + 1$, on all $y > -1$,"
        r" $\frac{1}{(1+y)\,\sigma\sqrt{2\pi}} e^{-(\log(1+y)-\log(1+m))^2/2\sigma^2}$",
        r"the geometric mean of $1 + y$, less 1; that is the median only if $\log(1 + y)$ is"
        r" symmetric",
        r"the factor $\frac{1}{2\sigma^2}$; $\log\sigma + \frac12\log 2\pi + \log(1+y)$",
        "log_normal",
        "positive",
    ),
    Likelihood(
        "Poisson",
        r"Poisson, $\lambda^y e^{-\lambda} / y!$",
        "the mean",
        r"$\log y!$",
        "poisson",
        "counts",
    ),
    Likelihood(
        "BinaryCrossentropy",
        "Bernoulli, $p^y (1-p)^{1-y}$",
        "the probability of a 1",
        "nothing; over $K$ labels the factor $K$",
        "bernoulli",
        "two-classes",
    ),
    Likelihood(
        "CategoricalCrossentropy",
        "categorical, $p_y$, labels one-hot",
        "the probability of each class",
        "nothing",
        "categorical",
        "ten-classes",
    ),
    Likelihood(
        "SparseCategoricalCrossentropy",
        "categorical, $p_y$, labels as numbers",
        "the probability of each class",
        "nothing",
        "categorical",
        "ten-classes",
    ),
    Likelihood(
        "KLDivergence",
        r"$n$ categorical draws with frequencies $y$,"
        r" $\frac{n!}{\prod_k (n y_k)!} \prod_k p_k^{n y_k}$",
        "the probability of each class",
        r"the factor $n$; $n H(y) - \log\frac{n!}{\prod_k (n y_k)!}$",
        "categorical",
        "distillation",
    ),
    Likelihood(
        "CTC",
        r"a label sequence, $\sum_{\text{alignments}} \prod_t p_{t,a_t}$,"
        " a categorical each time step",
        "the probability of each label at each step",
        "nothing",
        "categorical",
        "next-token",
    ),
    Likelihood(
        "CosineSimilarity",
        r"von Mises–Fisher, $C_d(\kappa)\, e^{\kappa \mu^\top y}$",
        "the mean direction",
        r"the factor $\kappa$; $-\log C_d(\kappa)$",
        "von_mises_fisher",
        "angles",
    ),
)
"""The density, what is predicted and what is dropped, checked by number in the tests."""
