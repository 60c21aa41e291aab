"""``python -m pipelines backup``: makes a backup and restores it for a trial, as the DAG ``backup`` does."""

import argparse
import json

from script_shared.settings import Settings


def main(argv: list[str], settings: Settings) -> int:
    """Make a backup, restore it into a scratch place, remove old ones; print what was done as JSON.

    With ``--list-erased``, print who has to be erased again after a restore by hand, one name per line.

    Raises:
        PautaError: a step failed, or the backup is not usable; the caller prints it.
    """
    from pipelines.backup.steps import restore, save, tidy  # here, because --help must cost nothing

    parser = argparse.ArgumentParser(prog="python -m pipelines backup", description=__doc__)
    parser.add_argument("--only-restore", action="store_true", help="restore the newest backup for a trial, make none")
    parser.add_argument(
        "--list-erased",
        metavar="ADDRESS",
        help="make no backup: after a restore by hand, print the users and visits in the log that the log at ADDRESS, "
        "the one before the restore, says were erased",
    )
    args = parser.parse_args(argv)
    if args.list_erased:
        from pipelines.backup.erased_later import erased_later

        print("\n".join(erased_later(settings.events_address, args.list_erased)))
        return 0
    done = {} if args.only_restore else save(settings)
    done |= {"trial": restore(settings)}
    if not args.only_restore:
        done |= tidy(settings)
    print(json.dumps(done, indent=2))
    return 0
