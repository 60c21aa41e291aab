"""What an article is, and whether it may be shown: the release's catalog and what editors posted since."""
