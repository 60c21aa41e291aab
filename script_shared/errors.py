"""The one error tree.

PautaError                   every error raised on purpose
├── SettingsError            an environment variable or params key is wrong
├── InputError               input data is malformed; a retry does not help
│   └── RequestError         the same, for one request (HTTP 422)
│       └── ConflictError    somebody else changed the record first (HTTP 409)
├── SourceError              source data is unavailable
│   └── TransientError       the same, temporarily: retry (network, quota, lock)
├── RunError                 a step ran before the step that it reads was complete
├── ReleaseError             a release is missing, damaged or of another format
│   ├── ReleaseCorruptError  a file's checksum differs from the manifest
│   ├── ReleaseMissingError  no such release, or none promoted yet
│   └── ReleaseConflictError another process moved the pointer or used the version first
├── GateRefusedError         the candidate is worse than the release it would replace
└── UnavailableError         a part that this answer needs is unavailable (HTTP 503)

Every message says what is wrong and what to do about it. The edges (command line, HTTP, Airflow) translate once.
"""


class PautaError(Exception):
    """Base of every error raised on purpose.

    Args:
        message: what is wrong, naming file, user, line or key.
        fix: what the person can do about it, as a sentence.
        private: what only logs and admins may see, such as the words of a driver, which name hosts.
    """

    def __init__(self, message: str, *, fix: str = "", private: str = "") -> None:
        self.message = message
        self.fix = fix
        self.private = private
        super().__init__(f"{message} {fix}".strip())

    @property
    def log_text(self) -> str:
        """The whole text, for logs and admins."""
        return f"{self} ({self.private})" if self.private else str(self)


class SettingsError(PautaError):
    """An environment variable or a params key is missing or wrong."""


class InputError(PautaError):
    """Input data is malformed; the same input will fail again."""


class RequestError(InputError):
    """One request asks for something impossible."""


class ConflictError(RequestError):
    """Somebody else changed the record first, or it exists already."""


class SourceError(PautaError):
    """Source data is unavailable."""


class TransientError(SourceError):
    """Source data is unavailable temporarily; a retry may help."""


class RunError(PautaError):
    """A step reads a folder that is not complete."""


class ReleaseError(PautaError):
    """A release cannot be used."""


class ReleaseCorruptError(ReleaseError):
    """A release's files differ from its manifest."""


class ReleaseMissingError(ReleaseError):
    """No such release, or none has been promoted yet."""


class ReleaseConflictError(ReleaseError):
    """Another process moved the pointer, or used the version, first."""


class GateRefusedError(PautaError):
    """The candidate is worse than the release it would replace."""


class UnavailableError(PautaError):
    """A part that this answer needs is unavailable now."""
