"""What the tables of other libraries say in words: sentence → at which losses, and as what.

Written down whole, so that a changed word or a sentence that has moved is noticed without the
libraries. `tests/libraries` shows them by number: test_losses.py by the expression `shown` that
stands beside a sentence in the table, test_loss_sentences.py by searches. Change a sentence here
only after a look at what shows it there.
"""

LOSSES = {
    "Categorical, one for each pixel": ["PyTorch NLLLoss2d density"],
    "the same as `NLLLoss`, whose old name for pictures it is": ["PyTorch NLLLoss2d predicts"],
    "Categorical; the last layer is inside": ["PyTorch LinearCrossEntropyLoss density"],
    "class probabilities, though it returns the loss alone": [
        "PyTorch LinearCrossEntropyLoss predicts",
    ],
    "Categorical; the last layers are inside, rare classes by way of a group": [
        "PyTorch AdaptiveLogSoftmaxWithLoss density",
    ],
    "class probabilities that sum to one": ["PyTorch AdaptiveLogSoftmaxWithLoss predicts"],
    "Categorical for each time step, summed over all alignments": [
        "PyTorch CTCLoss density", "Optax ctc_loss density",
        "Optax ctc_loss_with_forward_probs density",
    ],
    "a sequence of labels; the loss is divided by the length of the target, unless "
    "`reduction` says otherwise": ["PyTorch CTCLoss predicts"],
    "Von Mises-Fisher where the target is 1; where it is -1, a margin and no density": [
        "PyTorch CosineEmbeddingLoss density",
    ],
    "a distance, small for pairs that belong together, and beyond the margin for others": [
        "PyTorch HingeEmbeddingLoss predicts",
    ],
    "beyond the margin it is flat for the target -1": ["PyTorch HingeEmbeddingLoss why"],
    "which of two comes first; for a probability take `-logsigmoid` of the difference": [
        "PyTorch MarginRankingLoss predicts",
    ],
    "it sees the difference of two scores only, and is flat beyond the margin": [
        "PyTorch MarginRankingLoss why",
    ],
    "which class is likelier: once the right one leads by the margin the loss is 0, so it "
    "tells 0.6 from 0.9 no more": [
        "PyTorch MultiMarginLoss predicts", "Optax hinge_loss predicts",
        "Optax multiclass_hinge_loss predicts", "scikit-learn hinge predicts",
    ],
    "it is flat beyond the margin": [
        "PyTorch MultiMarginLoss why", "PyTorch MultiLabelMarginLoss why",
        "PyTorch TripletMarginLoss why", "Optax hinge_loss why",
        "Optax multiclass_hinge_loss why", "Optax triplet_margin_loss why",
        "scikit-learn hinge why", "scikit-learn squared_hinge why", "XGBoost binary:hinge why",
    ],
    "which labels lead the others by a margin, and no probability": [
        "PyTorch MultiLabelMarginLoss predicts",
    ],
    "points of which those of one class lie closer, by a margin, than others": [
        "PyTorch TripletMarginLoss predicts", "Optax triplet_margin_loss predicts",
    ],
    "the same with a distance of your own": ["PyTorch TripletMarginWithDistanceLoss predicts"],
    "it is flat beyond the margin, whatever the distance": [
        "PyTorch TripletMarginWithDistanceLoss why",
    ],
    "Poisson, above a perfect prediction; over unnormalised probabilities a generalised "
    "divergence": ["Optax generalized_kl_divergence density"],
    "Categorical over the candidates of a list, where one of them is right": [
        "Optax ranking_softmax_loss density",
    ],
    "a sequence of labels": ["Optax ctc_loss predicts"],
    "the same, and its intermediate probabilities": ["Optax ctc_loss_with_forward_probs predicts"],
    "Categorical if it is made of `logsumexp`; other functions make other losses": [
        "Optax make_fenchel_young_loss density",
    ],
    "the gradient of that function": ["Optax make_fenchel_young_loss predicts"],
    "Categorical over the other samples of the batch": ["Optax ntxent density"],
    "points whose partner can be told from the rest; the loss depends on the size of the "
    "batch": ["Optax ntxent predicts"],
    "the sign of the label; the best raw output is 0 everywhere": [
        "Optax perceptron_loss predicts",
    ],
    "it is 0 for every right sign": [
        "Optax perceptron_loss why", "scikit-learn perceptron why",
    ],
    "a probability that can be exactly 0 or 1, of two classes": ["Optax sparsemax_loss predicts"],
    "from a raw output of 1 on it is flat, and the probability exactly 1": [
        "Optax sparsemax_loss why",
    ],
    "which class leads": ["Optax multiclass_perceptron_loss predicts"],
    "it is 0 wherever the right class leads": ["Optax multiclass_perceptron_loss why"],
    "probabilities that can be exactly 0": ["Optax multiclass_sparsemax_loss predicts"],
    "where the right class leads by 1 it is 0, and the probability exactly 1": [
        "Optax multiclass_sparsemax_loss why",
    ],
    "probabilities pulled towards ½; with `gamma=0` it is the binary cross entropy": [
        "Optax sigmoid_focal_loss predicts",
    ],
    "the factor (1 - p)^gamma is no part of a density": ["Optax sigmoid_focal_loss why"],
    "probabilities sharper than the classes' frequencies; with `epsilon=0` it is the cross "
    "entropy": ["Optax poly_loss_cross_entropy predicts"],
    "to the cross entropy it adds epsilon (1 - p)": ["Optax poly_loss_cross_entropy why"],
    "a mask that overlaps; its outputs go to 0 or 1 and are no probabilities": [
        "Optax dice_loss predicts", "Optax binary_dice_loss predicts",
    ],
    "it is a ratio of sums over the pixels, not a sum over them": [
        "Optax dice_loss why", "Optax binary_dice_loss why",
    ],
    "masks that overlap; their outputs are no probabilities": [
        "Optax multiclass_generalized_dice_loss predicts",
    ],
    "it is a ratio of sums over the pixels, each class weighed by its size": [
        "Optax multiclass_generalized_dice_loss why",
    ],
    "nothing; with it the cross entropy is least at smoothed frequencies": [
        "Optax smooth_labels predicts",
    ],
    "it is no loss: it mixes one-hot labels with equal ones": ["Optax smooth_labels why"],
    "the mean; as `criterion` it only chooses the splits": ["scikit-learn squared_error predicts"],
    "the median": ["scikit-learn absolute_error predicts"],
    "the quantile at the level `quantile` (`alpha` in `GradientBoostingRegressor`)": [
        "scikit-learn quantile predicts",
    ],
    "the mean, by way of its logarithm": ["scikit-learn poisson predicts"],
    "the mean, by way of its logarithm; no shape is estimated": ["scikit-learn gamma predicts"],
    "Huber in `SGDRegressor`, where the threshold is `epsilon`, 0.1 by default; in "
    "`GradientBoostingRegressor` the threshold follows the residuals": [
        "scikit-learn huber density",
    ],
    "a centre between mean and median": [
        "scikit-learn huber predicts", "LightGBM fair predicts",
        "XGBoost reg:pseudohubererror predicts",
    ],
    "in `GradientBoostingRegressor` the threshold is a quantile of the present residuals, "
    "so the loss changes while it trains": ["scikit-learn huber why"],
    "probabilities; with more than two classes it is the categorical": [
        "scikit-learn log_loss predicts",
    ],
    "Bernoulli, or categorical: the loss of the best constant of each leaf": [
        "scikit-learn entropy density",
    ],
    "the frequency of each class in the leaf": [
        "scikit-learn entropy predicts", "scikit-learn gini predicts",
    ],
    "it is the Brier score of the best constant of each leaf, squared error on one-hot "
    "labels": ["scikit-learn gini why"],
    "half the log odds, of which `predict_proba` makes probabilities; wrong labels weigh "
    "exponentially. In `AdaBoostRegressor` it weighs samples": [
        "scikit-learn exponential predicts",
    ],
    "exp(-t z) summed over both labels is not constant in z, so it is the negative "
    "logarithm of no probability": ["scikit-learn exponential why"],
    "a weighted median of the learners' predictions": [
        "scikit-learn linear predicts", "scikit-learn square predicts",
    ],
    "it weighs the samples for the next learner, and is no loss of the model": [
        "scikit-learn linear why", "scikit-learn square why",
    ],
    "the mean of ±1 held within the margin, so that (1 + z) / 2 is a probability at best": [
        "scikit-learn squared_hinge predicts",
    ],
    "the sign of the label": ["scikit-learn perceptron predicts"],
    "(1 + z) / 2, held within 0 and 1, which scikit-learn offers as a probability": [
        "scikit-learn modified_huber predicts",
    ],
    "it is flat beyond the margin, and linear for outliers": ["scikit-learn modified_huber why"],
    "Laplace with a flat top: the density exists, and the course has no head for it": [
        "scikit-learn epsilon_insensitive density",
    ],
    "the median, to within `epsilon`": ["scikit-learn epsilon_insensitive predicts"],
    "within `epsilon` every prediction is as good as any other, so it has no single minimum": [
        "scikit-learn epsilon_insensitive why",
    ],
    "a Gaussian with a flat top: the density exists, and the course has no head for it": [
        "scikit-learn squared_epsilon_insensitive density",
    ],
    "about the mean": ["scikit-learn squared_epsilon_insensitive predicts"],
    "within `epsilon` every prediction is as good as any other": [
        "scikit-learn squared_epsilon_insensitive why",
    ],
    "a density with tails between Gaussian and Laplace, for which the course has no head": [
        "LightGBM fair density",
    ],
    "exp(-loss) can be normalised: it is a density, without a common name": ["LightGBM fair why"],
    "a median of outcomes weighed by 1 / max(1, |y|), which is too low for positive amounts": [
        "LightGBM mape predicts",
    ],
    "the weight 1 / max(1, |y|) depends on the outcome": ["LightGBM mape why"],
    "Bernoulli; the label may be any number from 0 to 1": ["LightGBM cross_entropy density"],
    "Bernoulli; the weight of a sample is an exposure": ["LightGBM cross_entropy_lambda density"],
    "the rate log(1 + e^raw), from which 1 - exp(-rate) is the probability; it starts from "
    "the mean of y as if that were the rate": ["LightGBM cross_entropy_lambda predicts"],
    "a probability for each class; they need not sum to one": ["LightGBM multiclassova predicts"],
    "it is a Bernoulli for each class, although one class excludes the others": [
        "LightGBM multiclassova why",
    ],
    "an order within each query; the scores mean nothing else": [
        "LightGBM lambdarank predicts", "LightGBM rank_xendcg predicts",
        "XGBoost rank:pairwise predicts", "XGBoost rank:ndcg predicts",
        "XGBoost rank:map predicts",
    ],
    "it sees differences of scores within a query only, weighed by what a swap would change": [
        "LightGBM lambdarank why", "XGBoost rank:ndcg why", "XGBoost rank:map why",
    ],
    "Categorical over the documents of a query, with drawn targets": [
        "LightGBM rank_xendcg density",
    ],
    "its targets are drawn anew in each round": ["LightGBM rank_xendcg why"],
    "the same as `reg:squarederror`, whose old name it is": ["XGBoost reg:linear predicts"],
    "Bernoulli; the label may be any number from 0 to 1, and the default metric is the root"
    " mean squared error": ["XGBoost reg:logistic density"],
    "the raw score, of which the sigmoid is the probability": ["XGBoost binary:logitraw predicts"],
    "the number of the likeliest class": ["XGBoost multi:softmax predicts"],
    "Gaussian of log(1 + y), and so a log-normal of 1 + y, for y above -1": [
        "XGBoost reg:squaredlogerror density",
    ],
    "the geometric mean of 1 + y, less 1": ["XGBoost reg:squaredlogerror predicts"],
    "the 1 depends on the unit of y": ["XGBoost reg:squaredlogerror why"],
    "hyperbolic, Huber's with a rounded corner; the course has no head for it": [
        "XGBoost reg:pseudohubererror density",
    ],
    "exp(-loss) can be normalised: it is a density": ["XGBoost reg:pseudohubererror why"],
    "0 or 1, never a probability": ["XGBoost binary:hinge predicts"],
    "Bernoulli of each pair of documents, as a preference": ["XGBoost rank:pairwise density"],
    "it sees differences of scores within a query only": ["XGBoost rank:pairwise why"],
    "log-normal, log-logistic or Weibull (`normal`, `logistic`, `extreme`) with a fixed "
    "scale, censored samples included": ["XGBoost survival:aft density"],
    "exp(raw), the median time for `normal` and `logistic`": ["XGBoost survival:aft predicts"],
    "the scale is a setting and the times are two labels, so it is no line of the other "
    "table": ["XGBoost survival:aft why"],
    "Cox's partial likelihood: categorical over those still at risk, at each event": [
        "XGBoost survival:cox density",
    ],
    "the hazard ratio, exp(raw); negative labels are censored times": [
        "XGBoost survival:cox predicts",
    ],
    "the hazard's shape over time is left open": ["XGBoost survival:cox why"],
}  # fmt: skip

ACTIVATIONS = {
    "without `dim` it guesses the axis, with a warning": ["PyTorch Softmax note"],
    "what `NLLLoss` takes": ["PyTorch LogSoftmax note"],
    "its own slope is 0.01": [
        "PyTorch LeakyReLU note", "JAX leaky_relu note",
    ],
    "its slope is learnt, and where it becomes negative two raw outputs give one value": [
        "PyTorch PReLU note",
    ],
    "in training its slope is random, and so is the prediction": ["PyTorch RReLU note"],
    "probabilities, the largest for the smallest raw output: for energies or distances, and"
    " not for a loss that takes logits": ["PyTorch Softmin why"],
    "probabilities of the classes of each pixel, for raw outputs `(n, K, height, width)`": [
        "PyTorch Softmax2d why",
    ],
    "by default it is an approximation by tanh": ["JAX gelu note"],
}  # fmt: skip
