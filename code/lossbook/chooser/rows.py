"""The chooser's one table: what y can be, what to predict, and what follows.

Plain data, so that it can be shown without TensorFlow and turned into an explorable page. The
tests hold each row against the head it names, and the whole against Keras's list of losses.
"""

from dataclasses import asdict, dataclass

from lossbook.words import activation_words

SITE = "https://lossbook.github.io/lossbook/"
"""Where the course is published; `_config.yml` says the same."""

CHAPTERS = {
    "mean": "04_mean",
    "median": "05_median",
    "two-classes": "06_two_classes",
    "ten-classes": "08_ten_classes",
    "several-objects": "10_several_objects",
    "learned-scale": "12_learned_scale",
    "quantiles": "13_quantiles",
    "robust": "14_robust",
    "counts": "15_counts",
    "positive": "16_positive",
    "survival": "survival",
    "shares": "17_shares",
    "ordered": "18_ordered",
    "angles": "19_angles",
    "mixtures": "20_mixtures",
    "next-token": "21_next_token",
    "contrastive": "22_contrastive",
    "preferences": "23_preferences",
    "diffusion": "24_diffusion",
    "distillation": "25_distillation",
    "catalogue": "catalogue",
}
"""Label of a chapter → its file."""

OUTCOMES = {
    "real": "any real number",
    "reals": "several real numbers at once",
    "positive": "a number above zero",
    "amount": "an amount that is often exactly zero",
    "time": "a time until an event, for some not over yet",
    "count": "0, 1, 2, … without a known maximum",
    "count of n": "how many of a known number",
    "share": "a share strictly between zero and one",
    "composition": "shares of a whole, summing to one",
    "binary": "one of two classes",
    "labels": "any number of labels out of several",
    "mask": "a picture's pixels, each in or out",
    "class": "exactly one of many classes",
    "ordered": "one of several answers that have an order",
    "sequence": "a sequence of labels, shorter than the input",
    "distribution": "probabilities that somebody else gives",
    "preference": "which of two is better",
    "match": "which of the candidates belongs to it",
    "angle": "an angle",
    "direction": "a direction, as a unit vector",
}
"""What y can be: key → words."""


@dataclass(frozen=True)
class Row:
    """One answer. Keys as in `table()`; everything is text, or a list of it."""

    y: str
    """Key into `OUTCOMES`."""
    predict: str
    """What is to be predicted, as a key."""
    predict_words: str
    head: str
    """Name in the registry of heads; "" where the loss is no likelihood."""
    title: str
    """The distribution's name; "" where there is none."""
    activation: tuple[str, ...]
    """One for each parameter, "linear" for none."""
    loss: str
    """Class name of Keras's loss; "" where Keras has none and the head's own is taken."""
    code: str
    """What to pass to `compile(loss=…)`, given `from lossbook import heads, keras`."""
    label: str
    """The chapter's label."""
    caveat: str = ""
    """What to know before using it."""

    @property
    def chapter(self) -> str:
        """The chapter's file, without folder and ending."""
        return CHAPTERS[self.label]

    @property
    def address(self) -> str:
        """Where the chapter can be read."""
        return f"{SITE}chapters/{self.chapter}.html"

    def plain(self) -> dict[str, object]:
        """The row for JSON, with what follows from its fields written out."""
        found = asdict(self)
        found["activation"] = list(self.activation)
        return found | {
            "y_words": OUTCOMES[self.y],
            "activation_words": activation_words(self.activation),
            "chapter": self.chapter,
            "address": self.address,
        }


def _keras(name: str, options: str = "") -> str:
    return f"keras.losses.{name}({options})"


LINEAR, SIGMOID, SOFTMAX = ("linear",), ("sigmoid",), ("softmax",)
LOGITS = "from_logits=True"
FROM_LOGITS = "Keras takes the raw outputs: end the model without an activation"
NO_PROBABILITY = "no probability comes out of it; calibrate afterwards if one is needed"

