"""The workshop: what the chapters of the course import beside `lossbook`.

Plotting, drawings of single chapters, interactive figures, data, models, tables, recorded results
and the long experiments behind them.
"""
