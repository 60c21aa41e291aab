"""Column names of the refined tables and of the raw files; each exists here once."""

# refined
USER, ARTICLE, TIMESTAMP = "user", "article", "timestamp"
USER_ID, USER_TYPE, READS = "user_id", "user_type", "reads"
ARTICLE_ID, URL, TITLE, CAPTION, BODY, ISSUED = "article_id", "url", "title", "caption", "body", "issued"
SECTION, REGION = "section", "region"
SECONDS, CLICKS, SCROLL, VISITS = "seconds_on_page", "clicks", "scroll_percent", "page_visits"
ENGAGEMENT, SESSION, DEVICE = "engagement", "session", "device"
FILE, REASON, VALUE = "file", "reason", "value"
QUANTITIES = (SECONDS, CLICKS, SCROLL, VISITS)
LOGGED, NOT_LOGGED = "Logged", "Non-Logged"

# raw: the source files
SITE_USER = "user"

# raw: the challenge's files
RAW_USER, RAW_TYPE, RAW_SIZE = "userId", "userType", "historySize"
RAW_HISTORY, RAW_TIMES = "history", "timestampHistory"
RAW_QUANTITIES = {
    SECONDS: "timeOnPageHistory",  # milliseconds in the raw files, seconds in the refined table
    CLICKS: "numberOfClicksHistory",
    SCROLL: "scrollPercentageHistory",
    VISITS: "pageVisitsCountHistory",
}
RAW_PAGE = "page"
HISTORY_COLUMNS = (RAW_USER, RAW_TYPE, RAW_SIZE, RAW_HISTORY, RAW_TIMES, *RAW_QUANTITIES.values())
VALIDATION_COLUMNS = (RAW_USER, RAW_HISTORY, RAW_TIMES)
ITEM_COLUMNS = (RAW_PAGE, URL, ISSUED, TITLE, BODY, CAPTION)

# raw: the portal's clicks
CLICK_USER, CLICK_ARTICLE, CLICK_TIME = "user_id", "click_article_id", "click_timestamp"
CLICK_SESSION, CLICK_REGION, CLICK_DEVICE = "session_id", "click_region", "click_deviceGroup"
CLICK_COLUMNS = (CLICK_USER, CLICK_ARTICLE, CLICK_TIME, CLICK_SESSION, CLICK_REGION, CLICK_DEVICE)