ROWS = (
    # Real numbers
    Row("real", "mean", "the mean, scatter the same everywhere", "gaussian",
        "Gaussian, fixed scale", LINEAR, "MeanSquaredError", _keras("MeanSquaredError"), "mean"),
    Row("real", "mean and scale", "the mean, and how far y scatters here", "gaussian_scale",
        "Gaussian, learned scale", ("linear", "softplus"), "", "heads.GaussianScale().loss",
        "learned-scale"),
    Row("real", "median", "the median", "laplace", "Laplace, fixed scale", LINEAR,
        "MeanAbsoluteError", _keras("MeanAbsoluteError"), "median"),
    Row("real", "quantile", "a bound that y stays below with a given probability",
        "asymmetric_laplace", "Asymmetric Laplace", LINEAR, "",
        "heads.AsymmetricLaplace(level=0.9).loss", "quantiles"),
    Row("real", "centre", "the centre, errors beyond a known size pulled in", "huber", "Huber",
        LINEAR, "Huber", _keras("Huber", "delta=1.0"), "robust"),
    Row("real", "centre, smooth", "the centre, large errors with a bounded, smooth pull",
        "hyperbolic_secant", "Hyperbolic secant", LINEAR, "LogCosh", _keras("LogCosh"), "robust"),
    Row("real", "centre, scaled", "the same, with a scale in the unit of y", "logistic",
        "Logistic, fixed scale", LINEAR, "", "heads.Logistic(scale=1.0).loss", "robust"),
    Row("real", "centre, wild", "the centre and the scatter, some outcomes wildly off",
        "student_t", "Student's t", ("linear", "softplus"), "", "heads.StudentT(df=4).loss",
        "robust"),
    Row("real", "places", "all the places where y may be", "gaussian_mixture",
        "Mixture of Gaussians", ("softmax", "linear", "softplus"), "",
        "heads.GaussianMixture(components=3).loss", "mixtures"),
    Row("reals", "means", "the mean of each", "gaussian", "Gaussian, fixed scale", LINEAR,
        "MeanSquaredError", _keras("MeanSquaredError"), "mean"),
    Row("reals", "means and covariance", "their means, and how they vary together",
        "multivariate_gaussian", "Multivariate Gaussian", ("linear", "cholesky"), "",
        "heads.MultivariateGaussian(size=2).loss", "mixtures"),
    Row("reals", "noise", "the noise that was added", "gaussian", "Gaussian, fixed scale", LINEAR,
        "MeanSquaredError", _keras("MeanSquaredError"), "diffusion"),
    # Amounts and times
    Row("positive", "mean", "the mean, scatter in proportion to it", "gamma", "Gamma",
        ("softplus", "softplus"), "", "heads.Gamma().loss", "positive"),
    Row("positive", "mean, memoryless", "the mean of a waiting time without a memory",
        "exponential", "Exponential", ("softplus",), "", "heads.Exponential().loss", "positive"),
    Row("positive", "mean, long tail", "the mean, with a long right tail", "inverse_gaussian",
        "Inverse Gaussian", ("softplus", "softplus"), "", "heads.InverseGaussian().loss",
        "positive", "amounts close to zero are nearly impossible under it, and costly"),
    Row("positive", "median", "the median of a product of many factors", "log_normal",
        "Log-normal, fixed scale", LINEAR, "", "heads.LogNormal(scale=1.0).loss", "positive",
        "the raw output is the logarithm of the median"),
    Row("positive", "mean, logarithmic", "the mean of log(1 + y)", "log_normal",
        "Log-normal, fixed scale", ("softplus",), "MeanSquaredLogarithmicError",
        _keras("MeanSquaredLogarithmicError"), "catalogue",
        "its answer is the geometric mean of 1 + y, less 1; a likelihood only for y above -1, and "
        "the 1 depends on the unit of y"),
    Row("positive", "relative error", "what keeps the relative error small", "", "", ("softplus",),
        "MeanAbsolutePercentageError", _keras("MeanAbsolutePercentageError"), "catalogue",
        "it predicts too low: the median of outcomes weighed by 1 / y"),
    Row("amount", "mean", "the mean", "tweedie", "Tweedie, 1 < p < 2", ("softplus",), "",
        "heads.Tweedie(power=1.5).loss", "positive"),
    Row("time", "survival", "how the chance to last falls with time", "weibull",
        "Weibull with right censoring", ("softplus", "softplus"), "", "heads.Weibull().loss",
        "survival", "y has two columns: the time, and whether the event happened then"),
    # Counts and shares
    Row("count", "rate", "the rate, events independent of each other", "poisson", "Poisson",
        ("softplus",), "Poisson", _keras("Poisson"), "counts"),
    Row("count", "rate, overdispersed", "the rate, some cases far busier than others",
        "negative_binomial", "Negative binomial", ("softplus", "softplus"), "",
        "heads.NegativeBinomial().loss", "counts"),
    Row("count", "rate, some never", "the rate, where some cases can have none",
        "zero_inflated_poisson", "Zero-inflated Poisson", ("softplus", "sigmoid"), "",
        "heads.ZeroInflatedPoisson().loss", "counts"),
    Row("count", "any, then how many", "whether any, and then how many", "hurdle_poisson",
        "Hurdle Poisson", ("sigmoid", "softplus"), "", "heads.HurdlePoisson().loss", "counts"),
    Row("count of n", "probability", "the probability of one success", "binomial", "Binomial",
        SIGMOID, "", "heads.Binomial(trials=10).loss", "shares"),
    Row("share", "mean and spread", "the mean share, and how little it scatters", "beta", "Beta",
        ("sigmoid", "softplus"), "", "heads.Beta().loss", "shares"),
    Row("share", "quantiles", "its quantiles, by a formula", "kumaraswamy", "Kumaraswamy",
        ("softplus", "softplus"), "", "heads.Kumaraswamy().loss", "shares"),
    Row("composition", "mean and spread", "the mean composition, and how little it scatters",
        "dirichlet", "Dirichlet", ("softplus",), "", "heads.Dirichlet(size=3).loss", "shares"),
    # Classes
    Row("binary", "probability", "the probability of a 1", "bernoulli", "Bernoulli", SIGMOID,
        "BinaryCrossentropy", _keras("BinaryCrossentropy", LOGITS), "two-classes", FROM_LOGITS),
    Row("binary", "decision", "the likelier class, with a margin", "", "", LINEAR, "Hinge",
        _keras("Hinge"), "catalogue", NO_PROBABILITY),
    Row("binary", "decision, smooth", "the likelier class, far violations squared", "", "", LINEAR,
        "SquaredHinge", _keras("SquaredHinge"), "catalogue",
        "a probability is (1 + z) / 2 at best, which may leave [0, 1]"),
    Row("binary", "hard cases", "the class, easy cases counted less", "", "", SIGMOID,
        "BinaryFocalCrossentropy", _keras("BinaryFocalCrossentropy", LOGITS), "catalogue",
        "its probabilities are pulled towards ½, which can offset overconfidence"),
    Row("labels", "probabilities", "the probability of each label", "independent_bernoullis",
        "Independent Bernoullis", SIGMOID, "BinaryCrossentropy",
        _keras("BinaryCrossentropy", LOGITS), "several-objects", FROM_LOGITS),
    Row("mask", "probabilities", "the probability of each pixel", "independent_bernoullis",
        "Independent Bernoullis", SIGMOID, "BinaryCrossentropy",
        _keras("BinaryCrossentropy", LOGITS), "several-objects", FROM_LOGITS),
    Row("mask", "overlap", "a mask that overlaps as much as can be", "", "", SIGMOID, "Dice",
        _keras("Dice"), "catalogue", "its outputs go to 0 or 1 and are no probabilities"),
    Row("mask", "overlap, weighed", "the same, misses weighed more than false alarms", "", "",
        SIGMOID, "Tversky", _keras("Tversky", "alpha=0.7, beta=0.3"), "catalogue",
        "its outputs go to 0 or 1 and are no probabilities"),
    Row("class", "probabilities", "the probability of each class, labels as numbers",
        "categorical", "Categorical", SOFTMAX, "SparseCategoricalCrossentropy",
        _keras("SparseCategoricalCrossentropy", LOGITS), "ten-classes", FROM_LOGITS),
    Row("class", "probabilities, one-hot", "the same, labels one-hot", "categorical",
        "Categorical", SOFTMAX, "CategoricalCrossentropy",
        _keras("CategoricalCrossentropy", LOGITS), "ten-classes", FROM_LOGITS),
    Row("class", "next token", "the token that comes next", "categorical", "Categorical", SOFTMAX,
        "SparseCategoricalCrossentropy", _keras("SparseCategoricalCrossentropy", LOGITS),
        "next-token", FROM_LOGITS),
    Row("class", "decision", "the likeliest class, with a margin", "", "", LINEAR,
        "CategoricalHinge", _keras("CategoricalHinge"), "catalogue", NO_PROBABILITY),
    Row("class", "hard cases", "the class, easy cases counted less", "", "", SOFTMAX,
        "CategoricalFocalCrossentropy", _keras("CategoricalFocalCrossentropy", LOGITS),
        "catalogue",
        "its probabilities are too flat where one class leads and too sharp where none does"),
    Row("class", "noisy labels", "the class, where some labels are wrong", "", "", SOFTMAX,
        "CategoricalGeneralizedCrossEntropy",
        _keras("CategoricalGeneralizedCrossEntropy", "q=0.5"), "catalogue",
        "its probabilities are sharpened: as if raised to the power 1 / (1 - q)"),
    Row("ordered", "probabilities", "the probability of each answer", "ordinal",
        "Ordinal (cumulative link)", ("steps",), "", "heads.Ordinal(size=5).loss", "ordered"),
    Row("sequence", "labels", "the labels, without knowing where each stands", "categorical",
        "Categorical", SOFTMAX, "CTC", _keras("CTC"), "catalogue",
        "a categorical for each time step, summed over all alignments; label 0 is the blank"),
    Row("distribution", "probabilities", "the same probabilities", "categorical", "Categorical",
        SOFTMAX, "KLDivergence", _keras("KLDivergence"), "distillation",
        "Keras takes probabilities here, after the softmax"),
    # Comparisons
    Row("preference", "probability", "the probability that the first is better", "bernoulli",
        "Bernoulli", SIGMOID, "BinaryCrossentropy", _keras("BinaryCrossentropy", LOGITS),
        "preferences", "the raw output is the difference of two scores"),
    Row("match", "probabilities", "the probability of each candidate", "categorical",
        "Categorical", SOFTMAX, "SparseCategoricalCrossentropy",
        _keras("SparseCategoricalCrossentropy", LOGITS), "contrastive",
        "the raw outputs are similarities over a temperature"),
    Row("match", "margin", "arrows of one class close, others apart by a margin", "", "",
        ("direction",), "Circle", _keras("Circle"), "catalogue", NO_PROBABILITY),
    # Directions
    Row("angle", "direction and spread", "the mean direction, and how little it scatters",
        "von_mises", "Von Mises", ("angle", "softplus"), "", "heads.VonMises().loss", "angles"),
    Row("direction", "mean direction", "the mean direction", "von_mises_fisher",
        "Von Mises-Fisher, fixed concentration", ("direction",), "CosineSimilarity",
        _keras("CosineSimilarity"), "angles"),
)  # fmt: skip
"""Every answer, in the order in which to show them."""
