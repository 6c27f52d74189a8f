"""Walking a model's graph of symbolic tensors."""

from typing import Any

RECURRENT = frozenset(["LSTM", "GRU", "SimpleRNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D"])


def parents_of(tensor: Any) -> list[Any]:
    """The symbolic tensors from which a tensor was made."""
    operation, node, _ = tensor._keras_history
    return list(operation._inbound_nodes[node].input_tensors) if operation._inbound_nodes else []


def kind_of(operation: Any) -> str:
    """The operation's class in Keras, "" if its `call` is somebody else's."""
    line = type(operation).__mro__
    of_keras = [cls for cls in line if cls.__module__.startswith("keras.")]
    caller = next((cls for cls in line if "call" in vars(cls)), None)
    return of_keras[0].__name__ if of_keras and caller in of_keras else ""
