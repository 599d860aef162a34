"""Why a backup is not made, not believed or not put back. Each has an exit code of its own for scripts."""


class BackupRefused(Exception):
    """The message is the sentence an operator reads; nothing was changed."""

    exit_code = 1


class WrongPassphrase(BackupRefused):
    exit_code = 3


class Damaged(BackupRefused):
    """Cut, altered, or no backup at all."""

    exit_code = 4


class DoesNotFit(BackupRefused):
    """A sound backup that can't be put back here: the database is not empty, the key or the version is another."""

    exit_code = 5


class Differs(BackupRefused):
    """What came back from the file is not what stood in the study."""

    exit_code = 6
