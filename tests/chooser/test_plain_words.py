"""`choose` in people's own words: a right answer or a question back, never a wrong one alone."""

import lossbook
import pytest
from lossbook.chooser.meanings import read
from lossbook.chooser.rows import ROWS
from lossbook.chooser.suggest import tokens

KEYS = {(row.y, row.predict) for row in ROWS}

# What each word may mean, set down apart from the table: every proposal must be one of these, and
# the first of them must be proposed. Where there are several, a question must come with them.
EXPECTED = """
star rating 1 to 5: ordered real
likert: ordered real
product stars: ordered real
tumour grade: ordered real
disease severity: ordered real
customer satisfaction: ordered real
credit rating: ordered real
pain score: ordered real
percentage: share|count of n binary composition
proportion of land covered: share|count of n binary composition
fraction: share|count of n binary composition
humidity: share|count of n binary composition
click through rate: count of n binary
ctr: count of n binary
conversion rate: count of n binary
win rate of a team: count of n binary
k out of n: count of n binary
mortality rate: count of n binary
number of goals: count|count of n
how many visitors: count|count of n
count: count
doctor visits: count|count of n
bike rentals: count|count of n
accidents per month: count|count of n
page views: count|count of n
photon counts: count|count of n
births: count|count of n
unit sold: count|count of n
demand: count|amount positive
sales: count|amount positive
traffic: count|amount positive
house price: positive amount
price: positive amount
income: positive amount
salary: positive amount
revenue: positive amount
claim size: positive amount
energy consumption: positive amount
skewed: positive amount
concentration of a pollutant: positive amount
rainfall: amount count
precipitation: amount count
pure premium: amount count
customer lifetime value: amount count
spend per customer: amount count
mostly zeros: amount count
duration: time positive
waiting time: time positive
time to failure: time positive
survival: time positive
remaining useful life: time positive
hospital stay: time positive
length of stay: time positive
censored: time positive
delivery time: time positive
travel times: time positive
hazard: time positive
yes or no: binary
spam: binary
fraud: binary
binary classification: binary
loan default: binary
click: binary
disease: binary
log loss: binary
cat or dog: binary
churn: binary time
count of errors: count|count of n
severity of the disease: ordered real
price per night: positive amount
customer churn: binary time
count of errors: count|count of n
severity of the disease: ordered real
price per night: positive amount
readmission: binary time
multiclass: class|labels ordered
digits: class|labels ordered
species: class|labels ordered
image classification: class|labels ordered
which of ten animals: class|labels ordered
product category: class|labels ordered
topic: class|labels ordered
sentiment: binary ordered class
multilabel: labels
multi-label: labels
tags: labels
movie genres: labels
toxic comments: labels
several objects: labels
segmentation: mask class
image masks: mask class
foreground: mask class
dice: mask class
IoU: mask class
wind direction: angle
heading: angle
time of day: angle
hour of day: angle
steering angle: angle
periodic: angle
degrees: angle
azimuth: angle
surface normals: direction angle
unit vector: direction angle
gaze: direction angle
direction: direction angle
market shares: composition distribution
several proportions: composition distribution
sand silt clay: composition distribution
sums to one: composition distribution
vote shares: composition distribution
exam score: share|count of n ordered real
score from 0 to 100: share|count of n ordered real
bounded target: share|count of n ordered real
between a and b: share|count of n ordered real
speech recognition: sequence
handwriting: sequence
OCR: sequence
next word: class
language model: class
perplexity: class
translation: class
dpo: preference
pairwise comparison: preference
reward model: preference
elo: preference
chess results: preference
ranking: preference match ordered
learning to rank: preference match ordered
recommendation: preference match ordered
retrieval: match
triplet loss: match
face recognition: match
metric learning: match
contrastive: match
soft labels: distribution
knowledge distillation: distribution
kl divergence: distribution
probability: binary distribution share
temperature: real positive
stock returns: real positive
blood pressure: real positive
regression: real positive
continuous: real positive
rmse: real positive
height: real positive
forecast: real positive
quantile: real
prediction interval: real
value at risk: real
p90: real
pinball: real
newsvendor: real
overestimate: real
outliers: real
heavy tails: real
huber: real
mae: real
heteroscedastic: real
aleatoric uncertainty: real
crps: real
error bars: real
keypoints: reals
bounding boxes: reals
coordinates: reals
gps position: reals
multivariate: reals
multimodal: real
mixture density network: real
autoencoder: reals labels
vae: reals labels
spectrogram: reals labels
super resolution: reals labels
diffusion: reals
imbalanced: binary class
pos_weight: binary class
class weights: binary class
focal loss: binary class
noisy labels: class
MAPE: positive
relative error: positive
RMSLE: positive
overdispersion: count
excess zeros: count amount
zero-inflated: count amount
hurdle: count amount
negative binomial: count
svm: binary class
""".strip().splitlines()


def meant(line: str) -> tuple[str, list[str], set[str]]:
    words, _, kinds = line.partition(": ")
    known = sorted({key for key, _ in KEYS}, key=len, reverse=True)
    found = [key for part in kinds.split("|") for key in _keys(part, known)]
    return words, found, set(found)


def _keys(text: str, known: list[str]) -> list[str]:
    found = []
    while text:
        key = next(key for key in known if text == key or text.startswith(f"{key} "))
        found.append(key)
        text = text[len(key) :].strip()
    return found


@pytest.mark.parametrize("line", EXPECTED, ids=lambda line: line.partition(":")[0])
def test_a_word_gets_a_right_row_or_a_question(line):
    words, first, allowed = meant(line)
    answers = lossbook.choose(words)
    kinds = [row.y for row in answers]
    assert first[0] in kinds
    assert set(kinds) <= allowed
    assert answers.ask or len(set(kinds)) == 1, "several kinds of y, and no question"


def test_there_are_enough_words_to_mean_it():
    assert len(EXPECTED) >= 150


@pytest.mark.parametrize("meaning", read(), ids=lambda m: m.words[0])
def test_the_table_names_rows_that_there_are_and_asks_where_it_must(meaning):
    assert {(fit.y, fit.predict) for fit in meaning.fits} <= KEYS
    assert bool(meaning.ask) == (len(meaning.fits) > 1)
    assert all(" ".join(tokens(word)) for word in meaning.words)


def test_a_word_that_is_not_known_lists_the_choices():
    with pytest.raises(ValueError, match="y cannot be 'quux'"):
        lossbook.choose("quux")


def test_losses_and_distributions_are_words_too():
    assert {r.loss for r in lossbook.choose("SparseCategoricalCrossentropy")} == {
        "SparseCategoricalCrossentropy"
    }
    assert [r.head for r in lossbook.choose("negative_binomial")] == ["negative_binomial"]
    assert [r.head for r in lossbook.choose("gamma")] == ["gamma"]


def test_the_proposal_says_when_each_row_is_the_one_and_asks_first():
    answers = lossbook.choose("churn")
    told = repr(answers)
    assert told.startswith("Do you ask whether it happens, or when?")
    assert "if            you ask when it happens" in told
    assert "| If | y is |" in answers._repr_markdown_()
    assert answers[:1].whens == answers.whens[:1]
