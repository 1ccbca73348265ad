"""Turn a web server's access log (Apache "combined" format) into a CSV that the generic source reads.

    python examples/prepare_access_log.py apache_logs.gz events.csv

A visitor is an address and a user agent. Requests for images, styles and scripts are left out, and counted.
"""

import csv
import gzip
import re
import sys
from datetime import datetime
from pathlib import PurePosixPath

LINE = re.compile(r'(\S+) \S+ \S+ \[([^\]]+)\] "(?:\S+) (\S+)[^"]*" \d+ \S+ "([^"]*)" "([^"]*)"')
ASSETS = {".png", ".jpg", ".jpeg", ".gif", ".ico", ".svg", ".css", ".js", ".woff", ".ttf"}


def main(log: str, out: str) -> None:
    """Write one row per page request of `log` to `out`."""
    written = left_out = unread = 0
    with (
        gzip.open(log, "rt", encoding="utf-8") as lines,
        open(out, "w", newline="", encoding="utf-8") as file,
    ):
        rows = csv.writer(file)
        rows.writerow(["visitor_id", "event_at", "page_url", "referrer_url", "user_agent"])
        for line in lines:
            match = LINE.match(line)
            if match is None:
                unread += 1
                continue
            address, time, path, referrer, agent = match.groups()
            if PurePosixPath(path.split("?")[0]).suffix.lower() in ASSETS:
                left_out += 1
                continue
            at = datetime.strptime(time, "%d/%b/%Y:%H:%M:%S %z").isoformat()
            rows.writerow([f"{address} {agent}", at, path, "" if referrer == "-" else referrer, agent])
            written += 1
    print(
        f"{written} page requests written to {out}; {left_out} asset requests left out; {unread} lines not understood"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
