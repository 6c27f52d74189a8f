"""Interactive figures that run wholly in the page: one short line in a cell each.

    from workshop import explore
    explore.temperature(logits)

Each function draws the still picture and says what its script starts from; the scripts are in
`press.extensions.explore`. A function's module is imported when it is first asked for, so that a
chapter is executed again only when its own figures change.
"""

import lazy_loader

# A module and its function share their name; asked for, the function takes the module's place.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
