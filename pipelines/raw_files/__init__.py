"""Raw data of any use case: paths, links instead of copies, zips that are checked, downloads, progress."""
