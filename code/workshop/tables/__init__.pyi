from .article import answer as answer
from .table import Table as Table
