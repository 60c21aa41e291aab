"""``python -m pipelines backup``: makes a backup and restores it for a trial, as the DAG ``backup`` does."""

import argparse
import json

from script_shared.settings import Settings


def main(argv: list[str], settings: Settings) -> int:
    """Make a backup, restore it into a scratch place, remove old ones; print what was done as JSON.

    Raises:
        PautaError: a step failed, or the backup is not usable; the caller prints it.
    """
    from pipelines.backup.steps import restore, save, tidy  # here, because --help must cost nothing

    parser = argparse.ArgumentParser(prog="python -m pipelines backup", description=__doc__)
    parser.add_argument("--only-restore", action="store_true", help="restore the newest backup for a trial, make none")
    args = parser.parse_args(argv)
    done = {} if args.only_restore else save(settings)
    done |= {"trial": restore(settings)}
    if not args.only_restore:
        done |= tidy(settings)
    print(json.dumps(done, indent=2))
    return 0
