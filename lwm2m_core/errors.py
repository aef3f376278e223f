"""The error that a caller of the engine can cause. What a peer does wrong is never raised."""


class EngineError(Exception):
    """The caller asked for the impossible: an answer to a request nobody sent, a mid of 70000.

    The engine's state is the same as before the call.
    """
