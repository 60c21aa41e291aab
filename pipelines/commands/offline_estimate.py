"""``python -m pipelines offline-estimate VERSION``: what a release would have got on lists that others served."""

import argparse
import json
import sys
from pathlib import Path

from pipelines.commands.log.event_log import open_log, time_argument
from pipelines.news.offline.candidate import Candidate
from pipelines.news.offline.estimates import HEADER, Estimates
from pipelines.news.offline.page import page
from pipelines.news.offline.run import ListSelection, run
from pipelines.report import write_page
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.plots import number
from script_shared.releases import open_releases
from script_shared.settings import Settings


def main(argv: list[str], settings: Settings) -> int:
    """Print the estimates and write the page.

    Args:
        argv: arguments after the command's name.
        settings: where the log and the releases are.

    Raises:
        PautaError: it cannot be done; the caller prints it.
    """
    args = _parser().parse_args(argv)
    params = load_params(NewsParams, settings.of("news").params_file or FILE)
    wanted = ListSelection(args.since, args.until, args.lists, args.by, args.clip)
    folder = open_releases(settings, "news").fetch(args.version)
    with open_log(settings) as log:
        candidate = Candidate(folder, args.version, log, params, settings.events_retention_days)
        found = run(log, candidate, wanted, say=lambda line: print(line, file=sys.stderr))
    path = args.output or settings.evaluation_dir / "news" / f"{args.version}-offline-estimate.html"
    write_page(path, page(found))
    print(json.dumps(found.plain(), indent=2) if args.json else text(found))
    print(f"report: {path}", file=sys.stderr)
    return 0


def text(found: Estimates) -> str:
    """The table and the sentence.

    Args:
        found: estimates of a candidate.
    """
    blocks = []
    for row in found.table():
        width = max(map(len, HEADER))
        lines = [f"  {name:<{width}}  {number(value)}" for name, value in zip(HEADER[1:], row[1:], strict=True)]
        blocks.append("\n".join([str(row[0]), *lines]))
    others = "; ".join(f"{count:,} {reason}" for reason, count in sorted(found.left_out.items()))
    lists = f"{found.lists:,} lists, which got {found.served.value:.4f} clicks each" + (
        f" (not used: {others})" if others else ""
    )
    return "\n\n".join([lists, *blocks, found.sentence()])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines offline-estimate", description=__doc__)
    parser.add_argument("version", help="release to estimate; only lists after the end of its data are used")
    parser.add_argument(
        "--since", type=time_argument, help="from this time on (default: the end of the release's data)"
    )
    parser.add_argument("--until", type=time_argument, help="before this time")
    parser.add_argument("--lists", type=int, default=20_000, help="lists at most, a sample (default: 20000)")
    parser.add_argument(
        "--by",
        choices=("article", "place"),
        default="article",
        help="whether a click depends on the article alone, or on its place as well (default: article)",
    )
    parser.add_argument("--clip", type=float, default=20.0, help="limit of the weights (default: 20)")
    parser.add_argument("--output", type=Path, help="page to write (default: in the folder of evaluation files)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser
