"""A class of thirty who answered 02_likelihood on their own, and ways to disguise a copy.

Written for the tests as thirty people would: about half minimise in closed form, the others
descend, search or call a library. Each answer is right.
"""

import ast
import random
from collections.abc import Callable

# Student: gaussian_nll, fit, the paragraph.
CLASS: dict[str, tuple[str, str, str]] = {
    "s01": (
        """def gaussian_nll(y, mean, scale):
    return 0.5 * np.log(2 * np.pi * scale**2) + (y - mean)**2 / (2 * scale**2)""",
        """def fit(y):
    return np.array([np.mean(y), np.std(y)])""",
        "It is not a bug: densities may be larger than one, and then their log is positive. In "
        "millimetres it would be about 6.9 higher because the density shrinks by 1000.",
    ),
    "s02": (
        """def gaussian_nll(y, mean, scale):
    resid = y - mean
    var = scale ** 2
    const = np.log(2 * np.pi * var)
    return 0.5 * (const + resid ** 2 / var)""",
        """def fit(y):
    n = len(y)
    mu = sum(y) / n
    var = sum((v - mu) ** 2 for v in y) / n
    return np.array([mu, var ** 0.5])""",
        "A loss below zero only says that the density at the data is above 1 per metre. Changing "
        "to mm multiplies all lengths by 1000 and adds ln(1000) to the loss.",
    ),
    "s03": (
        """from scipy.stats import norm
def gaussian_nll(y, mean, scale):
    return -norm.logpdf(y, loc=mean, scale=scale)""",
        """def fit(y):
    loc, scale = norm.fit(y)
    return np.array([loc, scale])""",
        "No bug, since a pdf is not bounded by 1. With millimetres -1.3 becomes roughly 5.6.",
    ),
    "s04": (
        """def gaussian_nll(y, mean, scale):
    density = 1 / (scale * np.sqrt(2 * np.pi)) * np.exp(-0.5 * ((y - mean) / scale) ** 2)
    return -np.log(density)""",
        """def fit(y):
    mu, s = np.mean(y), 0.0
    for i in range(5000):
        grad_s = 1 - np.mean((y - mu) ** 2) * np.exp(-2 * s)
        s = s - 0.05 * np.clip(grad_s, -1, 1)
    return np.array([mu, np.exp(s)])""",
        "The height of a narrow bell can exceed one although its area is one, therefore negative "
        "values are fine. The unit matters: the number goes up by log(1000).",
    ),
    "s05": (
        """def gaussian_nll(y, mean, scale):
    z = (y - mean) / scale
    return z**2 / 2 + np.log(scale) + np.log(2 * np.pi) / 2""",
        """def fit(y):
    m = y.mean()
    s = np.log(y.std() + 1e-9)
    lr = 0.1
    for step in range(2000):
        z = (y - m) / np.exp(s)
        m += lr * np.exp(s) * z.mean()
        s += lr * (np.mean(z * z) - 1)
    return np.array([m, np.exp(s)])""",
        "Probabilities are at most 1 but this is a density in units of one per metre. If you "
        "measure in millimetres, each density is divided by 1000, and -log gets 6.91 larger.",
    ),
    "s06": (
        """def gaussian_nll(y, mean, scale):
    import math
    out = []
    for v in y:
        out.append(math.log(scale) + 0.5 * math.log(2 * math.pi) + 0.5 * ((v - mean) / scale) ** 2)
    return np.array(out)""",
        """from scipy.optimize import minimize
def fit(y):
    def objective(p):
        return gaussian_nll(y, p[0], np.exp(p[1])).mean()
    result = minimize(objective, [np.mean(y), np.log(np.std(y))], method="Nelder-Mead",
                      options={"xatol": 1e-6, "fatol": 1e-10})
    return np.array([result.x[0], np.exp(result.x[1])])""",
        "I think it is correct. If the spread is a few cm the curve is very tall in metres. "
        "Using mm instead shifts all losses by the same 6.9, the model is the same.",
    ),
    "s07": (
        """def gaussian_nll(y, mean, scale):
    return np.log(scale * np.sqrt(2 * np.pi)) + 0.5 * np.square((y - mean) / scale)""",
        """def fit(y):
    y = np.array(y)
    centre = np.average(y)
    spread = np.sqrt(np.average(np.square(y - centre)))
    return np.array([centre, spread])""",
        "Not a bug; log of something bigger than 1 is positive and we put a minus in front. "
        "Millimetres: minus log of p over 1000, so plus 6.9.",
    ),
    "s08": (
        """def gaussian_nll(y, mean, scale):
    precision = 1.0 / scale ** 2
    return 0.5 * (precision * (y - mean) ** 2 - np.log(precision) + np.log(2 * np.pi))""",
        """def fit(y):
    params = np.array([np.median(y), np.log(np.ptp(y))])
    for _ in range(10000):
        mu, s = params
        sigma = np.exp(s)
        g = np.array([-(y - mu).mean() / sigma, 1 - ((y - mu) ** 2).mean() / sigma ** 2])
        params = params - 0.02 * g * np.array([sigma, 1.0])
    return np.array([params[0], np.exp(params[1])])""",
        "Negative log likelihoods of continuous quantities can have either sign. What counts are "
        "differences. In mm I get -1.3 + log(1000) = 5.6.",
    ),
    "s09": (
        """def gaussian_nll(y, mean, scale):
    y = np.asarray(y, dtype=float)
    squared = ((y - mean) / scale) ** 2
    return 0.5 * squared + np.log(scale) + 0.9189385332046727""",
        """def fit(y):
    mean = np.mean(y)
    logs = np.log(np.std(y)) + 0.3
    while True:
        slope = 1 - np.mean((y - mean) ** 2) / np.exp(2 * logs)
        if abs(slope) < 1e-9:
            break
        logs -= 0.2 * slope
    return np.array([mean, np.exp(logs)])""",
        "There is nothing wrong with a negative loss here because p(y) has the unit 1/m and can "
        "be as large as you like. The value depends on the unit and rises by 3 ln 10.",
    ),
    "s10": (
        """def gaussian_nll(y, mean, scale):
    term1 = np.log(scale)
    term2 = 0.5 * np.log(2 * np.pi)
    term3 = (np.asarray(y) - mean) ** 2 / (2 * scale ** 2)
    return term1 + term2 + term3""",
        """import tensorflow as tf
def fit(y):
    y = tf.constant(y, tf.float64)
    m = tf.Variable(tf.reduce_mean(y))
    s = tf.Variable(tf.math.log(tf.math.reduce_std(y)))
    for _ in range(50):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(s + 0.5 * ((y - m) / tf.exp(s)) ** 2)
        dm, ds = tape.gradient(loss, [m, s])
        m.assign_sub(0.1 * dm * tf.exp(2 * s))
        s.assign_sub(0.1 * ds)
    return np.array([m.numpy(), np.exp(s.numpy())])""",
        "Densities are allowed to be greater than 1, so a log loss may go below 0. After the "
        "change of unit everything is the same apart from a constant of about 6.9 nats.",
    ),
    "s11": (
        """def gaussian_nll(y, mean, scale):
    k = 1 / np.sqrt(2 * np.pi)
    p = k / scale * np.exp(-((y - mean) ** 2) / 2 / scale ** 2)
    return -np.log(np.maximum(p, 1e-300))""",
        """def fit(y):
    return np.array([np.mean(y), np.sqrt(np.var(y))])""",
        "The colleague is right to report it. A density is probability per metre and a thin bell "
        "is high. For millimetres add 6.908.",
    ),
    "s12": (
        """def gaussian_nll(y, mean, scale):
    error = np.subtract(y, mean)
    return (error / scale) ** 2 * 0.5 + 0.5 * np.log(2 * np.pi) + np.log(scale)""",
        """def fit(y):
    mu = 0.0
    for _ in range(3000):
        mu -= 0.1 * np.mean(mu - y)
    sigma = np.sqrt(np.mean((y - mu) ** 2))
    return np.array([mu, sigma])""",
        "Since likelihood of continuous data is a density, no rule keeps it under one. The "
        "number would be positive in mm: it increases by the logarithm of a thousand.",
    ),
    "s13": (
        """def gaussian_nll(y, mean, scale):
    log_p = -0.5 * np.log(2 * np.pi) - np.log(scale) - (y - mean) ** 2 / (2 * scale * scale)
    return -log_p""",
        """def fit(y):
    mu = np.mean(y)
    t = np.log(np.std(y)) - 0.4
    for k in range(50):
        second = np.mean((y - mu) ** 2) * np.exp(-2 * t)
        t = t - (1 - second) / (2 * second)
    return np.array([mu, np.exp(t)])""",
        "A negative value is possible and harmless: -log p < 0 whenever p > 1. Each value "
        "in mm has a thousandth of the density, meaning +6.9 for the mean as well.",
    ),
    "s14": (
        """def gaussian_nll(y, mean, scale):
    def log_density(v):
        return -np.log(scale) - np.log(2 * np.pi) / 2 - ((v - mean) / scale) ** 2 / 2
    return np.array([-log_density(v) for v in y])""",
        """def fit(y):
    best, low, high = None, np.log(1e-3), np.log(1e3)
    mu = float(np.mean(y))
    cost = lambda s: np.mean(gaussian_nll(y, mu, np.exp(s)))
    for _ in range(200):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        if cost(a) < cost(b):
            high = b
        else:
            low = a
    return np.array([mu, np.exp((low + high) / 2)])""",
        "Not necessarily a bug. A loss of -1.3 is a typical density of e^1.3 = 3.7 per metre, "
        "which is 0.0037 per millimetre, giving 5.6.",
    ),
    "s15": (
        """def gaussian_nll(y, mean, scale):
    v = scale**2
    return (np.log(2*np.pi*v) + (y - mean)**2/v)/2""",
        """def fit(y):
    m = np.median(y); s = 1.0
    for i in range(20000):
        e = y - m
        dm = -np.mean(e)
        ds = 1 - np.mean(e**2)/np.exp(2*s)
        m = m - 0.01*dm
        s = s - 0.01*max(-5, min(5, ds))
    return np.array([m, np.exp(s)])""",
        "Nobody said that the density is below 1. Therefore the mean surprise can be negative, "
        "and the unit (metres or mm) moves it by log 1000.",
    ),
    "s16": (
        """def gaussian_nll(y, mean, scale):
    standardised = (y - mean) / scale
    normaliser = scale * (2 * np.pi) ** 0.5
    return np.log(normaliser) + standardised ** 2 / 2""",
        """def fit(y):
    total = 0.0
    squares = 0.0
    for value in y:
        total += value
        squares += value ** 2
    average = total / len(y)
    return np.array([average, np.sqrt(squares / len(y) - average ** 2)])""",
        "I would not call it a bug. The area under the curve is 1, its height is not limited. "
        "1 m = 1000 mm, so the curve gets 1000 times lower and the loss 6.9 higher.",
    ),
    "s17": (
        """def gaussian_nll(y, mean, scale):
    return 0.5 * (((y - mean) / scale) ** 2 + np.log(2 * np.pi)) + np.log(scale)""",
        """def fit(y):
    def gradient(mu, s):
        z = (y - mu) * np.exp(-s)
        return -np.mean(z) * np.exp(-s), 1 - np.mean(z ** 2)
    mu, s = np.mean(y), np.log(np.std(y))
    for _ in range(100):
        a, b = gradient(mu, s)
        mu, s = mu - 0.01 * a, s - 0.01 * b
    return np.array([mu, np.exp(s)])""",
        "It's fine, only relative values of the loss matter when we compare models. Converting "
        "to millimetres makes the standard deviation 1000 times larger, hence log scale + 6.9.",
    ),
    "s18": (
        """def gaussian_nll(y, mean, scale):
    y = np.asarray(y)
    a = np.log(np.sqrt(2 * np.pi) * scale)
    b = (y - mean) ** 2
    c = 2 * scale ** 2
    return a + b / c""",
        """import statistics
def fit(y):
    values = [float(v) for v in y]
    return np.array([statistics.fmean(values), statistics.pstdev(values)])""",
        "The sign has no meaning because a density has a unit. In mm: 5.6, and it would still "
        "be the very same fit.",
    ),
    "s19": (
        """import math
def gaussian_nll(y, mean, scale):
    return np.array([0.5 * math.log(2 * math.pi) + math.log(scale)
                     + (v - mean) ** 2 / (2 * scale ** 2) for v in y])""",
        """def fit(y):
    mean = np.mean(y)
    s = 0.0
    velocity = 0.0
    for _ in range(5000):
        g = 1 - np.mean((y - mean) ** 2) / np.exp(2 * s)
        g = np.sign(g) * min(abs(g), 1.0)
        velocity = 0.8 * velocity - 0.01 * g
        s += velocity
    return np.array([mean, np.exp(s)])""",
        "For a continuous variable the likelihood is p(y), not P(y). p(y) > 1 is no problem. "
        "I expect -1.3 + 6.9 = 5.6 with millimetres.",
    ),
    "s20": (
        """def gaussian_nll(y, mean, scale):
    d2 = (y - mean) * (y - mean)
    return d2 / (2.0 * scale * scale) + 0.5 * np.log(2.0 * np.pi * scale * scale)""",
        """def fit(y):
    mu, sigma = y[0], np.ptp(y)
    for it in range(30000):
        mu = mu + 0.001 * np.sum(y - mu) / len(y) * 10
        s = np.log(sigma)
        s = s + 0.01 * (np.sum((y - mu) ** 2) / len(y) / sigma ** 2 - 1)
        sigma = np.exp(s)
    return np.array([mu, sigma])""",
        "Zero is nothing special for this loss. One would get zero when the density is exactly "
        "1 per metre. The loss in mm is larger by log(1000) for all models.",
    ),
    "s21": (
        """def gaussian_nll(y, mean, scale):
    z = np.asarray(y) - mean
    z = z / scale
    nll = 0.5 * z ** 2
    nll = nll + np.log(scale)
    nll = nll + 0.5 * np.log(2 * np.pi)
    return nll""",
        """def fit(y):
    y = np.asarray(y, float)
    mu = y.mean()
    return np.array([mu, np.linalg.norm(y - mu) / np.sqrt(y.size)])""",
        "Another way to see it: entropy of a continuous variable can be negative too. With mm "
        "in place of m the reported number becomes 5.6.",
    ),
    "s22": (
        """from math import pi, log
def gaussian_nll(y, mean, scale):
    return (y - mean) ** 2 / (2 * scale ** 2) + log(scale) + log(2 * pi) / 2""",
        """from scipy import optimize
def fit(y):
    loss = lambda t: np.mean(gaussian_nll(y, t[0], np.exp(t[1])))
    start = np.array([y.mean(), np.log(y.std())])
    t = optimize.fmin_bfgs(loss, start, gtol=1e-7, disp=False)
    return np.array([t[0], np.exp(t[1])])""",
        "Bug? No. If the lengths scatter by less than 40 cm or so the densities are above one. "
        "Smaller units give smaller densities and larger losses (log 1000 more).",
    ),
    "s23": (
        """def gaussian_nll(y, mean, scale):
    pdf = np.exp(-(y - mean)**2 / (2 * scale**2)) / np.sqrt(2 * np.pi * scale**2)
    return np.where(pdf > 0, -np.log(pdf + (pdf == 0)), 1e3)""",
        """def fit(y):
    mu = np.sum(y) / np.size(y)
    sd = np.sqrt(np.sum((y - mu)**2) / np.size(y))
    return np.array([mu, sd])""",
        "That depends on the scale of the data, so the other person is wrong. With the same "
        "data in mm, all values would be positive (plus 6.9).",
    ),
    "s24": (
        """def gaussian_nll(y, mean, scale):
    half_log_two_pi = 0.5 * np.log(2 * np.pi)
    distance = np.abs(y - mean) / scale
    return half_log_two_pi + np.log(scale) + 0.5 * distance * distance""",
        """def fit(y):
    mu, rho = 0.0, 0.0
    eta = 0.05
    for epoch in range(8000):
        sigma = np.exp(rho)
        delta = y - mu
        mu += eta * delta.mean()
        rho += eta * np.tanh((delta ** 2).mean() / sigma ** 2 - 1)
    return np.array([mu, np.exp(rho)])""",
        "It can be below zero because we take the log of a density. The mm version differs by "
        "a constant, so gradients and the fitted model do not change.",
    ),
    "s25": (
        """def gaussian_nll(y, mean, scale):
    n = len(y)
    result = np.zeros(n)
    for i in range(n):
        z = (y[i] - mean) / scale
        result[i] = z * z / 2 + np.log(scale) + np.log(2 * np.pi) / 2
    return result""",
        """def fit(y):
    n = len(y)
    m = 0
    for i in range(n):
        m = m + y[i] / n
    s2 = 0
    for i in range(n):
        s2 = s2 + (y[i] - m) ** 2 / n
    return np.array([m, np.sqrt(s2)])""",
        "No it is not a bug because in metres the numbers are small, the bell is narrow and its "
        "peak is higher than 1. In millimetres the number is 6.9 more.",
    ),
    "s26": (
        """def gaussian_nll(y, mean, scale):
    return np.log(scale) - np.log(np.exp(-((y - mean) / scale) ** 2 / 2) / np.sqrt(2 * np.pi))""",
        """def fit(y):
    log_scale, mean = 1.0, 0.0
    history = []
    for _ in range(6000):
        scale = np.exp(log_scale)
        z = (y - mean) / scale
        history.append(np.mean(z ** 2) / 2 + log_scale)
        step = 0.05 / max(1.0, np.mean(z ** 2))
        mean += step * scale * z.mean()
        log_scale += step * (np.mean(z ** 2) - 1)
    mean = np.mean(y) if abs(mean - np.mean(y)) < 1e-2 else mean
    return np.array([mean, np.std(y)])""",
        "Wrong question: one must ask per what. Per metre the density exceeds one, per mm it is "
        "0.001 of that and the loss changes by ln 1000.",
    ),
    "s27": (
        """def gaussian_nll(y, mean, scale):
    x = np.array(y, dtype=np.float64)
    x -= mean
    x /= scale
    return np.log(np.sqrt(2 * np.pi)) + np.log(scale) + x ** 2 / 2""",
        """def fit(y):
    y = np.sort(y)
    m = y.sum() / y.size
    v = (y ** 2).sum() / y.size - m ** 2
    return np.array([m, v ** 0.5])""",
        "Below 0 is okay for densities. Only for discrete outcomes (probabilities) would a "
        "negative value be an error. Metres to millimetres adds 6.9.",
    ),
    "s28": (
        """def gaussian_nll(y, mean, scale):
    ll = np.zeros_like(np.asarray(y, dtype=float))
    ll -= np.log(scale)
    ll -= 0.5 * np.log(2 * np.pi)
    ll -= 0.5 * ((y - mean) / scale) ** 2
    return -ll""",
        """def fit(y):
    mu, s = np.median(y), np.log(np.ptp(y))
    rate = 0.1
    for _ in range(3000):
        r = (y - mu) / np.exp(s)
        grad_mu, grad_s = -np.mean(r), 1 - np.mean(r ** 2)
        mu = mu - rate * grad_mu * np.exp(s)
        s = s - rate * grad_s
    return np.array([mu, np.exp(s)])""",
        "Because the likelihood is a density it can be > 1 and the mean nll negative. It would "
        "be about 5.6 for data in millimetres, without a better or worse model.",
    ),
    "s29": (
        """def gaussian_nll(y, mean, scale):
    from scipy import stats
    frozen = stats.norm(mean, scale)
    return -frozen.logpdf(np.asarray(y))""",
        """def fit(y):
    from scipy import optimize
    centre = optimize.minimize_scalar(lambda m: np.sum((y - m) ** 2)).x
    spread = optimize.brentq(lambda s: np.mean((y - centre) ** 2) / s ** 2 - 1, 1e-6, 1e6)
    return np.array([centre, spread])""",
        "The loss is a number with a hidden unit. -1.3 in log metres is 5.6 in log millimetres. "
        "So it isn't a mistake at all.",
    ),
    "s30": (
        """def gaussian_nll(y, mean, scale):
    return 0.5 * np.log(2 * np.pi) + np.log(scale) + 0.5 * ((np.asarray(y) - mean) / scale) ** 2""",
        """def fit(y):
    mean, std = np.mean(y), np.std(y)
    assert std > 0, "all the same"
    return np.array([mean, std])""",
        "A loss smaller than zero is allowed whenever the typical density is over 1. Using mm "
        "we would report a loss that is higher by about seven.",
    ),
}  # fmt: skip


