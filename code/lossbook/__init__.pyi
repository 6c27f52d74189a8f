from . import boosting as boosting
from . import calibration as calibration
from . import catalogue as catalogue
from . import chooser as chooser
from . import constraints as constraints
from . import explaining as explaining
from . import fitting as fitting
from . import heads as heads
from . import links as links
from . import pairing as pairing
from . import training as training
from ._lazy import keras as keras
from ._lazy import ops as ops
from ._lazy import tf as tf
from .chooser import choose as choose
from .explaining import explain as explain
from .pairing import check_pairing as check_pairing

__version__: str
