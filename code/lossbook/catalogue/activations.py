"""Every activation of Keras, judged as the end of a network."""

from lossbook.catalogue.entry import Activation

ZERO_BELOW = "exactly 0 for negative raw outputs"

ACTIVATIONS = {
    entry.name: entry
    for entry in (
        # Fit
        Activation("linear", "real", "1 everywhere", True,
                   "means, medians, quantiles, logarithms of positive parameters"),
        Activation("sigmoid", "unit interval", r"$p(1-p)$, cancelled by the log likelihood", True,
                   "a probability"),
        Activation("softmax", "simplex",
                   r"$p_i(\delta_{ij} - p_j)$, cancelled by the log likelihood", True,
                   "probabilities of classes that exclude each other"),
        Activation("softplus", "positive", r"the sigmoid of $z$", True,
                   "a scale, a rate, a shape; grows linearly, so it does not explode"),
        Activation("exponential", "positive", r"$e^z$", True,
                   "a rate whose causes multiply; overflows for $z > 88$ in float32"),
        Activation("squareplus", "positive", r"$\frac12(1 + z/\sqrt{z^2 + 4})$", True,
                   r"as softplus; falls like $1/\lvert z\rvert$: far raw outputs for small values"),
        Activation("log_softmax", "", r"$\delta_{ij} - p_j$", True,
                   "logarithms of probabilities, no parameter itself; Keras's losses take it as "
                   "logits, for softmax of it is softmax"),
        Activation("log_sigmoid", "", r"$1 - p$", False,
                   "the logarithm of a probability, which no loss in Keras takes: as a logit it "
                   "allows only $p < \\frac12$"),
        Activation("tanh", "", r"$1 - \tanh^2 z$", False,
                   "values in (−1, 1), as for a correlation, for which there is no head here; with "
                   "hinge losses it bounds the margin; $(1 + \\tanh z)/2$ is the sigmoid of $2z$"),
        Activation("softsign", "", r"$1/(1+\lvert z\rvert)^2$", False,
                   "as tanh, and slower still to arrive"),
        # A constraint met, a gradient lost
        Activation("relu", "", ZERO_BELOW, False,
                   "0 is no positive number: a rate or scale of 0 gives an infinite loss, and no "
                   "gradient to leave it"),
        Activation("relu6", "", "exactly 0 below 0 and above 6", False,
                   "as relu, and nothing above 6 can be said"),
        Activation("hard_sigmoid", "", "exactly 0 beyond ±3", False,
                   "reaches 0 and 1, where the log likelihood is infinite, and stays there"),
        Activation("sparse_sigmoid", "", "exactly 0 beyond ±1", False,
                   "as hard sigmoid, sooner"),
        Activation("hard_tanh", "", "exactly 0 beyond ±1", False, "a clip to [−1, 1]"),
        Activation("sparsemax", "", "exactly 0 for classes given probability 0", False,
                   "gives probability 0, at which the log likelihood is infinite; in Keras 3.15 "
                   "its values need not even sum to one (Keras's issue 23425)"),
        Activation("sparse_plus", "", "exactly 0 below −1", False, "as relu, with a smooth corner"),
        # Hidden layers' activations
        Activation("elu", "", r"$e^z$ below 0, else 1", False,
                   "stays above −1: neither real nor positive"),
        Activation("celu", "", r"$e^{z}$ below 0, else 1", False, "as elu"),
        Activation("selu", "", r"1.76 $e^z$ below 0, else 1.05", False,
                   "stays above −1.76: neither real nor positive"),
        Activation("silu", "", "changes sign near −1.28", False,
                   "not monotone: two raw outputs, one value, and a minimum at −0.28"),
        Activation("hard_silu", "", "changes sign at −1.5; exactly 0 below −3", False,
                   "not monotone, minimum −0.375"),
        Activation("gelu", "", "changes sign near −0.75", False, "not monotone, minimum −0.17"),
        Activation("mish", "", "changes sign near −1.19", False, "not monotone, minimum −0.31"),
        Activation("leaky_relu", "real", "0.2 below 0, else 1", False,
                   "meets the constraint but bends at 0, where nothing about y does; linear says "
                   "the same without the bend"),
        Activation("tanh_shrink", "real", r"$\tanh^2 z$", False,
                   "its gradient is 0 at $z = 0$, where training starts"),
        Activation("soft_shrink", "real", "exactly 0 within ±½", False,
                   "stuck at 0 for small raw outputs, where training starts"),
        Activation("hard_shrink", "", "exactly 0 within ±½", False,
                   "jumps over values between 0 and ±½, and is stuck at 0 where training starts"),
        Activation("threshold", "", "exactly 0 below the threshold", False,
                   "jumps, and is constant below"),
        Activation("glu", "real", r"$\sigma(b)$ to one half, $a\,\sigma'(b)$ to the other", False,
                   "takes two raw outputs a value and gains nothing: linear meets the same "
                   "constraint"),
    )
}  # fmt: skip
"""By Keras's name; aliases (swish, hard_swish) are left out."""