class _Renamed(ast.NodeTransformer):
    """Every name of the student's own is another."""

    def __init__(self, own: set[str]) -> None:
        self.new = {name: f"{name[0]}{number}_mine" for number, name in enumerate(sorted(own))}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.new.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self.new.get(node.arg, node.arg)
        return node


def renamed(source: str) -> str:
    """Other names, other layout, comments gone."""
    tree = ast.parse(source)
    own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and type(n.ctx) is ast.Store}
    own |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    return ast.unparse(_Renamed(own).visit(tree))


def swapped(source: str) -> str:
    """The two sides of every sum and product change places."""

    class Swap(ast.NodeTransformer):
        def visit_BinOp(self, node: ast.BinOp) -> ast.BinOp:
            self.generic_visit(node)
            if isinstance(node.op, ast.Add | ast.Mult):
                node.left, node.right = node.right, node.left
            return node

    return ast.unparse(Swap().visit(ast.parse(renamed(source))))


def interrupted(source: str) -> str:
    """A line of no use after every line."""
    chance = random.Random(0)

    class Pad(ast.NodeTransformer):
        def generic_visit(self, node: ast.AST) -> ast.AST:
            super().generic_visit(node)
            body = getattr(node, "body", None)
            if isinstance(body, list) and not isinstance(node, ast.Module):
                made = []
                for line in body:
                    made.append(line)
                    if not isinstance(line, ast.Return | ast.Break):
                        made += ast.parse(f"unused = {chance.random():.3f}").body
                node.body = made
            return node

    tree = Pad().visit(ast.parse(renamed(source)))
    return ast.unparse(ast.fix_missing_locations(tree))


DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "renamed": renamed,
    "swapped": swapped,
    "interrupted": interrupted,
}
