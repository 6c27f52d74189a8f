"""The course's data; each function says where the data came from.

A name is imported when it is asked for, so that a chapter which takes iris does not depend on the
module that loads CIFAR-10, nor on which pictures that would find.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
